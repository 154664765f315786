/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Published figures, and what was measured of them here. */
#ifndef FAULTBENCH_REPRODUCE_TABLE_H
#define FAULTBENCH_REPRODUCE_TABLE_H

#include "analysis/cells.h"
#include "analysis/document.h"

/* What is measured for the tables: strategies of one baseline are never in a row with another's. */
#define REPRODUCE_WORKLOAD	"dd-1m"
#define REPRODUCE_VERIFY	"seq-4k,seq-512,seq-64"

/* The published penalty, lowest and highest: ns added to a page of 4 KiB, and per cent of throughput lost. */
void reproduce_published(double added[2], double lost[2]);

enum reproduce_verdict {
	REPRODUCE_CANNOT,		/* be measured here */
	REPRODUCE_NOT_REPRODUCED,
	REPRODUCE_SAME_DIRECTION,
	REPRODUCE_REPRODUCED,
};

/*
 * The verdict of @f against a penalty of 5 to 6.5 per cent and @published_ns a page of
 * 4 KiB: by the rule that is printed with the table.
 */
enum reproduce_verdict reproduce_verdict(const struct figures *f, double published_ns);

/* The same against a published gain of 3.6 to 8.8 per cent. */
enum reproduce_verdict reproduce_verify_verdict(const struct figures *f);

/*
 * Write the tables of what is in @r: the published one, the sweep over the distance
 * between two reads, and the gains of copying first. Returns how many rows were
 * measured, and in *@rows how many there are, or -ENOMEM.
 */
int reproduce_write(struct document *d, const struct results *r, unsigned *rows);

/* ---- GNU dd as a whole, next to what the slots of its workload take: dd_table.c ---- */

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
