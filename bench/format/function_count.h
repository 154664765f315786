/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a profile by function is: docs/kernel-profile.md. */
#ifndef FAULTBENCH_FUNCTION_COUNT_H
#define FAULTBENCH_FUNCTION_COUNT_H

/* A function of a kernel in the median slot of an arm, whether it ran or not. */
struct function_count {
	const char *name;	/* symbol, as in "foo.isra.0"; "(user space)" and the like have no function */
	double per_page;	/* instructions */
};

#endif
