// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * signed_rank.c against brute force over all Walsh averages, against full
 * enumeration of the signs, and against published tables.
 */
#include <errno.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/signed_rank.h"
#include "numbers.h"

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* All Walsh averages, sorted; the caller frees them. */
static double *all_walsh(const double *d, size_t n)
{
	double *w = malloc(n * (n + 1) / 2 * sizeof(*w));
	size_t k = 0;

	assert_non_null(w);
	for (size_t i = 0; i < n; i++)
		for (size_t j = i; j < n; j++)
			w[k++] = 0.5 * d[i] + 0.5 * d[j];
	qsort(w, k, sizeof(*w), by_value);
	return w;
}

static void same(double a, double b)
{
	if (a != b)
		fail_msg("%.17g is not %.17g", a, b);
}

/*
 * Hollander and Wolfe, table A.4: lower critical values of T for a two-sided
 * test at 5 % and at 1 %; -1 where there is none.
 */
static const struct { size_t n; int c95, c99; } table[] = {
	{ 5, -1, -1 }, { 6, 0, -1 }, { 7, 2, -1 }, { 8, 3, 0 }, { 9, 5, 1 },
	{ 10, 8, 3 }, { 15, 25, 15 }, { 20, 52, 37 }, { 25, 89, 68 },
	{ 30, 137, 109 }, { 50, 434, 373 },
};

static void test_tables(void **unused)
{
	(void)unused;
	for (size_t t = 0; t < sizeof(table) / sizeof(table[0]); t++) {
		size_t n = table[t].n, m = n * (n + 1) / 2;
		double d[50], *w;

		for (size_t i = 0; i < n; i++)
			d[i] = uniform() - 0.3;
		w = all_walsh(d, n);
		for (int level = 0; level < 2; level++) {
			int c = level ? table[t].c99 : table[t].c95;
			struct signed_rank r;
			int err = signed_rank(d, n, level ? 0.99 : 0.95, &r);

			if (c < 0) {
				assert_int_equal(err, -ERANGE);
				assert_true(isinf(r.low) && isinf(r.high) && isinf(r.se));
				assert_true(isfinite(r.theta));
				continue;
			}
			assert_int_equal(err, 0);
			same(r.low, w[c]);
			same(r.high, w[m - 1 - (size_t)c]);
		}
		free(w);
	}
}

static void check_brute(double *d, size_t n, double confidence)
{
	double *w = all_walsh(d, n);
	size_t m = n * (n + 1) / 2;
	double z = -gsl_cdf_ugaussian_Pinv((1 - confidence) / 2), x = (double)n;
	struct signed_rank r;

	assert_int_equal(signed_rank(d, n, confidence, &r), 0);
	same(r.theta, m % 2 ? w[m / 2] : 0.5 * w[m / 2 - 1] + 0.5 * w[m / 2]);
	if (n > SIGNED_RANK_EXACT) {
		size_t c = (size_t)floor(x * (x + 1) / 4 -
					 z * sqrt(x * (x + 1) * (2 * x + 1) / 24));

		same(r.low, w[c]);
		same(r.high, w[m - 1 - c]);
		near(r.se, (r.high - r.low) / (2 * z), 1e-15 * fabs(r.se));
	}
	free(w);
}

static void test_brute_force(void **unused)
{
	double d[700];

	(void)unused;
	for (size_t n = 8; n <= 700; n = n * 3 / 2 + 1) {
		for (size_t i = 0; i < n; i++)	/* both signs, all sizes */
			d[i] = (uniform() - 0.4) * exp(40 * (uniform() - 0.5));
		check_brute(d, n, 0.99);
		for (size_t i = 0; i < n; i++)	/* ties and zeros */
			d[i] = floor(7 * uniform()) - 3;
		check_brute(d, n, 0.99);
		for (size_t i = 0; i < n; i++)	/* sums that would overflow */
			d[i] = (uniform() < 0.5 ? -1 : 1) * 1.7e308;
		check_brute(d, n, 0.99);
	}
}

/*
 * Of 6000 values 6 in 100 are far off, and no average of neighbours comes before the
 * ranks: it would make the interval two thirds wider.
 */
static void test_many(void **unused)
{
	enum { N = 6000 };
	static double d[N], averaged[N];
	struct signed_rank all, groups;

	(void)unused;
	for (size_t i = 0; i < N; i++)
		averaged[i] = d[i] = normal() + (uniform() < 0.06 ? 20 : 0) - (uniform() < 0.06 ? 20 : 0);
	assert_int_equal(signed_rank_group(d, N, SIGNED_RANK_MAX), N);
	assert_int_equal(signed_rank(d, N, 0.99, &all), 0);
	assert_int_equal(signed_rank(averaged, signed_rank_group(averaged, N, 1500), 0.99, &groups), 0);
	assert_true(groups.se > 1.6 * all.se);
	assert_true(all.low < 0 && all.high > 0);
}

static void test_bad_input(void **unused)
{
	double d[9] = { 1, 2, 3, NAN, 5, 6, 7, 8, 9 };
	struct signed_rank r;

	(void)unused;
	assert_int_equal(signed_rank(d, 0, 0.99, &r), -EINVAL);
	assert_int_equal(signed_rank(d, 9, 0.99, &r), -EINVAL);
	d[3] = INFINITY;
	assert_int_equal(signed_rank(d, 9, 0.99, &r), -EINVAL);
	d[0] = d[1] = 0;
	assert_true(isnan(signed_rank_p_greater(d, 2)));
}

/* P(T >= t) over all 2^n signs of the ranks that @d has. */
static double enumerate_greater(const double *d, size_t n)
{
	double rank[16], sum = 0;
	unsigned long hits = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned less = 0, equal = 0;

		for (size_t j = 0; j < n; j++) {
			less += fabs(d[j]) < fabs(d[i]);
			equal += fabs(d[j]) == fabs(d[i]);
		}
		rank[i] = less + (equal + 1) / 2.0;
		if (d[i] > 0)
			sum += rank[i];
	}
	for (unsigned long signs = 0; signs < 1ul << n; signs++) {
		double s = 0;

		for (size_t i = 0; i < n; i++)
			if (signs >> i & 1)
				s += rank[i];
		hits += s >= sum;
	}
	return (double)hits / (double)(1ul << n);
}

static void test_p_values(void **unused)
{
	/* Darwin's Zea mays heights: R, wilcox.test(d): V = 96, two-sided p = 0.04126 */
	double maize[] = { 49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48 };
	double d[60], copy[60], p;

	(void)unused;
	near(2 * signed_rank_p_greater(maize, 15), 0.04126, 5e-6);
	for (int trial = 0; trial < 50; trial++) {
		size_t n = 1 + (size_t)trial % 12;

		for (size_t i = 0; i < n; i++)
			d[i] = trial % 2 ? floor(5 * uniform()) - 1.5 : uniform() - 0.3;
		p = enumerate_greater(d, n);
		near(signed_rank_p_greater(d, n), p, 1e-14);
	}
	/* Zeros are dropped; the exact and the normal branch meet. */
	for (size_t i = 0; i < 51; i++)
		d[i] = i < 50 ? uniform() - 0.4 : 0;
	memcpy(copy, d, sizeof(d));
	p = signed_rank_p_greater(d, 51);
	same(signed_rank_p_greater(copy, 50), p);
	copy[50] = 1e-9;
	near(signed_rank_p_greater(copy, 51), p, 0.01);
	for (size_t i = 0; i < 51; i++)
		copy[i] = -copy[i];
	near(signed_rank_p_greater(copy, 51), 1 - p, 0.01);
	/* All tied: T is 30.5 times a binomial, 40 of 60, of variance 15. */
	for (size_t i = 0; i < 60; i++)
		d[i] = i < 40 ? 1 : -1;
	near(signed_rank_p_greater(d, 60), 0.5 * erfc(10 / sqrt(15) / sqrt(2)), 1e-12);
}

/* The interval excludes 0 exactly when the p-value of one side or the other says so. */
static void test_duality(void **unused)
{
	(void)unused;
	for (int trial = 0; trial < 2000; trial++) {
		size_t n = 10 + (size_t)trial % 80;
		double d[90], mirror[90];
		struct signed_rank r;

		for (size_t i = 0; i < n; i++) {
			d[i] = uniform() - 0.42;
			mirror[i] = -d[i];
		}
		assert_int_equal(signed_rank(d, n, 0.95, &r), 0);
		assert_int_equal(r.low > 0, signed_rank_p_greater(d, n) <= 0.025);
		assert_int_equal(r.high < 0, signed_rank_p_greater(mirror, n) <= 0.025);
	}
}

static void test_group(void **unused)
{
	double d[11] = { 1, 3, 5, 7, 2, 4, 6, 8, 10, 0, 9 };

	(void)unused;
	assert_int_equal(signed_rank_group(d, 11, 11), 11);
	assert_int_equal(signed_rank_group(d, 11, 5), 3);
	same(d[0], 3);
	same(d[1], 13 / 3.0);
	same(d[2], 33 / 5.0);	/* the two left over join the last run */
}

/*
 * All signs of 12 ranks are as likely, and then the spread p-value is uniform:
 * as many below x as x of all. The plain one is off by half of what the most
 * likely sum has.
 */
static void test_p_spread(void **unused)
{
	enum { N = 12, PATTERNS = 1 << N, PARTS = 16 };
	double d[N], *spread = malloc(PATTERNS * PARTS * sizeof(*spread));
	double plain[PATTERNS], worst_plain = 0, worst = 0;

	(void)unused;
	assert_non_null(spread);
	for (unsigned signs = 0; signs < PATTERNS; signs++)
		for (unsigned part = 0; part < PARTS; part++) {
			for (unsigned i = 0; i < N; i++)
				d[i] = signs >> i & 1 ? i + 1.0 : -(i + 1.0);
			spread[signs * PARTS + part] = signed_rank_p_spread(d, N, (part + 0.5) / PARTS);
			plain[signs] = signed_rank_p_greater(d, N);
		}
	qsort(spread, PATTERNS * PARTS, sizeof(*spread), by_value);
	qsort(plain, PATTERNS, sizeof(*plain), by_value);
	for (unsigned i = 0; i < PATTERNS * PARTS; i++)
		worst = fmax(worst, fabs(spread[i] - (i + 0.5) / (PATTERNS * PARTS)));
	for (unsigned i = 0; i < PATTERNS; i++)
		worst_plain = fmax(worst_plain, fabs(plain[i] - (i + 0.5) / PATTERNS));
	assert_true(worst < 0.002 && worst_plain > 0.01);
	free(spread);
	d[0] = 0;
	assert_true(isnan(signed_rank_p_spread(d, 1, 0.5)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_brute_force),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_bad_input),
		cmocka_unit_test(test_p_values),
		cmocka_unit_test(test_duality),
		cmocka_unit_test(test_group),
		cmocka_unit_test(test_p_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
