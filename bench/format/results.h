/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Result lines put together: from a file, or as they arrive. */
#ifndef FAULTBENCH_RESULTS_H
#define FAULTBENCH_RESULTS_H

#include "format/result.h"

struct results {
	struct results_run *runs;
	size_t n_runs;
	struct results_cell *cells;	/* in the order of their first lines */
	size_t n_cells;
	size_t n_pooled;		/* of them; the rest are single lines */
	struct results_failure *failures;
	size_t n_failures;
	struct results_calibration *calibrations;
	size_t n_calibrations;
	size_t n_groups;
};

void results_init(struct results *r);
void results_free(struct results *r);

/*
 * Add @line, number @number of its file. What it owns is taken over, and it is
 * empty afterwards. Returns 0; -EINVAL for a cell or a failure before the first
 * context; or -ENOMEM. results_pool() must follow the last one.
 */
int results_add(struct results *r, struct result *line, unsigned long number);

/*
 * Make one cell of the lines of its repetitions, and number the groups, among
 * the lines added since the last call; refuse what no run can have written.
 * Returns 0, or -ENOMEM or -EINVAL with @why, and in *@number the line that it
 * is about. After an error @r is only good for results_free().
 */
int results_pool(struct results *r, unsigned long *number, struct reason *why);

/*
 * Add what @in holds; @path names it in messages. Returns 0; 1 when the last
 * line was cut short, with a warning in @message, and everything before it is in
 * @r; or -errno with "FILE:LINE: what; way out" in @message. After an error @r
 * is only good for results_free().
 */
int results_read(FILE *in, const char *path, struct results *r, struct reason *message);

/* Add the file @path, "-" for standard input, and say() any message. Returns 0 or -errno. */
int results_load(const char *path, struct results *r);

#endif
