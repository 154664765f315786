/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Figures of a cell from its samples: each arm against the baseline of its group,
 * round by round. Pure: no input, no output.
 */
#ifndef FAULTBENCH_CELLS_H
#define FAULTBENCH_CELLS_H

#include "format/results.h"

/* Two-sided, of every interval shown. */
#define CELLS_CONFIDENCE 0.99

/* One-sided, of the bound that a verdict excludes. */
#define CELLS_BOUND 0.90

/* NAN: not measured. Penalties and deltas of the baseline itself are NAN. */
struct figures {
	const struct results_cell *cell;
	const struct results_run *run;
	const struct results_cell *first;	/* of its group */
	const struct results_cell *baseline;	/* NULL: not in the group */
	char baseline_name[NAME_SIZE];
	bool counts;		/* tier counts: costs are instructions, else ns, per page */
	bool harness;		/* strategy null: everything but the write */
	const char *reason;	/* why there is no penalty, delta or interval, or NULL */
	double cost, cost_q1, cost_q3;	/* median and quartiles */
	double cost_low, cost_high;	/* first and ninth decile of the medians of the repetitions */
	double baseline_cost;
	/* Bytes over total time, in 1e6 bytes per second, with its interval. */
	double mb_per_s, mb_low, mb_high;
	double baseline_mb_per_s;
	/* ln(time / baseline's time), positive when slower, see docs/method.md. */
	double theta, low, high, se, mde;
	double bound_low, bound_high;	/* of theta: each excludes what is beyond with CELLS_BOUND */
	/* What it adds per page: ns with an interval, or instructions without. */
	double delta, delta_low, delta_high, resolution;
	double delta_q1, delta_q3;	/* of counts that compare by place: quartiles over the places */
	bool exact;		/* repeated arms agree to the instruction, quartiles too */
	double faults, exceptions, short_copies, retries;	/* per page */
	double exceptions_per_copy;	/* per short copy: e in docs/method.md */
};

/* 1 - exp(-theta) in per cent: the loss of throughput. */
double cells_penalty_pct(double theta);

/* Scale of a comparison: ln(ns / page), whose differences are ratios, or ns / page. */
enum cells_scale { CELLS_LOG, CELLS_NS };

/*
 * The differences of @arm from @base that its interval is computed from. Of cells of
 * one repetition: d of each round, neighbours averaged above SIGNED_RANK_MAX rounds.
 * Where more were planned: the estimate of each repetition, since rounds do not show
 * the variance between repetitions (docs/method.md). The caller frees *@d. Returns
 * their number, 0 when the cells do not pair, or -ENOMEM.
 */
ssize_t cells_differences(const struct results_cell *base, const struct results_cell *arm,
			  enum cells_scale scale, double **d);

/* NAN where there are too few differences, of which there are @n. */
struct cells_interval {
	double estimate, low, high, se;
	size_t n;
};

/* Their Hodges-Lehmann estimate and its interval of signed ranks. Returns 0 or -ENOMEM. */
int cells_interval(const struct results_cell *base, const struct results_cell *arm, enum cells_scale scale,
		   double confidence, struct cells_interval *out);

/* Of differences per page. NAN: the cells did not visit the same places. */
struct cells_quartiles {
	double q1, median, q3;
};

/*
 * What each slot of @arm adds to the slot of @base at the same place of the file. Arms
 * of a run visit the same places where they overwrite, and so does the same strategy in
 * two runs with one seed. For counts, which repeat. Returns 0 or -ENOMEM.
 */
int cells_by_place(const struct results_cell *base, const struct results_cell *arm, struct cells_quartiles *out);

/*
 * The difference that is detected with 90 % power at 1 %, one-sided, by as many values,
 * @n, as the standard error @se comes from.
 */
double cells_mde(double se, size_t n);

/* Whether @f repeats the baseline for the resolution, which the others show. */
bool cells_is_repeat(const struct figures *f);

/* Whether pictures and summaries show the cost of @f: it has one, and is no part of a sweep, which has a picture of its own. */
bool cells_is_shown(const struct figures *f);

/* Pages of a slot. */
double cells_pages(const struct results_cell *cell);

/* A copy of the slots of @rounds rounds of @cell from @first on; the caller frees it. NULL without memory. */
double *cells_slots(const struct results_cell *cell, uint64_t first, uint64_t rounds);

/* Their median, per page; NAN of no rounds, or without memory. */
double cells_median(const struct results_cell *cell, uint64_t first, uint64_t rounds);

/* Bytes of a page in the cells of @run, an index; if it has none, of its context. */
uint64_t cells_page_size(const struct results *r, size_t run);

/*
 * Figures of every cell against @baseline, NULL: against the baseline that the file
 * names. *@out is an array of r->n_cells, freed by the caller: groups in the order
 * of the files, in each the baseline first. Pointers in it are into @r. Returns 0 or
 * -ENOMEM.
 */
int cells_figures(const struct results *r, const char *baseline, struct figures **out);

#endif
