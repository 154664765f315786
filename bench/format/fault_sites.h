/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where faults come from: a trace of perf's or a guest's profile gives the same list. */
#ifndef FAULTBENCH_FAULT_SITES_H
#define FAULTBENCH_FAULT_SITES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FAULT_NAME = 160 };	/* bytes of a name; what is longer is cut */

struct fault_site {
	char function[FAULT_NAME];	/* that faulted; of user space where @user */
	char mapping[FAULT_NAME];	/* that it faulted on; "-": not known */
	bool user;			/* an access of user space */
	bool exception;			/* the CPU raised one; else only the handled fault was seen */
	bool failed;			/* a copy that gave up, since it must not fault; else the page came in */
};

struct fault_count {
	struct fault_site site;
	uint64_t count;
};

struct fault_sites {
	struct fault_count *list;	/* in the order in which they were first seen */
	size_t n;
};

/* Add @count faults of @site. Returns 0, -ENOMEM, or -E2BIG for sites that no kernel has. */
int fault_sites_add(struct fault_sites *s, const struct fault_site *site, uint64_t count);
void fault_sites_free(struct fault_sites *s);

#endif
