/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the samples of a cell to the figures that are shown: each arm against
 * the baseline of its group, round by round. Pure: no input, no output.
 */
#ifndef FAULTBENCH_CELLS_H
#define FAULTBENCH_CELLS_H

#include "format/results.h"

/* Two-sided, of every interval shown. */
#define CELLS_CONFIDENCE 0.99

/* NAN: not measured. Penalties and deltas of the baseline itself are NAN. */
struct figures {
	const struct results_cell *cell;
	const struct results_run *run;
	const struct results_cell *baseline;	/* NULL: not in the group */
	char baseline_name[NAME_SIZE];
	bool counts;		/* tier counts: costs are instructions a page, else ns */
	bool harness;		/* strategy null: everything but the write */
	const char *reason;	/* why there is no penalty, delta or interval, or NULL */
	double cost, cost_q1, cost_q3;	/* median and quartiles a page */
	double cost_low, cost_high;	/* medians of the cheapest and the dearest repetition */
	double baseline_cost;
	/* Bytes over total time, 1e6 bytes a second, with its bootstrap interval. */
	double mb_per_s, mb_low, mb_high;
	double baseline_mb_per_s;
	/* ln(time / baseline's time), positive when slower, as measuring.md has it. */
	double theta, low, high, se, mde;
	double delta, resolution;	/* instructions a page */
	bool exact;		/* repeated arms agree to the instruction, quartiles too */
	double faults, exceptions, short_copies, retries;	/* a page */
	double exceptions_per_copy;	/* that copied nothing: e in docs/method.md */
};

/* 1 - exp(-theta) in per cent: the loss of throughput. */
double cells_penalty_pct(double theta);

/*
 * The differences of @arm against @base that an interval is drawn from. Of
 * cells of one repetition: d of each round, neighbours averaged above
 * SIGNED_RANK_MAX rounds. Where more were planned: theta of each repetition, for
 * between repetitions lies what rounds cannot show (docs/method.md). The caller
 * frees *@d. Returns their number; 0 when the cells do not pair; -ENOMEM.
 */
ssize_t cells_differences(const struct results_cell *base, const struct results_cell *arm,
			  double **d);

/* Standard error of a difference to the one found with 90 % power at 1 % one-sided. */
double cells_mde(double se);

/*
 * Bytes of a page in the cells of @run, an index; without cells what its context
 * says, which is the host's where a guest was measured. *@cell, 0 at first, is where
 * the search begins: runs are asked for in their order.
 */
uint64_t cells_page_size(const struct results *r, size_t run, size_t *cell);

/*
 * Figures of every cell against @baseline, or against the one that the file
 * names when NULL. *@out is an array of r->n_cells, freed by the caller:
 * groups in the order in which they appear, in each the baseline first.
 * Pointers in it are into @r. Returns 0 or -ENOMEM.
 */
int cells_figures(const struct results *r, const char *baseline, struct figures **out);

#endif
