/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of CPUs, and the kinds of CPUs that a machine has. */
#ifndef FAULTBENCH_CPUS_H
#define FAULTBENCH_CPUS_H

#include <sched.h>
#include <stdint.h>

#include "base/reason.h"

/* A kind of CPU, as far as Linux tells them apart, and those that this process may use. */
struct cpu_kind {
	char name[64];		/* "core", "MIDR 0x00000000410fd083"; empty: not known */
	uint64_t capacity;	/* of 1024, which the fastest has; 0: not known */
	cpu_set_t cpus;
};

/* Read a list as "0-3,8". Returns 0, or -EINVAL where it is none. */
int cpus_read(const char *list, cpu_set_t *cpus);

/* Append @cpus to @text, as a list. */
void cpus_add(struct reason *text, const cpu_set_t *cpus);

/* The CPUs that this process may use; none where that cannot be known. */
void cpus_allowed_here(cpu_set_t *cpus);

/* Sort @cpus by kind. Returns how many kinds there are, @max at most. */
size_t cpus_kinds(const cpu_set_t *cpus, struct cpu_kind *kinds, size_t max);

/* Append "core, capacity 512" to @text, what is known of @kind; or nothing. */
void cpus_add_kind(struct reason *text, const struct cpu_kind *kind);

#endif
