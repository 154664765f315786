/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The faults of a perf.data file, from the text that
 *
 *	perf script -F comm,tid,event,addr,trace,ip,sym --show-mmap-events --show-lost-events
 *
 * prints: their sites and their stacks, as a table and a picture. The text is taken for
 * hostile.
 */
#ifndef FAULTBENCH_FAULT_TRACE_H
#define FAULTBENCH_FAULT_TRACE_H

#include <stdio.h>

#include "analysis/document.h"
#include "base/reason.h"
#include "format/fault_sites.h"
#include "format/result.h"

/* The fields of that command. */
#define FAULT_TRACE_FIELDS "comm,tid,event,addr,trace,ip,sym"

enum { FAULT_FRAMES_MAX = 128 };	/* of a stack, its thread apart; perf records up to 127 */

struct fault_stack {
	char *frames;		/* "write;vfs_write;...": the innermost is the last */
	uint64_t count;
};

struct fault_trace {
	struct fault_sites sites;
	struct fault_stack *stacks;
	size_t n_stacks;
	uint64_t lost;		/* records that perf lost */
};

/* Returns 0, or -errno with @reason. fault_trace_free() in either case. */
int fault_trace_read(FILE *in, struct fault_trace *t, struct reason *reason);
void fault_trace_free(struct fault_trace *t);

/* Print the stacks as flame graphs take them: frames, a blank, a count; a line each. */
void fault_trace_fold(FILE *out, const struct fault_trace *t);

/*
 * Draw the stacks as an SVG without scripts: readable in light and dark and in print,
 * with everything from @t escaped. @title is shown above. Returns 0 or -ENOMEM with @reason.
 */
int flame_graph(FILE *out, const struct fault_trace *t, const char *title, struct reason *reason);

/*
 * Write the sites of @cell's faults, per page, most first, and the comparison with
 * its counts. @lost: records that are missing from @sites, which also come from guests.
 * Sorts @sites.
 */
void fault_table(struct document *d, const struct results_cell *cell, struct fault_sites *sites, uint64_t lost);

#endif
