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

#define MARGIN_SHARE 0.002	/* by default, of a cell's instructions */

enum statistic { MEDIAN, BY_PLACE, QUARTILE, DECILE, N_STATISTICS };

static const char *const statistic_names[N_STATISTICS] = {
	"median", "median by place", "lower quartile", "lower decile",
};

enum { ARMS_MAX = 512 };	/* of a side: 16 boots of 32 */

/* A side of a cell: of each statistic a value of each arm, or of each boot. Instructions per page. */
struct side {
	double values[N_STATISTICS][ARMS_MAX];
	size_t group[ARMS_MAX];		/* of each arm: its boot */
	size_t arms, boots;
	size_t n;			/* values */
};

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
	const double pages = (double)cell->bytes_per_slot / (double)cell->page_size;
	const size_t n = 2 * (size_t)cell->rounds;
	double *sorted;

	if (!n || side->arms == ARMS_MAX)
		return 0;
	sorted = malloc(n * sizeof(*sorted));
	if (!sorted)
		return -ENOMEM;
	memcpy(sorted, cell->slots, n * sizeof(*sorted));
	gsl_sort(sorted, 1, n);
	for (int s = 0; s < N_STATISTICS; s++)
		side->values[s][side->arms] =
			gsl_stats_quantile_from_sorted_data(sorted, 1, n, shares[s]) / pages;
	side->boots += !side->arms || side->group[side->arms - 1] != cell->group;
	side->group[side->arms++] = cell->group;
	free(sorted);
	return 0;
}

static int make_side(struct side *side, const struct results_cell *const *arms, size_t n)
{
	int err = 0;

	side->arms = side->boots = 0;
	for (size_t i = 0; i < n && !err; i++)
		err = add_arm(side, arms[i]);
	side->n = side->arms;
	return err;
}

/* Several boots: each is one value, since its arms may share an offset. */
static void pool_boots(struct side *side)
{
	size_t n = 0;

	for (size_t first = 0, end; first < side->arms; first = end, n++) {
		for (end = first + 1; end < side->arms && side->group[end] == side->group[first]; end++)
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

/* The median difference by place of each arm of the head into @d. Returns whether they compare so. */
static bool by_place(const struct gate_cell *c, double *d)
{
	bool same = c->n_base && c->n_base == c->n_head && c->n_base <= ARMS_MAX;

	for (size_t i = 0; i < c->n_base && same; i++) {
		struct cells_quartiles by_place;

		same = !cells_by_place(c->arms[i], c->arms[c->n_base + i], &by_place) && !isnan(by_place.median);
		d[i] = by_place.median;
	}
	return same;
}

/* The change, by the first statistic whose spread over repeated arms is 0. Returns whether there is one. */
static bool find_exact(struct gate_cell *c, const struct side *base, const struct side *head)
{
	double places[ARMS_MAX];

	for (int s = 0; s < N_STATISTICS; s++) {
		if (s == BY_PLACE) {
			if (!by_place(c, places) || spread(places, c->n_base) > 0)
				continue;
			c->change = places[0];
		} else {
			if (spread(base->values[s], base->n) > 0 || spread(head->values[s], head->n) > 0)
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
	return fmax(1, base * (plan->margin.value ? plan->margin.value / 100 : MARGIN_SHARE));
}

/* The change, and what the ranks of either side's arms say of it. */
static void rank(struct gate_cell *c, struct side *base, struct side *head)
{
	const bool boots = base->boots > 1 || head->boots > 1;

	if (boots) {
		pool_boots(base);
		pool_boots(head);
	}
	c->n = base->n < head->n ? base->n : head->n;
	c->statistic = boots ? "median of boots" : statistic_names[MEDIAN];
	c->resolution = fmax(spread(base->values[MEDIAN], base->n), spread(head->values[MEDIAN], head->n));
	if (boots && c->n < GATE_BOOTS) {
		c->margin = fmax(c->margin, c->resolution);
		gate_set(c, GATE_INCONCLUSIVE, "repeated arms differ by %.4g, and %zu boots of a side are fewer than %d",
			 c->resolution, c->n, GATE_BOOTS);
	} else {
		c->p = gate_rank_sum(base->values[MEDIAN], base->n, head->values[MEDIAN], head->n);
	}
}

/* Figures of @c, and its outcome where it is exact. Returns 0 or -ENOMEM. */
static int judge_cell(const struct gate_plan *plan, struct gate_cell *c, struct side *base, struct side *head)
{
	int err = make_side(base, c->arms, c->n_base);

	if (!err)
		err = make_side(head, c->arms + c->n_base, c->n_head);
	if (err)
		return err;
	c->n = base->arms < head->arms ? base->arms : head->arms;
	if (!c->n) {
		gate_set(c, GATE_ERROR, "no samples of the %s", base->arms ? "head" : "base");
		return 0;
	}
	c->base = c->base_median = median(base->values[MEDIAN], base->arms);
	c->head = c->head_median = median(head->values[MEDIAN], head->arms);
	c->change = c->head - c->base;
	c->margin = margin_of(plan, c->base);
	if (c->n < JOB_RESOLUTION_ARMS) {
		c->statistic = statistic_names[MEDIAN];
		gate_set(c, GATE_INCONCLUSIVE, "too few arms: %zu of a side, %d needed for a resolution", c->n,
			 JOB_RESOLUTION_ARMS);
	} else if (find_exact(c, base, head)) {
		c->margin = margin_of(plan, c->base);
		if (c->change >= c->margin)
			gate_set(c, GATE_FAIL, "%s", "");
	} else {
		rank(c, base, head);
	}
	return 0;
}

/* Decide a cell that has a resolution. @longer: its ranks are significant in the family. */
static void decide(struct gate_cell *c, bool longer)
{
	const double asked = c->margin;

	c->margin = fmax(asked, c->resolution);
	if (longer && c->change >= asked && c->change > c->resolution)
		gate_set(c, GATE_FAIL, "%s", "");
	else if (c->change > c->resolution && c->change >= asked)
		gate_set(c, GATE_INCONCLUSIVE, "longer by more than its resolution, but the ranks have p = %.2g",
			 c->p);
	else if (c->change + c->resolution >= asked && c->change >= -c->resolution)
		gate_set(c, GATE_INCONCLUSIVE, "below its resolution, %.4g instructions per page, nothing can be said",
			 c->resolution);
}

int gate_judge_counts(struct gate *g)
{
	double *p = calloc(g->n_cells + 1, sizeof(*p));
	bool *longer = calloc(g->n_cells + 1, sizeof(*longer));
	struct side *sides = calloc(2, sizeof(*sides));
	int err = p && longer && sides ? 0 : -ENOMEM;

	for (size_t i = 0; i < g->n_cells && !err; i++) {
		struct gate_cell *c = &g->cells[i];

		if (c->tier == TIER_COUNTS && c->outcome == GATE_PASS)
			err = judge_cell(g->plan, c, &sides[0], &sides[1]);
		p[i] = c->tier == TIER_COUNTS && c->outcome == GATE_PASS ? c->p : NAN;
	}
	if (!err)
		gate_holm(p, g->n_cells, GATE_FALSE_ALARMS, longer);
	for (size_t i = 0; i < g->n_cells && !err; i++)
		if (!isnan(p[i]))
			decide(&g->cells[i], longer[i]);
	free(sides);
	free(longer);
	free(p);
	return err;
}
