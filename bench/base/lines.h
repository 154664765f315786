/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of settings that people write: jobs, workloads, targets. Each is taken as hostile. */
#ifndef FAULTBENCH_LINES_H
#define FAULTBENCH_LINES_H

#include <stddef.h>
#include <stdio.h>

#include "base/reason.h"

enum { LINES_BYTES_MAX = 64 << 10 };	/* of a file; the longest of ours has 1 KiB */

struct lines {
	FILE *in;
	unsigned number;	/* of the last line that was read; 0: none yet */
	size_t bytes;
};

/*
 * fgets() without indentation, which inih would take for a continuation of the line
 * above. NULL at the end, which is also the first thing that no such file has: then
 * with @why.
 */
char *lines_next(struct lines *lines, char *line, int size, struct reason *why);

#endif
