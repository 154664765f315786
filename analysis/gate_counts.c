// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Counts. Where repeated arms of either side agree at a quantile, the difference itself
 * is judged; else the ranks of the arms, and only above their resolution.
 */
#include <errno.h>
#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/cells.h"
#include "analysis/gate_rules.h"
#include "analysis/verdict.h"

enum statistic { MEDIAN, BY_PLACE, QUARTILE, DECILE, N_STATISTICS };

static const char *const statistic_names[N_STATISTICS] = {
	"median", "median by place", "lower quartile", "lower decile",
};

enum { ARMS_MAX = 512 };	/* of a side: 16 boots of 32 */

/* Arms of a cell: of each statistic a value of each arm, or of each boot. Instructions per page. */
struct side {
	const struct results_cell *cells[ARMS_MAX];
	double values[N_STATISTICS][ARMS_MAX];
	size_t arms, boots;
	size_t n;			/* values */
	/* Arms that show what repeats: its own, or those of its baseline; NULL: both are too few. */
	const struct side *repeats;
};

/* Base and head, and the arms of their baselines. */
enum { BASE, HEAD, BASE_LENT, HEAD_LENT, N_SIDES };

/* The order of values stays, which tells their boots. */
static double median(const double *values, size_t n)
{
	double copy[ARMS_MAX];

	memcpy(copy, values, n * sizeof(*copy));
	return gsl_stats_median(copy, 1, n);
}

/* Quantiles of an arm's slots. Returns 0 or -ENOMEM. */
static int add_arm(struct side *side, const struct results_cell *cell)
{
	static const double shares[N_STATISTICS] = { [MEDIAN] = 0.5, [QUARTILE] = 0.25, [DECILE] = 0.1 };
	const size_t n = 2 * (size_t)cell->rounds;
	double *sorted;

	if (!n || side->arms == ARMS_MAX)
		return 0;
	sorted = cells_slots(cell, 0, cell->rounds);
	if (!sorted)
		return -ENOMEM;
	gsl_sort(sorted, 1, n);
	for (int s = 0; s < N_STATISTICS; s++)
		side->values[s][side->arms] =
			gsl_stats_quantile_from_sorted_data(sorted, 1, n, shares[s]) / cells_pages(cell);
	side->boots += !side->arms || side->cells[side->arms - 1]->group != cell->group;
	side->cells[side->arms++] = cell;
	side->n = side->arms;
	free(sorted);
	return 0;
}

/* Into @lent: the arms of the baseline in the rounds of @like. */
static int borrow(struct side *lent, const struct results *r, const struct results_cell *like)
{
	int err = 0;

	for (size_t i = 0; i < r->n_cells && !err; i++)
		if (r->cells[i].group == like->group && name_same_stem(r->cells[i].strategy, like->baseline))
			err = add_arm(lent, &r->cells[i]);
	return err;
}

static int make_side(struct side *side, struct side *lent, const struct results *r,
		     const struct results_cell *const *arms, size_t n)
{
	int err = 0;

	side->arms = side->boots = side->n = 0;
	lent->arms = lent->boots = lent->n = 0;
	for (size_t i = 0; i < n && !err; i++)
		err = add_arm(side, arms[i]);
	if (!err && side->arms && side->arms < JOB_RESOLUTION_ARMS)
		err = borrow(lent, r, side->cells[0]);
	side->repeats = side->arms >= JOB_RESOLUTION_ARMS ? side : lent->arms >= JOB_RESOLUTION_ARMS ? lent : NULL;
	return err;
}

/* Several boots: each is one value, since its arms may share an offset. */
static void pool_boots(struct side *side)
{
	size_t n = 0;

	for (size_t first = 0, end; first < side->arms; first = end, n++) {
		for (end = first + 1; end < side->arms && side->cells[end]->group == side->cells[first]->group; end++)
			;
		for (int s = 0; s < N_STATISTICS; s++)
			side->values[s][n] = median(side->values[s] + first, end - first);
	}
	side->n = n;
}

/* Lowest and highest differ by this. */
static double spread(const double *values, size_t n)
{
	double low, high;

	gsl_stats_minmax(&low, &high, values, 1, n);
	return high - low;
}

/* Of repeated arms at a statistic. */
static double repeated_spread(const struct side *side, int s)
{
	const struct side *repeats = side->repeats;

	return fmax(spread(side->values[s], side->n), spread(repeats->values[s], repeats->n));
}

/* The median of what @b adds to @a, place by place; NAN: their places differ. */
static double added_by_place(const struct results_cell *a, const struct results_cell *b)
{
	struct cells_quartiles d;

	return cells_by_place(a, b, &d) ? NAN : d.median;
}

/* Whether the arms of @side agree so. */
static bool agree_by_place(const struct side *side)
{
	for (size_t i = 1; i < side->arms; i++)
		if (!(added_by_place(side->cells[0], side->cells[i]) == 0))
			return false;
	return true;
}

/* The change of the median by place into @change. Returns whether it is exact. */
static bool by_place(const struct side *base, const struct side *head, double *change)
{
	*change = added_by_place(base->cells[0], head->cells[0]);
	if (base->repeats != base || head->repeats != head)
		return !isnan(*change) && agree_by_place(base) && agree_by_place(base->repeats) &&
		       agree_by_place(head) && agree_by_place(head->repeats);
	if (base->arms != head->arms)
		return false;
	for (size_t i = 0; i < base->arms; i++)
		if (!(added_by_place(base->cells[i], head->cells[i]) == *change))
			return false;
	return true;
}

/* The change, by the first statistic whose spread over repeated arms is 0. Returns whether there is one. */
static bool find_exact(struct gate_cell *c, const struct side *base, const struct side *head)
{
	for (int s = 0; s < N_STATISTICS; s++) {
		double change;

		if (s == BY_PLACE) {
			if (!by_place(base, head, &change))
				continue;
			c->change = change;
		} else {
			if (repeated_spread(base, s) > 0 || repeated_spread(head, s) > 0)
				continue;
			c->base = base->values[s][0];
			c->head = head->values[s][0];
			c->change = c->head - c->base;
		}
		c->statistic = statistic_names[s];
		c->resolution = 0;
		return true;
	}
	return false;
}

/* Instructions per page of the margin asked for. */
static double margin_of(const struct gate_plan *plan, double base)
{
	if (plan->margin.instructions)
		return plan->margin.value;
	return verdict_margin_counts(plan->margin.value ? plan->margin.value : VERDICT_MARGIN_COUNTS, base);
}

/*
 * Arms that are too few for ranks: by the resolution of their baseline. One
 * arm in 600 that is no longer exceeds it threefold (docs/method.md).
 */
static void decide_few(struct gate_cell *c)
{
	const enum verdict verdict = verdict_worse(TIER_COUNTS, c->change,
						   c->change > VERDICT_FEW_ARMS * c->resolution,
						   c->change + c->resolution, c->margin);

	c->margin = fmax(c->margin, c->resolution);
	if (verdict == VERDICT_WORSE)
		c->outcome = GATE_FAIL;
	else if (verdict == VERDICT_UNDECIDED)
		gate_set(c, GATE_INCONCLUSIVE, "not above 3 times the resolution of its baseline; with %d arms of each, "
			 "as in -s X,X,..., ranks decide", JOB_RESOLUTION_ARMS);
}

/*
 * The resolution of @c, and what the ranks of either side say of the change: of arms inside
 * one boot, or of boots, as an image may give all of its arms one offset.
 */
static void rank(struct gate_cell *c, bool boots, struct side *base, struct side *head)
{
	c->boots = boots;
	c->statistic = boots ? "boots" : "arms";
	c->resolution = fmax(repeated_spread(base, MEDIAN), repeated_spread(head, MEDIAN));
	if (boots) {
		pool_boots(base);
		pool_boots(head);
	} else if (base->repeats != base || head->repeats != head) {
		decide_few(c);
		return;
	}
	c->n = base->n < head->n ? base->n : head->n;
	c->p = gate_rank_sum(base->values[MEDIAN], base->n, head->values[MEDIAN], head->n);
	if (isnan(c->p))
		gate_set(c, GATE_ERROR, "more than %d %s on both sides", GATE_RANKS, c->statistic);
}

/* Figures of @c, and its outcome where it is exact. Returns 0 or -ENOMEM. */
static int judge_cell(const struct gate *g, struct gate_cell *c, struct side sides[N_SIDES])
{
	struct side *base = &sides[BASE], *head = &sides[HEAD];
	int err = make_side(base, &sides[BASE_LENT], g->results[0], c->arms, c->n_base);

	if (!err)
		err = make_side(head, &sides[HEAD_LENT], g->results[1], c->arms + c->n_base, c->n_head);
	if (err)
		return err;
	c->n = base->arms < head->arms ? base->arms : head->arms;
	if (!c->n) {
		gate_set(c, GATE_ERROR, "no samples of the %s", base->arms ? "head" : "base");
		return 0;
	}
	c->base = median(base->values[MEDIAN], base->arms);
	c->head = median(head->values[MEDIAN], head->arms);
	c->change = c->median_change = c->head - c->base;
	c->margin = margin_of(g->plan, c->base);
	if (!base->repeats || !head->repeats) {
		c->statistic = statistic_names[MEDIAN];
		gate_set(c, GATE_INCONCLUSIVE, "no resolution: fewer than %d arms, of the cell and of its baseline",
			 JOB_RESOLUTION_ARMS);
	} else if (find_exact(c, base, head)) {
		c->margin = margin_of(g->plan, c->base);
		if (verdict_worse(TIER_COUNTS, c->change, true, c->change, c->margin) == VERDICT_WORSE)
			c->outcome = GATE_FAIL;
	} else {
		rank(c, !g->plan->strategies[0] || base->boots > 1 || head->boots > 1, base, head);
	}
	return 0;
}

/*
 * Boots of a side with which ranks can be significant in one of @k cells: the smallest p
 * is one in all the orders of the boots of both sides, n of 2n.
 */
static size_t boots_needed(size_t k)
{
	size_t n = GATE_BOOTS;
	double orders = 924;	/* 6 of 12 */

	while (GATE_FALSE_ALARMS * orders < (double)k) {
		orders *= 2.0 * (double)(2 * n + 1) / (double)(n + 1);
		n++;
	}
	return n;
}

/*
 * Decide a cell that has a resolution, one of @k. @longer: its ranks are significant in the
 * family. One boot is enough to pass.
 */
static void decide(struct gate_cell *c, bool longer, size_t k)
{
	const double asked = c->margin;
	const size_t boots = c->boots ? boots_needed(k) : 0;
	const bool resolved = c->change > c->resolution;
	const enum verdict verdict = verdict_worse(TIER_COUNTS, c->change, longer && resolved && c->n >= boots,
						   c->change + c->resolution, asked);

	c->margin = fmax(asked, c->resolution);
	if (verdict == VERDICT_WORSE)
		c->outcome = GATE_FAIL;
	else if (verdict == VERDICT_UNDECIDED && resolved && c->change >= asked && c->n < boots)
		gate_set(c, GATE_INCONCLUSIVE, "longer by more than its resolution, in too few boots");
	else if (verdict == VERDICT_UNDECIDED && resolved && c->change >= asked)
		gate_set(c, GATE_INCONCLUSIVE, "longer by more than its resolution, but the ranks have p = %.2g",
			 c->p);
	else if (verdict == VERDICT_UNDECIDED)
		gate_set(c, GATE_INCONCLUSIVE, "the change is below the resolution");
	if (c->outcome == GATE_INCONCLUSIVE && c->n < boots)
		c->needed = boots;
}

int gate_judge_counts(struct gate *g)
{
	double *p = calloc(g->n_cells + 1, sizeof(*p));
	bool *longer = calloc(g->n_cells + 1, sizeof(*longer));
	struct side *sides = calloc(N_SIDES, sizeof(*sides));
	int err = p && longer && sides ? 0 : -ENOMEM;
	size_t k = 0;

	for (size_t i = 0; i < g->n_cells && !err; i++) {
		struct gate_cell *c = &g->cells[i];

		if (c->tier == TIER_COUNTS && c->outcome == GATE_PASS)
			err = judge_cell(g, c, sides);
		p[i] = c->tier == TIER_COUNTS && c->outcome == GATE_PASS ? c->p : NAN;
		k += !isnan(p[i]);
	}
	if (!err)
		gate_holm(p, g->n_cells, GATE_FALSE_ALARMS, longer);
	for (size_t i = 0; i < g->n_cells && !err; i++)
		if (!isnan(p[i]))
			decide(&g->cells[i], longer[i], k);
	free(sides);
	free(longer);
	free(p);
	return err;
}
