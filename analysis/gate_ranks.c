// SPDX-License-Identifier: GPL-2.0-or-later
/* Exact tests that the gate's rules stand on. */
#include <errno.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#include "analysis/gate_rules.h"

void gate_holm(const double *p, size_t n, double level, bool *rejected)
{
	size_t left = 0;
	bool more = true;

	for (size_t i = 0; i < n; i++) {
		rejected[i] = false;
		left += !isnan(p[i]);
	}
	while (more && left) {
		size_t least = n;

		for (size_t i = 0; i < n; i++)
			if (!rejected[i] && !isnan(p[i]) && (least == n || p[i] < p[least]))
				least = i;
		more = p[least] <= level / (double)left;
		rejected[least] = more;
		left--;
	}
}

/* Doubled middle rank of @value among all @n sorted values, so that ranks are whole. */
static size_t doubled_rank(const double *sorted, size_t n, double value)
{
	size_t below = 0, up_to = 0;

	for (size_t i = 0; i < n; i++) {
		below += sorted[i] < value;
		up_to += sorted[i] <= value;
	}
	return below + up_to + 1;
}

double gate_rank_sum(const double *a, size_t n_a, const double *b, size_t n_b)
{
	/* Each way in which n_b of the values have a sum of ranks. */
	enum { SUMS = GATE_RANKS * (GATE_RANKS + 1) + 1 };
	const size_t n = n_a + n_b;
	double all[GATE_RANKS], *ways, above = 0, total = 0;
	size_t seen = 0;

	if (!n_a || !n_b || n > GATE_RANKS)
		return NAN;
	ways = calloc((n_b + 1) * SUMS, sizeof(*ways));
	if (!ways)
		return NAN;
	for (size_t i = 0; i < n; i++)
		all[i] = i < n_a ? a[i] : b[i - n_a];
	gsl_sort(all, 1, n);
	for (size_t i = 0; i < n_b; i++)
		seen += doubled_rank(all, n, b[i]);
	ways[0] = 1;
	for (size_t i = 0; i < n; i++) {
		size_t rank = doubled_rank(all, n, all[i]);

		for (size_t k = i < n_b ? i + 1 : n_b; k > 0; k--)
			for (size_t s = rank; s < SUMS; s++)
				ways[k * SUMS + s] += ways[(k - 1) * SUMS + s - rank];
	}
	for (size_t s = 0; s < SUMS; s++) {
		total += ways[n_b * SUMS + s];
		if (s >= seen)
			above += ways[n_b * SUMS + s];
	}
	free(ways);
	return above / total;
}

/* mean / sqrt(mean square + c) of a cell whose pairs have @signs. No flip changes the mean square. */
static double statistic(const double *d, size_t n, const signed char *signs, double spread)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += signs[i] * d[i];
	return sum / (double)n / spread;
}

static void flip(signed char *signs, size_t n, uint64_t draw, gsl_rng *rng)
{
	for (size_t i = 0; i < n; i++)
		signs[i] = (rng ? gsl_rng_uniform_int(rng, 2) : draw >> i & 1) ? -1 : 1;
}

/*
 * sqrt(mean square + c) of each cell. c, twice the median of the mean squares, keeps a cell
 * whose pairs happen to agree from deciding alone.
 */
static void spreads(const double *d, size_t k, size_t n, double *spread, double *sorted)
{
	double c;

	for (size_t cell = 0; cell < k; cell++) {
		double squares = 0;

		for (size_t i = 0; i < n; i++)
			squares += d[cell * n + i] * d[cell * n + i];
		spread[cell] = sorted[cell] = squares / (double)n;
	}
	gsl_sort(sorted, 1, k);
	c = 2 * gsl_stats_median_from_sorted_data(sorted, 1, k);
	for (size_t cell = 0; cell < k; cell++)
		spread[cell] = sqrt(spread[cell] + c);
}

int gate_flips(const double *d, size_t k, size_t n, uint64_t seed, double *p)
{
	enum { ALL_MAX = 15, RANDOM = 1999 };	/* pairs whose flips are all taken; else random ones */
	const uint64_t draws = n <= ALL_MAX ? UINT64_C(1) << n : RANDOM + 1;
	double *spread = calloc(3 * k, sizeof(*spread)), *seen = spread + k, *sorted = spread + 2 * k;
	signed char *signs = calloc(n, sizeof(*signs));
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	int err = spread && signs && rng ? 0 : -ENOMEM;

	if (!err) {
		gsl_rng_set(rng, (unsigned long)seed);
		spreads(d, k, n, spread, sorted);
	}
	/* Draw 0 is what was seen. */
	for (uint64_t draw = 0; !err && draw < draws; draw++) {
		double most = -INFINITY;

		flip(signs, n, draw, draw && n > ALL_MAX ? rng : NULL);
		for (size_t cell = 0; cell < k; cell++) {
			double value = spread[cell] > 0 ? statistic(d + cell * n, n, signs, spread[cell]) : 0;

			most = fmax(most, value);
			if (!draw) {
				seen[cell] = value;
				p[cell] = 0;
			}
		}
		for (size_t cell = 0; cell < k; cell++)
			p[cell] += most >= seen[cell] * (1 - 1e-12) ? 1.0 / (double)draws : 0;
	}
	gsl_rng_free(rng);
	free(signs);
	free(spread);
	return err;
}
