// SPDX-License-Identifier: GPL-2.0-or-later
/* A/A statistics against published values, and with losses injected. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/aa.h"
#include "analysis/formats.h"
#include "made.h"

/* P(X >= k), term by term. */
static double binomial_tail(int k, int n, double p)
{
	double sum = 0, term = pow(1 - p, n);

	for (int i = 0; i <= n; i++) {
		sum += i >= k ? term : 0;
		term *= p / (1 - p) * (n - i) / (i + 1);
	}
	return sum;
}

static void test_share(void **unused)
{
	double low, high;

	(void)unused;
	/* By hand: (1 - p)^300 = 0.005 and p^20 = 0.005. */
	aa_share(0, 300, 0.99, &low, &high);
	near(low, 0, 0);
	near(high, 1 - pow(0.005, 1 / 300.0), 1e-9);
	aa_share(20, 20, 0.99, &low, &high);
	near(low, pow(0.005, 1 / 20.0), 1e-9);
	near(high, 1, 0);
	/* Binomial table: 5 of 50 at 95 %: 3.33 % to 21.81 % */
	aa_share(5, 50, 0.95, &low, &high);
	near(low, 0.0333, 5e-5);
	near(high, 0.2181, 5e-5);
	/* Every count: GSL's own inverse gives up on some of them. */
	for (size_t hits = 1; hits < 300; hits++) {
		aa_share(hits, 300, 0.99, &low, &high);
		assert_true(low < (double)hits / 300 && (double)hits / 300 < high);
		if (hits == 3)	/* sums of binomial terms: P(X >= 3), P(X <= 3) */
			near(binomial_tail(3, 300, low) + binomial_tail(4, 300, high), 1, 1e-9);
	}
}

static void test_uniform(void **unused)
{
	/* Massey, JASA 46 (1951), table 1: critical D at 5 % and at 1 %. */
	static const struct { size_t n; double d05, d01; } table[] = {
		{ 10, 0.410, 0.490 }, { 20, 0.294, 0.356 },
	};
	double p[500], d;

	(void)unused;
	for (size_t t = 0; t < 2; t++) {
		for (int level = 0; level < 2; level++) {
			double shift = level ? table[t].d01 : table[t].d05, got;

			/* Values on a grid, pushed up so that D is just that. */
			for (size_t i = 0; i < table[t].n; i++)
				p[i] = fmin(1, (double)i / (double)table[t].n + shift);
			got = aa_uniform(p, table[t].n, &d);
			near(d, shift, 1e-12);
			near(got, level ? 0.01 : 0.05, level ? 0.001 : 0.002);
		}
	}
	for (size_t i = 0; i < 500; i++)
		p[i] = ((double)i + 0.5) / 500;
	near(aa_uniform(p, 500, &d), 1, 1e-9);
}

static void test_aa(void **unused)
{
	struct results r;
	struct file f;
	struct aa aa;
	struct document d;
	char *text = NULL;
	size_t size;
	FILE *out;

	(void)unused;
	for (int injected = 0; injected < 2; injected++) {
		begin(&f);
		for (unsigned seed = 0; seed < 200; seed++) {
			add(&f, &(struct arm){ .strategy = "native", .seed = seed, .rounds = 40,
					       .pages = 256, .cost = 300, .drift = 1, .noise = 0.1 });
			add(&f, &(struct arm){ .strategy = "native#2", .seed = seed, .rounds = 40,
					       .pages = 256, .cost = injected ? 306 : 300,
					       .drift = 1, .noise = 0.1 });
			/* Another repeat shares the rounds: it is no run of its own. */
			if (seed % 2)
				add(&f, &(struct arm){ .strategy = "native#3", .seed = seed,
						       .rounds = 40, .pages = 256, .cost = 1000,
						       .drift = 1, .noise = 0.1 });
		}
		add(&f, &(struct arm){ .strategy = "native", .seed = 999, .rounds = 40,
				       .pages = 256, .cost = 300 });
		end(&f, &r);
		assert_int_equal(aa_figures(&r, &aa), 0);
		assert_int_equal(aa.runs, 200);
		assert_int_equal(aa.skipped, 1);
		assert_int_equal(aa.rounds, 40);
		/* Two uniform slots an arm: variance 0.1^2 / 12 of d. */
		near(aa.sd, 0.1 / sqrt(12), 0.001);
		assert_true(aa.theta_low <= aa.theta && aa.theta <= aa.theta_high);
		if (injected) {
			near(aa.theta, log(1.02), 0.002);
			assert_true(aa.alarms_p > 100 && aa.ks_p < 1e-6);
			assert_true(aa.bias > log(1.02));
		} else {
			near(aa.theta, 0, 0.002);
			assert_true(aa.alarms_p_low <= 0.01);
			assert_true(aa.ks_p > 0.01);
			assert_true(aa.bias < 0.003);
		}
		out = open_memstream(&text, &size);
		assert_non_null(out);
		document_begin(&d, out, &plain_style);
		aa_write(&d, &aa);
		assert_int_equal(document_end(&d), 0);
		fclose(out);
		assert_int_equal(times(text, "TOO MANY"), injected);
		assert_int_equal(times(text, "NOT UNIFORM"), injected);
		assert_non_null(strstr(text, "200 runs of 1 repetition and 40 rounds"));
		fits(text);
		free(text);
		results_free(&r);
	}
	begin(&f);
	add(&f, &(struct arm){ .strategy = "native", .rounds = 40, .pages = 1, .cost = 300 });
	end(&f, &r);
	assert_int_equal(aa_figures(&r, &aa), -ENODATA);
	results_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_share),
		cmocka_unit_test(test_uniform),
		cmocka_unit_test(test_aa),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
