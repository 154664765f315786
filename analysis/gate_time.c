// SPDX-License-Identifier: GPL-2.0-or-later
/* Time: repetitions inside one boot, or boots of two kernels in pairs. */
#include <errno.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/cells.h"
#include "analysis/gate_rules.h"
#include "analysis/verdict.h"
#include "base/signed_rank.h"

double gate_margin_theta(const struct gate_plan *plan)
{
	return verdict_margin_theta(plan->margin.value ? plan->margin.value : VERDICT_MARGIN_TIME);
}

/*
 * The standard error of @n values from which on a loss of the margin is found, in one of
 * @k cells. Student's t, since it is estimated from them, and may be small by chance.
 */
static double precise(double margin, size_t k, size_t n)
{
	const double df = n > 2 ? (double)n - 1 : 1;

	return margin / (gsl_cdf_tdist_Pinv(1 - GATE_P_TIME / (double)k, df) + gsl_cdf_tdist_Pinv(GATE_POWER, df));
}

static size_t timed_cells(const struct gate *g)
{
	size_t k = 0;

	for (size_t i = 0; i < g->n_cells; i++)
		k += g->cells[i].tier == TIER_TIME && !isnan(g->cells[i].theta);
	return k;
}

bool gate_precise(const struct gate *g)
{
	const double margin = gate_margin_theta(g->plan);
	const size_t k = timed_cells(g);

	for (size_t i = 0; i < g->n_cells; i++) {
		const struct gate_cell *c = &g->cells[i];

		if (c->tier == TIER_TIME && !isnan(c->theta) && !(c->se <= precise(margin, k, c->n)))
			return false;
	}
	return true;
}

/* Of neighbours in time; NAN of too few or equal ones. */
static double autocorrelation(const double *d, size_t n)
{
	return n < 3 ? NAN : gsl_stats_lag1_autocorrelation(d, 1, n);
}

/* Figures of @c from its @n differences, in the order of time, which are reordered. */
static void figures(struct gate_cell *c, double *d, size_t n)
{
	struct signed_rank rank;

	c->n = n;
	c->autocorrelation = autocorrelation(d, n);
	c->p = signed_rank_p_greater(d, n);
	if (isnan(c->p))	/* all differences are 0 */
		c->p = 1;
	signed_rank(d, n, CELLS_CONFIDENCE, &rank);
	c->theta = rank.theta;
	c->se = rank.se;
	/* Two-sided 80 %: its upper end is the one-sided bound of 90 %. */
	signed_rank(d, n, 2 * CELLS_BOUND - 1, &rank);
	c->upper = rank.high;
	c->change = cells_penalty_pct(c->theta);
}

/*
 * Differences of @c's repetitions into *@d, which the caller frees: each head arm against
 * the base arm of the same rounds. Returns their number or -ENOMEM.
 */
static ssize_t repetitions(const struct gate_cell *c, double **d)
{
	ssize_t n = 0;

	*d = NULL;
	for (size_t h = c->n_base; h < c->n_base + c->n_head; h++)
		for (size_t b = 0; b < c->n_base; b++) {
			const struct results_cell *base = c->arms[b], *head = c->arms[h];
			double *more, *all;
			ssize_t got;

			if (base->run != head->run || base->seed != head->seed || head->planned == 1)
				continue;
			got = cells_differences(base, head, CELLS_LOG, &more);
			if (!got)
				continue;
			all = got < 0 ? NULL : reallocarray(*d, (size_t)(n + got), sizeof(*all));
			if (!all) {
				free(more);
				return -ENOMEM;
			}
			memcpy(all + n, more, (size_t)got * sizeof(*all));
			free(more);
			*d = all;
			n += got;
		}
	return n;
}

/* Median over the repetitions of all @arms of their median slot, per page. */
static double typical_cost(const struct results_cell *const *arms, size_t n)
{
	double *costs, cost;
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += arms[i]->n_repetitions;
	costs = calloc(count + 1, sizeof(*costs));
	count = 0;
	for (size_t i = 0; i < n && costs; i++)
		for (size_t k = 0; k < arms[i]->n_repetitions; k++) {
			const struct results_repetition *r = &arms[i]->repetitions[k];

			if (r->rounds)
				costs[count++] = cells_median(arms[i], r->first, r->rounds);
		}
	cost = count ? gsl_stats_median(costs, 1, count) : NAN;
	free(costs);
	return cost;
}

/* What the rules need to know before any cell is judged. Returns whether @c can be. */
static bool admit(const struct gate *g, struct gate_cell *c)
{
	const struct gate_calibration *a = &g->plan->calibration;

	c->margin = cells_penalty_pct(gate_margin_theta(g->plan));
	c->base = typical_cost(c->arms, c->n_base);
	c->head = typical_cost(c->arms + c->n_base, c->n_head);
	if (g->plan->margin.instructions)
		gate_set(c, GATE_ERROR, "a margin of time must be in per cent, as in --margin 1%%");
	else if (!a->passed && !a->waived)
		gate_set(c, GATE_INCONCLUSIVE, "%s", a->why);
	return c->outcome == GATE_PASS;
}

/* Repetitions that bring the standard error of @c down to @se, as many as a look takes. */
static size_t needed(const struct gate_cell *c, double se)
{
	double n = (double)c->n * pow(c->se / se, 2);

	n = fmax(n, (double)c->n + 1);
	return n < 1e6 ? (size_t)(4 * ceil(n / 4)) : 0;
}

/* @slower: its p is significant in the family of @k cells. */
static void decide(const struct gate_plan *plan, struct gate_cell *c, bool slower, size_t k)
{
	const double margin = gate_margin_theta(plan);
	const enum verdict verdict = verdict_worse(TIER_TIME, c->theta, slower, c->upper, margin);

	if (verdict == VERDICT_WORSE && c->theta > plan->calibration.bias) {
		c->outcome = GATE_FAIL;
	} else if (verdict == VERDICT_WORSE) {
		gate_set(c, GATE_INCONCLUSIVE, "the loss is within the bias of the harness, up to %.2f %%",
			 cells_penalty_pct(plan->calibration.bias));
	} else if (verdict == VERDICT_UNDECIDED) {
		c->needed = needed(c, precise(margin, k, c->n));
		gate_set(c, GATE_INCONCLUSIVE, "a loss of up to %.2f %% is not excluded", cells_penalty_pct(c->upper));
	}
}

/* Figures of cell @c of strategies in one boot; they stay NAN where it cannot be judged. */
static int judge_repetitions(struct gate *g, struct gate_cell *c)
{
	double *d;
	ssize_t n = repetitions(c, &d);

	if (n > 0)
		figures(c, d, (size_t)n);
	free(d);
	if (n < 0)
		return (int)n;
	c->statistic = "repetitions";
	if (!admit(g, c))
		return 0;
	if (n < GATE_REPETITIONS) {
		c->needed = GATE_REPETITIONS;
		gate_set(c, GATE_INCONCLUSIVE, "too few repetitions");
	}
	return 0;
}

/* A boot: the runs of one boot id. */
struct boot {
	const char *id, *started;
	bool head;
};

static int by_start(const void *pa, const void *pb)
{
	const struct boot *a = pa, *b = pb;

	return strcmp(a->started, b->started);
}

/* Add the boots of @r to @boots, which has room. Returns how many there are then, or 0 where one has no name. */
static size_t add_boots(const struct results *r, bool head, struct boot *boots, size_t n)
{
	for (size_t i = 0; i < r->n_runs; i++) {
		const struct results_run *run = &r->runs[i];
		bool known = false;

		if (!run->boot || !run->started)
			return 0;
		for (size_t j = 0; j < n; j++)
			known |= !strcmp(boots[j].id, run->boot);
		if (!known)
			boots[n++] = (struct boot){ run->boot, run->started, head };
	}
	return n;
}

/*
 * The boots of both sides in the order of time, two of them a pair, into *@boots, which
 * the caller frees. Returns the number of pairs, 0 with @why where they are none.
 */
static ssize_t find_pairs(const struct gate *g, struct boot **boots, const char **why)
{
	const size_t runs = g->results[0]->n_runs + g->results[1]->n_runs;
	size_t n;

	*boots = calloc(runs + 1, sizeof(**boots));
	if (!*boots)
		return -ENOMEM;
	*why = "time of separate runs: only boots in pairs can be judged, and the results do not name their boots";
	n = add_boots(g->results[0], false, *boots, 0);
	n = n ? add_boots(g->results[1], true, *boots, n) : 0;
	if (!n)
		return 0;
	qsort(*boots, n, sizeof(**boots), by_start);
	*why = "time of separate runs: only boots in pairs can be judged, and base and head do not alternate pair by pair";
	for (size_t i = 0; i < n; i += 2)
		if (i + 1 == n || (*boots)[i].head == (*boots)[i + 1].head)
			return 0;
	return (ssize_t)(n / 2);
}

/* ln of the median cost of @c in @boot; NAN where it was not measured. */
static double cost_in(const struct gate *g, const struct gate_cell *c, const struct boot *boot)
{
	const size_t first = boot->head ? c->n_base : 0, n = boot->head ? c->n_head : c->n_base;

	for (size_t i = first; i < first + n; i++) {
		const struct results_cell *cell = c->arms[i];
		const char *id = g->results[boot->head]->runs[cell->run].boot;

		if (!strcmp(id, boot->id) && cell->rounds)
			return log(cells_median(cell, 0, cell->rounds));
	}
	return NAN;
}

/* The differences of @c in each of @n pairs into @d. Returns whether it was measured in all of them. */
static bool pair_differences(const struct gate *g, const struct gate_cell *c, const struct boot *boots,
			     size_t n, double *d)
{
	bool all = true;

	for (size_t i = 0; i < n; i++) {
		const struct boot *one = &boots[2 * i], *two = one + 1;
		double difference = cost_in(g, c, two) - cost_in(g, c, one);

		d[i] = two->head ? difference : -difference;
		all &= !isnan(d[i]);
	}
	return all;
}

/* Figures of @c, timed in @n pairs; @d gets their differences. */
static void judge_pairs(struct gate *g, struct gate_cell *c, const struct boot *boots, size_t n, double *d)
{
	double *copy = malloc((n + 1) * sizeof(*copy));

	c->statistic = "pairs of boots";
	c->n = n;
	if (n && copy && pair_differences(g, c, boots, n, d)) {
		memcpy(copy, d, n * sizeof(*d));
		figures(c, copy, n);
	}
	free(copy);
	if (!admit(g, c))
		return;
	if (isnan(c->theta) && n) {
		gate_set(c, GATE_ERROR, "not measured in every boot");
	} else if (n < GATE_PAIRS) {
		c->needed = GATE_PAIRS;
		gate_set(c, GATE_INCONCLUSIVE, "too few pairs of boots");
	}
}

/* The family's p of the @k cells whose differences are in @d, into @p of all cells: NAN of the others. */
static int family(struct gate *g, const double *d, size_t k, size_t n, double *p)
{
	double *of = calloc(k, sizeof(*of));
	int err = of ? gate_flips(d, k, n, g->plan->seed, of) : -ENOMEM;

	for (size_t i = 0, at = 0; i < g->n_cells && !err; i++)
		if (!isnan(p[i]))
			g->cells[i].p = p[i] = of[at++];
	free(of);
	return err;
}

int gate_judge_time(struct gate *g)
{
	const bool boot_pairs = !g->plan->strategies[0];
	const char *why = NULL;
	struct boot *boots = NULL;
	ssize_t n = boot_pairs ? find_pairs(g, &boots, &why) : 0;
	double *d = n < 0 ? NULL : calloc((size_t)(n + 1) * (g->n_cells + 1), sizeof(*d));
	double *p = calloc(g->n_cells + 1, sizeof(*p));
	bool *slower = calloc(g->n_cells + 1, sizeof(*slower));
	int err = d && p && slower ? 0 : -ENOMEM;
	size_t k = 0;

	for (size_t i = 0; i < g->n_cells && !err; i++) {
		struct gate_cell *c = &g->cells[i];
		bool judged = c->tier == TIER_TIME && c->outcome == GATE_PASS;

		if (judged && boot_pairs && !n)
			gate_set(c, GATE_INCONCLUSIVE, "%s", why);
		if (judged && boot_pairs)
			judge_pairs(g, c, boots, (size_t)n, d + k * (size_t)n);
		else if (judged)
			err = judge_repetitions(g, c);
		judged &= c->outcome == GATE_PASS;
		p[i] = judged ? c->p : NAN;
		k += judged;
	}
	if (!err && boot_pairs && k > 1)
		err = family(g, d, k, (size_t)n, p);
	if (!err && !boot_pairs)
		gate_holm(p, g->n_cells, GATE_P_TIME, slower);
	for (size_t i = 0; i < g->n_cells && !err; i++)
		if (!isnan(p[i]))
			decide(g->plan, &g->cells[i], boot_pairs ? p[i] <= GATE_P_TIME : slower[i], k);
	free(slower);
	free(p);
	free(d);
	free(boots);
	return err;
}
