/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GNU dd as a whole, next to what the slots of its workload take. */
#ifndef FAULTBENCH_DD_TABLE_H
#define FAULTBENCH_DD_TABLE_H

#include "analysis/document.h"
#include "format/results.h"

/* Runs of one command. */
struct dd_row {
	char target[NAME_SIZE], strategy[NAME_SIZE];
	double mean_s, sd_s;
	unsigned runs;
	double bytes;			/* that a run writes */
	double written_back;		/* bytes a run; NAN: not known */
};

/* Write the rows; two that follow each other with an equal strategy are compared (A/A). */
void dd_table(struct document *d, const struct dd_row *rows, size_t n);

/*
 * For each target of @rows, write what its time consists of: read() of /dev/zero, from
 * strategy null of the host's cells in @r, write(), from their baseline, and the rest.
 * Returns 0 or -ENOMEM.
 */
int dd_parts(struct document *d, const struct dd_row *rows, size_t n, const struct results *r);

#endif
