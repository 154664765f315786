// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How often the gate fails, passes and stays undecided: its own code on repetitions, or
 * pairs of boots, that are drawn at random.
 *
 *	gate_power [GATES]
 *
 * Prints tables in Markdown. GATES (default 2000) of each kind are tried.
 */
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/gate_rules.h"
#include "analysis/gate_trials.h"
#include "base/signed_rank.h"

/* Nothing was chosen on draws of this seed. */
static const unsigned long seed = 20261128;

enum { REPETITIONS = 100, FAMILY_MAX = 12, PAIRS_MAX = 15 };

static gsl_rng *rng;

/* Of sd 1: normal, or Student's t with 3 degrees of freedom, whose tails are heavy. */
static double noise(bool heavy)
{
	return heavy ? gsl_ran_tdist(rng, 3) / sqrt(3) : gsl_ran_gaussian(rng, 1);
}

/* @n groups of native and native#2 whose repetitions differ by @sd in ln(time). */
static void draw(struct results *r, size_t n, double sd, bool heavy)
{
	results_init(r);
	r->runs = calloc(1, sizeof(*r->runs));
	r->cells = calloc(2 * n, sizeof(*r->cells));
	r->n_runs = 1;
	for (size_t i = 0; i < 2 * n; i++) {
		struct results_cell *cell = &r->cells[i];

		strcpy(cell->workload, "w");
		strcpy(cell->strategy, i % 2 ? "native#2" : "native");
		strcpy(cell->baseline, "native");
		cell->tier = TIER_TIME;
		cell->page_size = cell->bytes_per_slot = 4096;
		cell->seed = i / 2;
		cell->planned = cell->n_repetitions = cell->rounds = REPETITIONS;
		cell->group = i / 2;
		cell->slots = calloc(2 * REPETITIONS, sizeof(*cell->slots));
		cell->repetitions = calloc(REPETITIONS, sizeof(*cell->repetitions));
		for (size_t k = 0; k < REPETITIONS; k++) {
			double cost = i % 2 ? 1e6 * exp(sd * noise(heavy)) : 1e6;

			cell->repetitions[k] = (struct results_repetition){ k, k, 1 };
			cell->slots[2 * k] = cell->slots[2 * k + 1] = cost;
		}
	}
	r->n_cells = r->n_pooled = 2 * n;
	r->n_groups = n;
}

static void one_boot(size_t gates, size_t family, double sd, bool heavy)
{
	static const double losses[] = { 0, 0.5, 1, 1.5 };
	struct results r;

	draw(&r, gates * family, sd / 100, heavy);
	for (size_t i = 0; i < sizeof(losses) / sizeof(losses[0]); i++) {
		struct gate_trial t = { .family = family, .loss = losses[i] };

		if (gate_trial(&r, &t))
			exit(2);
		printf("| %zu | %s | %.2f | %.1f | %.2f | %.2f | %.2f | %.0f |", family,
		       heavy ? "t, 3 df" : "normal", sd, t.loss, 100.0 * (double)t.outcomes[GATE_FAIL] / (double)t.n,
		       100.0 * (double)t.outcomes[GATE_PASS] / (double)t.n,
		       100.0 * (double)t.outcomes[GATE_INCONCLUSIVE] / (double)t.n, t.units);
		printf(t.loss > 0 ? " |\n" : " %.3g |\n", t.ks_p);
	}
	results_free(&r);
}

/* As the gate judges @n pairs. */
static void judge_pairs(double *d, size_t k, size_t n, uint64_t draw, double *p)
{
	if (k == 1)
		p[0] = signed_rank_p_greater(d, n);
	else if (gate_flips(d, k, n, draw, p))
		exit(2);
}

/* Share of gates in which the first of @k cells, with a loss of a margin, has p <= 0.008; or any without. */
static double pairs(size_t gates, size_t k, size_t n, double sd, double loss)
{
	double d[FAMILY_MAX * PAIRS_MAX], p[FAMILY_MAX];
	size_t found = 0;

	for (size_t i = 0; i < gates; i++) {
		bool any = false;

		for (size_t j = 0; j < k * n; j++)
			d[j] = sd * noise(false) + (j < n ? loss : 0);
		judge_pairs(d, k, n, i, p);
		for (size_t j = 0; j < (loss > 0 ? 1 : k); j++)
			any |= p[j] <= GATE_P_TIME;
		found += any;
	}
	return 100.0 * (double)found / (double)gates;
}

int main(int argc, char **argv)
{
	static const struct { size_t n; double sd; } boots[] = { { 7, 0.43 }, { 9, 0.58 }, { 11, 0.68 }, { 15, 0.83 } };
	const size_t gates = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000;

	rng = gsl_rng_alloc(gsl_rng_mt19937);
	gsl_rng_set(rng, seed);
	printf("| cells | noise | sd, %% | loss, %% | FAIL, %% | PASS, %% | INCONCLUSIVE, %% | repetitions | p, uniform |\n"
	       "|--:|---|--:|--:|--:|--:|--:|--:|--:|\n");
	for (int heavy = 0; heavy < 2; heavy++) {
		one_boot(gates, 1, 0.2, heavy);
		one_boot(gates, 1, 0.8, heavy);
		one_boot(gates, 1, 1.75, heavy);
		one_boot(gates / 4, FAMILY_MAX, 1.42, heavy);
	}
	printf("\n| cells | pairs | sd, margins | FAIL at no loss, %% | FAIL at one margin, %% |\n|--:|--:|--:|--:|--:|\n");
	for (size_t k = 1; k <= FAMILY_MAX; k += FAMILY_MAX - 1)
		for (size_t i = 0; i < sizeof(boots) / sizeof(boots[0]); i++)
			printf("| %zu | %zu | %.2f | %.2f | %.1f |\n", k, boots[i].n, boots[i].sd,
			       pairs(gates, k, boots[i].n, boots[i].sd, 0),
			       pairs(gates, k, boots[i].n, boots[i].sd, 1));
	gsl_rng_free(rng);
	return 0;
}
