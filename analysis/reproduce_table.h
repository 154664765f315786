/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The published table of October 2021 and what was measured here. */
#ifndef FAULTBENCH_REPRODUCE_TABLE_H
#define FAULTBENCH_REPRODUCE_TABLE_H

#include "analysis/document.h"
#include "format/results.h"

/* What `faultbench reproduce` measures for the table. */
#define REPRODUCE_WORKLOAD "dd-1m"
#define REPRODUCE_BASELINE "touch"	/* reads one byte per page */
#define REPRODUCE_STRATEGY "touch:16"	/* reads one byte in 16 */

enum reproduce_verdict {
	REPRODUCE_NOT_MEASURED,
	REPRODUCE_NOT_REPRODUCED,
	REPRODUCE_CANNOT_TELL,
	REPRODUCE_SAME_DIRECTION,
	REPRODUCE_REPRODUCED,
};

/*
 * Verdict from a 99 % interval of the penalty in per cent; NAN: not measured.
 * Reproduced when it is above 0 and overlaps 5 to 6.5; same direction when it is
 * above 0 only; cannot tell when it overlaps that and contains 0; else not
 * reproduced.
 */
enum reproduce_verdict reproduce_verdict(double low_pct, double high_pct);

/* Write the table for @r. Returns how many of its rows were measured, or -ENOMEM. */
int reproduce_write(struct document *d, const struct results *r);

/* The same as plain text. */
int reproduce_print(FILE *out, const struct results *r);

#endif
