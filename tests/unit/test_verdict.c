// SPDX-License-Identifier: GPL-2.0-or-later
/* The rule of gate and report, and that both say the same of the same results. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "analysis/gate.h"
#include "analysis/verdict.h"
#include "made.h"

static void test_rule(void **unused)
{
	static const struct {
		enum tier tier;
		double change;
		bool significant;
		double upper;
		enum verdict verdict;	/* with a margin of 1 */
	} cases[] = {
		{ TIER_COUNTS, 1, true, 1, VERDICT_WORSE },
		{ TIER_COUNTS, 0.9, true, 0.9, VERDICT_WITHIN },
		{ TIER_COUNTS, 5, false, 9, VERDICT_UNDECIDED },
		{ TIER_COUNTS, -5, false, -1, VERDICT_WITHIN },
		{ TIER_COUNTS, 0.5, true, 1, VERDICT_UNDECIDED },
		{ TIER_TIME, 0.5, true, 0.9, VERDICT_WORSE },
		{ TIER_TIME, 0.4, true, 0.9, VERDICT_WITHIN },
		{ TIER_TIME, 0.4, true, 1, VERDICT_UNDECIDED },
		{ TIER_TIME, 2, false, 9, VERDICT_UNDECIDED },
		{ TIER_TIME, 0, false, NAN, VERDICT_UNDECIDED },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(verdict_worse(cases[i].tier, cases[i].change, cases[i].significant,
					       cases[i].upper, 1), cases[i].verdict);
}

static void test_margins(void **unused)
{
	(void)unused;
	assert_float_equal(verdict_margin_counts(0.2, 100), 1, 1e-9);
	assert_float_equal(verdict_margin_counts(0.2, 5000), 10, 1e-9);
	assert_float_equal(cells_penalty_pct(verdict_margin_theta(1)), 1, 1e-9);
}

/* The verdict of @strategy in a run of native and it, by both. */
static enum verdict judged(const char *strategy, const struct figures *all, const struct results *r,
			   enum gate_outcome *outcome)
{
	struct gate_plan plan = { .strategies = { "native", strategy }, .calibration = { .waived = true } };
	struct verdict_effect e;
	struct gate g;

	assert_true(verdict_of(find(all, r->n_cells, strategy), &e));
	assert_int_equal(gate_judge(r, r, &plan, &g), 0);
	assert_int_equal(g.n_cells, 1);
	*outcome = g.cells[0].outcome;
	gate_free(&g);
	return e.verdict;
}

/* Of a strategy at @cost times that of native, in 32 repetitions, or 8 arms; @few: it has one. */
static enum verdict of_run(bool counts, bool few, double cost, double noise, enum gate_outcome *outcome)
{
	struct file f;
	struct results r;
	struct figures *all;
	enum verdict verdict;

	begin(&f);
	for (unsigned i = 0; i < (counts ? JOB_RESOLUTION_ARMS : 32); i++)
		for (int arm = 0; arm < 2; arm++) {
			char name[NAME_SIZE];

			if (few && arm && i)
				continue;
			snprintf(name, sizeof(name), counts && i ? "%s#%u" : "%s", arm ? "touch" : "native", i + 1);
			add(&f, &(struct arm){ .strategy = name, .counts = counts, .rounds = 16, .pages = 1,
					       .repetitions = counts ? 1 : 32, .repetition = counts ? 0 : i,
					       .cost = 1000 * (arm ? cost : 1), .noise = noise });
		}
	end(&f, &r);
	assert_int_equal(cells_figures(&r, NULL, &all), 0);
	verdict = judged("touch", all, &r, outcome);
	free(all);
	results_free(&r);
	return verdict;
}

static void test_agree(void **unused)
{
	static const struct {
		bool counts, few;
		double cost, noise;
		enum verdict verdict;
		enum gate_outcome outcome;
	} cases[] = {
		{ true, false, 1.002, 0, VERDICT_WORSE, GATE_FAIL },
		{ true, false, 1.001, 0, VERDICT_WITHIN, GATE_PASS },
		{ true, false, 0.99, 0, VERDICT_BETTER, GATE_PASS },
		{ true, true, 1.002, 0, VERDICT_WORSE, GATE_FAIL },
		{ true, true, 1.5, 0.02, VERDICT_WORSE, GATE_FAIL },
		{ true, true, 1, 0.02, VERDICT_UNDECIDED, GATE_INCONCLUSIVE },
		{ false, false, 1.02, 0.02, VERDICT_WORSE, GATE_FAIL },
		{ false, false, 1, 0.02, VERDICT_WITHIN, GATE_PASS },
		{ false, false, 0.97, 0.02, VERDICT_BETTER, GATE_PASS },
		{ false, false, 1, 1.5, VERDICT_UNDECIDED, GATE_INCONCLUSIVE },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum gate_outcome outcome;
		enum verdict verdict = of_run(cases[i].counts, cases[i].few, cases[i].cost, cases[i].noise, &outcome);

		if (verdict != cases[i].verdict || outcome != cases[i].outcome)
			fail_msg("case %zu: %s, %s", i, verdict_names[verdict], gate_words[outcome].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rule),
		cmocka_unit_test(test_margins),
		cmocka_unit_test(test_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
