/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host hands to a guest, and the guest's first process. */
#ifndef FAULTBENCH_GUEST_H
#define FAULTBENCH_GUEST_H

#include <stdint.h>

#include "format/job.h"

/*
 * A packed image is a sequence of these, each followed by its bytes; all
 * machines here are little-endian. Both numbers are multiples of 4096.
 */
struct guest_extent {
	uint64_t offset, size;
};

/* Run /plan and power off. */
void __attribute__((noreturn)) guest_main(void (*run_job)(const struct job *));

#endif
