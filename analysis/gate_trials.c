// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/aa.h"
#include "analysis/cells.h"
#include "analysis/gate_rules.h"
#include "analysis/gate_trials.h"
#include "base/signed_rank.h"

/* Cells of some groups, copied, so that a loss can be added and repetitions left out. */
struct view {
	struct results results;
	size_t *repetitions;	/* that each of its cells has */
	size_t most;
};

static void view_free(struct view *v)
{
	for (size_t i = 0; i < v->results.n_cells; i++)
		free(v->results.cells[i].slots);
	free(v->results.cells);
	free(v->repetitions);
}

/* Add @cell, in the @number-th cell of the family; @loss is added to its slots. */
static int view_add(struct view *v, const struct results_cell *cell, size_t number, double loss)
{
	const size_t n = 2 * (size_t)cell->rounds;
	struct results_cell *copy = &v->results.cells[v->results.n_cells];

	*copy = *cell;
	copy->slots = cells_slots(cell, 0, cell->rounds);
	if (!copy->slots)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		copy->slots[i] = cell->tier == TIER_TIME ? copy->slots[i] / (1 - loss / 100)
			: copy->slots[i] + loss * cells_pages(cell);
	copy->n_notes = 0;
	copy->steady = copy->verified = RESULTS_NOT_JUDGED;
	snprintf(copy->workload, sizeof(copy->workload), "c%zu", number);
	v->repetitions[v->results.n_cells++] = cell->n_repetitions;
	if (cell->n_repetitions > v->most)
		v->most = cell->n_repetitions;
	return 0;
}

/* Leave the first @n repetitions. */
static void view_cut(struct view *v, size_t n)
{
	for (size_t i = 0; i < v->results.n_cells; i++) {
		struct results_cell *cell = &v->results.cells[i];
		const struct results_repetition *last;

		cell->n_repetitions = n < v->repetitions[i] ? n : v->repetitions[i];
		last = &cell->repetitions[cell->n_repetitions - 1];
		cell->rounds = last->first + last->rounds;
	}
}

static bool is_second(const struct results_cell *cell)
{
	const char *number = strchr(cell->strategy, '#');

	return number && strtoul(number + 1, NULL, 10) % 2 == 0;
}

static bool is_aa(const struct results_cell *cell)
{
	return name_same_stem(cell->strategy, cell->baseline) && cell->rounds;
}

/* A view of groups @first to @first + t->family of @aa. */
static int view_make(struct view *v, const struct results *aa, const struct gate_trial *t, size_t first)
{
	int err = 0;

	memset(v, 0, sizeof(*v));
	v->results.runs = aa->runs;
	v->results.n_runs = aa->n_runs;
	v->results.cells = calloc(aa->n_cells, sizeof(*v->results.cells));
	v->repetitions = calloc(aa->n_cells, sizeof(*v->repetitions));
	if (!v->results.cells || !v->repetitions)
		return -ENOMEM;
	for (size_t i = 0; i < aa->n_cells && !err; i++) {
		const struct results_cell *cell = &aa->cells[i];

		if (cell->group >= first && cell->group < first + t->family && is_aa(cell))
			err = view_add(v, cell, cell->group - first,
				       cell->group == first && is_second(cell) ? t->loss : 0);
	}
	return err;
}

/* The p-value of the first cell, spread over its step for the test against uniform. */
static double spread_p(const struct gate *g, gsl_rng *rng)
{
	const struct gate_cell *c = g->cells;
	double *d, p;
	ssize_t n = c->tier == TIER_TIME ? cells_differences(c->arms[0], c->arms[c->n_base], CELLS_LOG, &d) : 0;

	if (n <= 0)
		return NAN;
	p = signed_rank_p_spread(d, (size_t)n, gsl_rng_uniform_pos(rng));
	free(d);
	return isnan(p) ? 1 : p;
}

/* Judge @v as the gate does that measures it. */
static int judge(struct view *v, struct gate_trial *t, gsl_rng *rng, double *p)
{
	const char *strategy = v->results.cells[0].baseline;
	const struct gate_plan plan = {
		.strategies = { strategy, strategy }, .calibration = { .passed = true, .bias = t->bias },
		.margin = { .value = v->results.cells[0].tier == TIER_COUNTS ? fmax(t->loss, 1) : 0,
			    .instructions = v->results.cells[0].tier == TIER_COUNTS },
	};
	const bool time = v->results.cells[0].tier == TIER_TIME;
	size_t n = time ? GATE_REPETITIONS : v->most;
	struct gate g;
	int err;

	while (true) {
		view_cut(v, n);
		err = gate_judge(&v->results, &v->results, &plan, &g);
		if (err || n >= v->most || gate_precise(&g))
			break;
		gate_free(&g);
		n += 4;
	}
	if (!err && g.n_cells) {
		t->outcomes[g.outcome]++;
		t->units += (double)g.cells[0].n;
		p[t->n++] = spread_p(&g, rng);
	}
	gate_free(&g);
	return err;
}

int gate_trial(const struct results *aa, struct gate_trial *t)
{
	double *p = calloc(aa->n_groups + 1, sizeof(*p));
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);	/* its default seed: the same every time */
	int err = p && rng ? 0 : -ENOMEM;
	double distance;

	for (size_t first = 0; first + t->family <= aa->n_groups && !err; first += t->family) {
		struct view v;

		err = view_make(&v, aa, t, first);
		if (!err && v.results.n_cells)
			err = judge(&v, t, rng, p);
		view_free(&v);
	}
	if (!err && !t->n)
		err = -ENODATA;
	if (!err) {
		t->units /= (double)t->n;
		t->ks_p = isnan(p[0]) ? NAN : aa_uniform(p, t->n, &distance);
	}
	gsl_rng_free(rng);
	free(p);
	return err;
}

void gate_trials_write(struct document *d, const struct gate_trial *trials, size_t n, enum tier tier)
{
	static const struct document_column columns[] = {
		{ "injected loss", 20, true }, { "gates", 7, false }, { "FAIL", 8, false },
		{ "PASS", 8, false }, { "INCONCL.", 9, false }, { "units", 7, false },
	};

	document_table(d, columns, sizeof(columns) / sizeof(columns[0]));
	for (const struct gate_trial *t = trials; t < trials + n; t++) {
		document_add(d, tier == TIER_TIME ? "%.2f %%" : "%.0f instr./page", t->loss);
		document_block(d, DOCUMENT_ROW, "\t%zu\t%.1f %%\t%.1f %%\t%.1f %%\t%.0f", t->n,
			       100 * (double)t->outcomes[GATE_FAIL] / (double)t->n,
			       100 * (double)t->outcomes[GATE_PASS] / (double)t->n,
			       100 * (double)t->outcomes[GATE_INCONCLUSIVE] / (double)t->n, t->units);
	}
}
