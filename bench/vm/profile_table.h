/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From what plugin.c wrote to a table: which functions the difference between
 * two strategies comes from. Counts, not time: a longer path, not a slower one.
 */
#ifndef FAULTBENCH_PROFILE_TABLE_H
#define FAULTBENCH_PROFILE_TABLE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "format/function_count.h"
#include "format/fault_sites.h"
#include "vm/symbols.h"

struct profile_count {
	uint64_t address;	/* of an instruction; 0: all of user space */
	uint64_t count;		/* how often it ran in the median slot */
};

/* An instruction that faulted, in all slots. */
struct profile_fault {
	uint64_t address;	/* 0: in user space */
	uint64_t fixed, failed;	/* failed: a copy that must not fault gave up */
};

/* One strategy in one cell. */
struct profile_arm {
	unsigned cell, arm;
	uint64_t slots;
	uint64_t least, median, most;	/* instructions a slot */
	struct profile_count *counts;	/* add up to the median */
	size_t n;
	struct profile_fault *faults;
	size_t n_faults;
};

struct profile {
	struct profile_arm *arms;
	size_t n;
};

/* Add what @path holds to @p. Returns 0 or -errno with @reason set; profile_free() in either case. */
int profile_read(struct profile *p, const char *path, struct reason *reason);
void profile_free(struct profile *p);

/* NULL if that slot never came. */
const struct profile_arm *profile_find(const struct profile *p, unsigned cell, unsigned arm);

/* Add the faults of @arm to @sites. Returns 0 or -errno. */
int profile_faults(const struct symbols *s, const struct profile_arm *arm, struct fault_sites *sites);

/* One of the two sides of a table. */
struct profile_side {
	const char *name;
	const struct profile_arm *arm;
	uint64_t clock;		/* what the guest's clock showed for the median slot, or 0 */
};

/*
 * Print the functions in which @side differs from @base, instructions per page at
 * @pages pages a slot (a part of one for small writes), the largest difference first;
 * then the sum, and how it agrees with the clock. Returns 0 or -ENOMEM.
 */
int profile_table(FILE *out, const struct symbols *s, const struct profile_side *base,
		  const struct profile_side *side, double pages);

/*
 * Set *@counts to all functions, with what ran of them in @arm, for free(); their names
 * are those of @s. Returns their number or -ENOMEM.
 */
ssize_t profile_functions(const struct symbols *s, const struct profile_arm *arm, double pages,
			  struct function_count **counts);

#endif
