// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How often the interval of a difference contains it, with repetitions that were recorded.
 *
 *	coverage RESULTS...
 *
 * The repetitions of a cell, as many as possible, stand for all that there could be. Of
 * them 12, 20 and 40 are drawn at random, with replacement. Prints a table in Markdown:
 * the share of such draws whose interval contains the estimate of all repetitions. Cells
 * with fewer than 60 are left out.
 */
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/cells.h"
#include "base/signed_rank.h"

enum { DRAWS = 10000, ALL_LOW = 60 };

static const size_t sizes[] = { 12, 20, 40 };
static gsl_rng *rng;

/* In per cent, of intervals of @n of the @all differences @d. The mean half-width goes to *@half. */
static double coverage(const double *d, size_t all, size_t n, double *half)
{
	double drawn[JOB_REPETITIONS_MAX];
	struct signed_rank truth, one;
	size_t hits = 0;

	memcpy(drawn, d, all * sizeof(*d));
	if (signed_rank(drawn, all, CELLS_CONFIDENCE, &truth))
		exit(2);
	*half = 0;
	for (int i = 0; i < DRAWS; i++) {
		for (size_t k = 0; k < n; k++)
			drawn[k] = d[gsl_rng_uniform_int(rng, all)];
		if (signed_rank(drawn, n, CELLS_CONFIDENCE, &one))
			exit(2);
		hits += one.low <= truth.theta && truth.theta <= one.high;
		*half += (one.high - one.low) / 2 / DRAWS;
	}
	return 100.0 * (double)hits / DRAWS;
}

static void row(const struct figures *f)
{
	double *d, half = 0;
	ssize_t all = cells_differences(f->baseline, f->cell, CELLS_LOG, &d);

	if (all < 0)
		exit(2);
	/* Rounds of one repetition are no repetitions. */
	if (f->cell->planned > 1 && all >= ALL_LOW && all <= JOB_REPETITIONS_MAX) {
		printf("| %s %s %s | %s | %.2f |", f->cell->workload, f->cell->target, f->cell->layout,
		       f->cell->strategy, cells_penalty_pct(f->theta));
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
			printf(" %.1f |", coverage(d, (size_t)all, sizes[i], &half));
		printf(" %.3f |\n", 100 * half);
	}
	free(d);
}

int main(int argc, char **argv)
{
	struct results results;
	struct figures *figures;

	results_init(&results);
	for (int i = 1; i < argc; i++)
		if (results_load(argv[i], &results))
			return 2;
	if (cells_figures(&results, NULL, &figures))
		return 2;
	rng = gsl_rng_alloc(gsl_rng_mt19937);
	printf("| workload, target | arm | penalty, %% | of 12, %% | of 20, %% | of 40, %% | half-width of 40, %% |\n"
	       "|---|---|--:|--:|--:|--:|--:|\n");
	for (size_t i = 0; i < results.n_cells; i++)
		if (figures[i].baseline && figures[i].cell != figures[i].baseline && !figures[i].harness)
			row(&figures[i]);
	gsl_rng_free(rng);
	free(figures);
	results_free(&results);
	return 0;
}
