/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the reader of result files share: results.c, results_pool.c. */
#ifndef FAULTBENCH_RESULTS_PARTS_H
#define FAULTBENCH_RESULTS_PARTS_H

#include "format/results.h"

/* Why a line was refused, in the words of the last half of a message. */
struct why {
	char text[256];
	bool cut;	/* not JSON at all, as a line cut short is not */
};

/* Returns -EINVAL. */
int results_refuse(struct why *why, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What a cell owns, not the cell. */
void results_free_cell(struct results_cell *cell);

/*
 * Make one cell of the lines of its repetitions, and number the groups, among the
 * cells from @first on; refuse what no run can have written. Returns 0 or
 * -errno; after -EINVAL, *@line is the line that @why is about.
 */
int results_pool(struct results *r, size_t first, unsigned long *line, struct why *why);

#endif
