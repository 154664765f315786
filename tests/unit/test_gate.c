// SPDX-License-Identifier: GPL-2.0-or-later
/* The gate's rules against values found in another way, and its table of outcomes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/gate_rules.h"
#include "analysis/gate_trials.h"
#include "made.h"

/* The map of outcomes as other tools have it: a second copy, typed by hand. */
static void test_words(void **unused)
{
	static const struct {
		const char *name;
		int plain, ksft, nipa, bisect;
		const char *ktap, *b4, *lava, *kcidb, *tmt;
	} map[N_GATE_OUTCOMES] = {
		{ "PASS", 0, 0, 0, 0, "ok", "pass", "pass", "PASS", "pass" },
		{ "FAIL", 1, 1, 1, 1, "not ok", "fail", "fail", "FAIL", "fail" },
		{ "INCONCLUSIVE", 3, 4, 250, 125, "ok", "warn", "unknown", "SKIP", "warn" },
		{ "ERROR", 2, 1, 250, 125, "not ok", "fail", "fail", "ERROR", "error" },
		{ "NONE", 4, 4, 250, 125, "ok", "warn", "skip", "MISS", "skip" },
	};

	(void)unused;
	for (int i = 0; i < N_GATE_OUTCOMES; i++) {
		const struct gate_words *w = &gate_words[i];

		assert_string_equal(w->name, map[i].name);
		assert_int_equal(w->exit[GATE_PLAIN], map[i].plain);
		assert_int_equal(w->exit[GATE_KSFT], map[i].ksft);
		assert_int_equal(w->exit[GATE_NIPA], map[i].nipa);
		assert_int_equal(w->exit[GATE_BISECT], map[i].bisect);
		assert_string_equal(w->ktap, map[i].ktap);
		assert_string_equal(w->b4, map[i].b4);
		assert_string_equal(w->lava, map[i].lava);
		assert_string_equal(w->kcidb, map[i].kcidb);
		assert_string_equal(w->tmt, map[i].tmt);
	}
}

static void test_margin(void **unused)
{
	static const char *const wrong[] = { "", "i", "%", "0", "-1", "1x", "nan", "inf", "100%", "1 i", "1ii" };
	struct gate_margin m;
	struct reason reason;

	(void)unused;
	assert_int_equal(gate_margin_parse("1i", &m, &reason), 0);
	assert_true(m.instructions && m.value == 1);
	assert_int_equal(gate_margin_parse("0.5%", &m, &reason), 0);
	assert_true(!m.instructions && m.value == 0.5);
	assert_int_equal(gate_margin_parse("2", &m, &reason), 0);
	assert_true(!m.instructions && m.value == 2);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_not_equal(gate_margin_parse(wrong[i], &m, &reason), 0);
}

/* Holm 1979: 0.010/4, 0.013/3 ... stops at the first that is too large. */
static void test_holm(void **unused)
{
	const double p[] = { 0.013, 0.001, NAN, 0.03, 0.002 };
	bool rejected[5];

	(void)unused;
	gate_holm(p, 5, 0.01, rejected);
	assert_false(rejected[0]);
	assert_true(rejected[1]);	/* 0.001 <= 0.01 / 4 */
	assert_false(rejected[2]);
	assert_false(rejected[3]);
	assert_true(rejected[4]);	/* 0.002 <= 0.01 / 3 */
	gate_holm((double[]){ 0.004, 0.0024, 0.0026, 0.5 }, 4, 0.01, rejected);
	assert_true(rejected[1] && rejected[2] && rejected[0] && !rejected[3]);
	/* The least is too large: none, although another would do alone. */
	gate_holm((double[]){ 0.006, 0.007 }, 2, 0.01, rejected);
	assert_false(rejected[0] || rejected[1]);
}

static double mid_rank(const double *all, unsigned n, double value)
{
	double rank = 0.5;

	for (unsigned i = 0; i < n; i++)
		rank += (all[i] < value) + 0.5 * (all[i] == value);
	return rank;
}

/* By every way to choose who is in @b. */
static double by_enumeration(const double *a, unsigned n_a, const double *b, unsigned n_b)
{
	double all[16], seen = 0;
	unsigned n = n_a + n_b, ways = 0, above = 0;

	memcpy(all, a, n_a * sizeof(*a));
	memcpy(all + n_a, b, n_b * sizeof(*b));
	for (unsigned i = 0; i < n_b; i++)
		seen += mid_rank(all, n, b[i]);
	for (unsigned set = 0; set < 1U << n; set++) {
		double sum = 0;

		if (__builtin_popcount(set) != (int)n_b)
			continue;
		for (unsigned i = 0; i < n; i++)
			sum += set >> i & 1 ? mid_rank(all, n, all[i]) : 0;
		ways++;
		above += sum >= seen - 1e-9;
	}
	return (double)above / ways;
}

static void test_rank_sum(void **unused)
{
	double low[8], high[8];

	(void)unused;
	for (unsigned i = 0; i < 8; i++) {
		low[i] = i;
		high[i] = 100 + i;
	}
	near(gate_rank_sum(low, 8, high, 8), 1.0 / 12870, 1e-12);
	near(gate_rank_sum(high, 8, low, 8), 1, 1e-12);
	near(gate_rank_sum(low, 6, high, 6), 1.0 / 924, 1e-12);
	near(gate_rank_sum(low, 8, low, 8), by_enumeration(low, 8, low, 8), 1e-12);
	assert_true(isnan(gate_rank_sum(low, 0, high, 8)));
	for (int trial = 0; trial < 30; trial++) {
		unsigned n_a = 2 + (unsigned)(5 * uniform()), n_b = 2 + (unsigned)(5 * uniform());

		for (unsigned i = 0; i < 8; i++) {	/* with ties */
			low[i] = floor(6 * uniform());
			high[i] = floor(6 * uniform()) + trial % 3;
		}
		near(gate_rank_sum(low, n_a, high, n_b), by_enumeration(low, n_a, high, n_b), 1e-12);
	}
}

/* All flips of one cell are those of its signs alone: the mean, whatever it is divided by. */
static void test_flips(void **unused)
{
	double d[3 * 16], p[3];

	(void)unused;
	for (unsigned i = 0; i < 7; i++)
		d[i] = 1 + i / 10.0;
	assert_int_equal(gate_flips(d, 1, 7, 1, p), 0);
	near(p[0], 1.0 / 128, 1e-12);
	d[0] = -d[0];	/* the smallest: as it is, and with all positive */
	assert_int_equal(gate_flips(d, 1, 7, 1, p), 0);
	near(p[0], 2.0 / 128, 1e-12);
	/* A second cell that moves against the first: its own p is large, and it makes that of the first no less. */
	for (unsigned i = 0; i < 7; i++) {
		d[i] = 1 + i / 10.0;
		d[7 + i] = -d[i];
	}
	assert_int_equal(gate_flips(d, 2, 7, 1, p), 0);
	near(p[0], 2.0 / 128, 1e-12);
	near(p[1], 1, 1e-12);
	/* All flips up to 15 pairs, and from there on random ones: never 0. */
	for (unsigned i = 0; i < 16; i++)
		d[i] = 1 + i / 100.0;
	assert_int_equal(gate_flips(d, 1, 15, 1, p), 0);
	near(p[0], 1.0 / 32768, 1e-12);
	assert_int_equal(gate_flips(d, 1, 16, 1, p), 0);
	assert_true(p[0] >= 1.0 / 2000 && p[0] <= 4.0 / 2000);
	/* Nothing at all moves. */
	memset(d, 0, sizeof(d));
	assert_int_equal(gate_flips(d, 3, 7, 1, p), 0);
	near(p[2], 1, 1e-12);
}

/* Results of @repetitions of native and its repeat, which takes @loss more, in ln(time). */
static void make_aa(struct results *r, unsigned runs, unsigned repetitions, double loss, double noise)
{
	struct file f;

	begin(&f);
	for (unsigned seed = 0; seed < runs; seed++)
		for (unsigned i = 0; i < repetitions; i++) {
			struct arm arm = {
				.strategy = "native", .seed = seed, .rounds = 1, .pages = 256, .cost = 3000,
				.repetitions = repetitions, .repetition = i,
			};

			add(&f, &arm);
			arm.strategy = "native#2";
			arm.cost *= exp(loss + noise * (uniform() + uniform() + uniform() - 1.5));
			add(&f, &arm);
		}
	end(&f, r);
}

/* When it stops, and the needed repetitions: from the standard error alone. */
static void test_needed(void **unused)
{
	const struct gate_plan plan = { .strategies = { "native", "native" }, .calibration = { .passed = true } };
	struct results r;
	struct gate g;

	(void)unused;
	make_aa(&r, 1, 20, 0.008, 0.07);	/* sd of 3.5 % */
	assert_int_equal(gate_judge(&r, &r, &plan, &g), 0);
	assert_int_equal(g.n_cells, 1);
	assert_int_equal(g.outcome, GATE_INCONCLUSIVE);
	assert_false(gate_precise(&g));
	/* t(0.992) + t(0.90) of 19 degrees, 2.6442 + 1.3277 standard errors, are the margin, 1 % of throughput. */
	near((double)g.cells[0].needed, 20 * pow(g.cells[0].se * 3.9719 / -log(0.99), 2), 5);
	assert_int_equal(g.cells[0].needed % 4, 0);
	gate_free(&g);
	results_free(&r);
	make_aa(&r, 1, 20, 0, 0.002);
	assert_int_equal(gate_judge(&r, &r, &plan, &g), 0);
	assert_int_equal(g.outcome, GATE_PASS);
	assert_true(gate_precise(&g));
	gate_free(&g);
	results_free(&r);
}

/* A loss that is added is found, one that is not is not; a trial looks as the gate does. */
static void test_trials(void **unused)
{
	struct gate_trial none = { .family = 1 }, loss = { .family = 1, .loss = 2 }, three = { .family = 3, .loss = 2 };
	struct results r;

	(void)unused;
	make_aa(&r, 60, 40, 0, 0.02);	/* sd of 1 % */
	assert_int_equal(gate_trial(&r, &none), 0);
	assert_int_equal(none.n, 60);
	assert_true(none.outcomes[GATE_FAIL] <= 2);
	assert_true(none.units >= 20 && none.units < 32);
	assert_true(none.ks_p > 0.001);
	assert_int_equal(gate_trial(&r, &loss), 0);
	assert_int_equal(loss.outcomes[GATE_FAIL], 60);
	assert_int_equal(gate_trial(&r, &three), 0);
	assert_int_equal(three.n, 20);
	assert_int_equal(three.outcomes[GATE_FAIL], 20);
	results_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words), cmocka_unit_test(test_margin), cmocka_unit_test(test_holm),
		cmocka_unit_test(test_rank_sum), cmocka_unit_test(test_flips), cmocka_unit_test(test_needed),
		cmocka_unit_test(test_trials),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
