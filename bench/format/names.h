/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words that jobs and result lines share: closed sets as enums, each with
 * one table of names, and the rule of what a name is. Needs libc alone.
 */
#ifndef FAULTBENCH_NAMES_H
#define FAULTBENCH_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/table.h"

enum { NAME_SIZE = 64 };	/* bytes of a name, its terminator included */

/* Whether @name is 1 to NAME_SIZE - 1 of A-Z a-z 0-9 ._:@/#+=-: it can be part of a job and a result. */
bool name_ok(const char *name);

/* Bytes of @name without the "#N" of a repeated arm. */
size_t name_stem(const char *name);

/* Whether @a and @b are the same strategy: they differ in "#N" at most. */
bool name_same_stem(const char *a, const char *b);

/* Whether a user's @name is the path of a file: it has a '/' or ends in ".ini". */
bool name_is_file(const char *name);

/* The name that file @path gives: without directory and ".ini". Points into @path; its length in @len. */
const char *name_of_file(const char *path, size_t *len);

enum backend {
	BACKEND_USER,		/* strategies in user space, just before the call */
	BACKEND_KERNEL,		/* strategies in the kernel, by its switch */
};

enum tier {
	TIER_TIME,
	TIER_COUNTS,		/* the clock counts instructions */
};

enum unit {			/* of a slot */
	UNIT_NS,		/* tier time */
	UNIT_INSTRUCTIONS,	/* tier counts */
};

enum op { OP_WRITE, OP_PWRITE, OP_WRITEV, OP_READ, N_OPS };

enum layout { LAYOUT_FRESH, LAYOUT_EXTEND, LAYOUT_OVERWRITE, N_LAYOUTS };

/* What a line of a result file is. */
enum result_type { RESULT_CONTEXT, RESULT_CELL, RESULT_FAILURE, RESULT_CALIBRATION, N_RESULT_TYPES };

enum counter {
	COUNT_MINOR_FAULTS,
	COUNT_MAJOR_FAULTS,
	COUNT_EXCEPTIONS_KERNEL,
	COUNT_EXCEPTIONS_USER,
	COUNT_CONTEXT_SWITCHES,
	COUNT_INSTRUCTIONS,
	COUNT_CYCLES,
	/* From here on counted by the hooks in the kernel. */
	COUNT_SHORT_COPIES,
	COUNT_FAULT_INS,
	COUNT_RETRIES,
	COUNT_COPY_EXCEPTIONS,
	N_COUNTERS
};

extern const char *const backend_names[], *const tier_names[], *const unit_names[];
extern const char *const op_names[], *const layout_names[], *const result_type_names[], *const counter_names[];
extern const struct table backend_table, tier_table, unit_table, op_table, layout_table, result_type_table;

#endif
