/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From which share of cold source pages a strategy stops paying: the difference of
 * cost from the baseline as a curve over the share, and where it is zero.
 */
#ifndef FAULTBENCH_BREAKEVEN_H
#define FAULTBENCH_BREAKEVEN_H

#include "analysis/cells.h"
#include "analysis/document.h"

enum { BREAKEVEN_POINTS_MAX = JOB_COLD_MAX };

struct breakeven_point {
	double fraction;	/* cold_fraction of the workload, 0 to 1 */
	double share;		/* of pages that were actually cold, 0 to 1 */
	double cost, baseline_cost;
	/* From the baseline, per page, with its interval: low <= delta <= high. */
	double delta, low, high;
};

enum breakeven_verdict {
	BREAKEVEN_NONE,		/* fewer than two shares */
	BREAKEVEN_UNDECIDED,	/* every interval contains 0 */
	BREAKEVEN_ALWAYS,	/* costs less at all shares of the sweep */
	BREAKEVEN_NEVER,	/* costs more at all of them */
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
	size_t undecided;	/* points whose interval contains 0 */
	double from, to;	/* first and last share */
};

/* Where the curve through @points is zero; their shares are sorted, @n <= BREAKEVEN_POINTS_MAX. */
void breakeven_find(const struct breakeven_point *points, size_t n, struct breakeven *out);

/* Whether curve and straight line differ by more than their intervals. */
bool breakeven_disagree(const struct breakeven *curve, const struct breakeven *line);

/* What the interval of a point is made from, the strongest first. */
enum breakeven_interval {
	BREAKEVEN_RANKS,	/* signed ranks, at CELLS_CONFIDENCE for all points together */
	BREAKEVEN_RESOLUTION,	/* delta +- resolution */
	BREAKEVEN_QUARTILES,	/* those of both arms: q1 - q3 to q3 - q1 */
};

/* One strategy over one sweep of one run. */
struct curve {
	struct figures f;		/* of its first cell: what all its cells share */
	char workload[NAME_SIZE];	/* without the share behind @ */
	enum breakeven_interval interval;	/* the weakest of its points */
	struct breakeven_point points[BREAKEVEN_POINTS_MAX];
	size_t n;
	size_t left_out;	/* cells that gave no point ... */
	const char *reason;	/* ... and why the first did not */
	size_t cells, unsteady, unverified, wrong;	/* wrong: file and source differ */
	struct breakeven bend;	/* of all points */
	struct breakeven line;	/* of the points at 0 and 1 alone */
	bool disagree;
};

/* The share of pages that were cold in the slots of @cell; NAN: not known. */
double breakeven_share(const struct results_cell *cell);

/*
 * Curves of all sweeps against @baseline, NULL: pre in the kernel, touch in user
 * space. A sweep is cells of one run that differ in cold_fraction alone. *@out is
 * freed by the caller, in the order of the files; pointers in it are into @r.
 * Returns 0 or -ENOMEM.
 */
int breakeven_curves(const struct results *r, const char *baseline, struct curve **out, size_t *n);

/*
 * Print @curves as tables, machines side by side, with what a reader must know to
 * judge them. Returns 0 or -ENOMEM.
 */
int breakeven_print(FILE *out, const struct document_style *style, const struct curve *curves,
		    size_t n);

#endif
