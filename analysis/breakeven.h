/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From which share of cold source pages a strategy stops paying: cost against
 * the baseline as a curve over the share, and where it passes zero. Pure: no
 * input, no output.
 */
#ifndef FAULTBENCH_BREAKEVEN_H
#define FAULTBENCH_BREAKEVEN_H

#include "analysis/cells.h"

enum { BREAKEVEN_POINTS_MAX = JOB_COLD_MAX };

struct breakeven_point {
	double fraction;	/* cold_fraction of the workload, 0 to 1 */
	double share;		/* of pages that were cold indeed, 0 to 1 */
	double cost, baseline_cost;
	/* Beyond the baseline, a page, with its interval: low <= delta <= high. */
	double delta, low, high;
};

enum breakeven_verdict {
	BREAKEVEN_NONE,		/* fewer than two shares */
	BREAKEVEN_UNDECIDED,	/* every interval holds 0 */
	BREAKEVEN_ALWAYS,	/* cheaper at all shares of the sweep */
	BREAKEVEN_NEVER,	/* dearer at all of them */
	BREAKEVEN_CROSSES,
};

struct breakeven_crossing {
	double share;
	double low, high;	/* NAN: the sweep does not bound it on this side */
	bool below;		/* pays below it, else above */
};

struct breakeven {
	enum breakeven_verdict verdict;
	struct breakeven_crossing crossings[BREAKEVEN_POINTS_MAX];
	size_t n_crossings;
	size_t undecided;	/* points whose interval holds 0 */
	double from, to;	/* first and last share */
};

/*
 * Where the curve through @points passes zero; @n is at most
 * BREAKEVEN_POINTS_MAX, shares do not fall from one to the next.
 */
void breakeven_find(const struct breakeven_point *points, size_t n, struct breakeven *out);

/* Whether curve and straight line differ by more than their intervals. */
bool breakeven_disagree(const struct breakeven *curve, const struct breakeven *line);

/* How the interval of a point came about. */
enum breakeven_interval {
	BREAKEVEN_RANKS,	/* theta's, at CELLS_CONFIDENCE */
	BREAKEVEN_RESOLUTION,	/* delta +- resolution */
	BREAKEVEN_QUARTILES,	/* of either arm, the one against the other */
};

/* One strategy over one sweep of one run. */
struct curve {
	const struct results_cell *cell;	/* any of it: its identity */
	const struct results_run *run;
	char workload[NAME_SIZE];		/* without the share behind @ */
	char baseline[NAME_SIZE];
	bool counts;
	enum breakeven_interval interval;	/* the weakest of its points' */
	struct breakeven_point points[BREAKEVEN_POINTS_MAX];
	size_t n;
	size_t left_out;	/* cells that gave no point ... */
	const char *reason;	/* ... and why the first did not */
	size_t cells, unsteady, unverified;
	struct breakeven bend;	/* of all points */
	struct breakeven line;	/* of no page and every page cold alone */
	bool disagree;
};

/* The baseline that is taken for cells of @backend when none is named. */
const char *breakeven_baseline(enum backend backend);

/* The share of pages that were cold in the slots of @cell; NAN: cannot be told. */
double breakeven_share(const struct results_cell *cell);

/*
 * Curves of all sweeps against @baseline, NULL: breakeven_baseline(). A sweep
 * is cells of one run that differ in cold_fraction alone. *@out is freed by
 * the caller, in the order of the files; pointers in it are into @r. Returns
 * 0 or -ENOMEM.
 */
int breakeven_curves(const struct results *r, const char *baseline, struct curve **out, size_t *n);

#endif
