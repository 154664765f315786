// SPDX-License-Identifier: GPL-2.0-or-later
/* From result lines to figures: signs, pairing, units, intervals, and what is null. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/cells.h"
#include "base/signed_rank.h"
#include "made.h"

/* The baseline comes last and drift is 50 times the effect. */
static void test_time(void **unused)
{
	struct file f;
	struct results r;
	struct figures *all;
	const struct figures *slow, *base, *fast;

	(void)unused;
	begin(&f);
	add(&f, &(struct arm){ .strategy = "touch:16", .rounds = 40, .pages = 512, .cost = 200e3,
			       .drift = 3 });
	add(&f, &(struct arm){ .strategy = "fast", .rounds = 40, .pages = 256, .cost = 80e3,
			       .drift = 3 });
	add(&f, &(struct arm){ .strategy = "native", .rounds = 40, .pages = 256, .cost = 100e3,
			       .drift = 3 });
	end(&f, &r);
	assert_int_equal(cells_figures(&r, NULL, &all), 0);
	assert_string_equal(all[0].cell->strategy, "native");
	base = &all[0];
	slow = find(all, r.n_cells, "touch:16");
	fast = find(all, r.n_cells, "fast");
	near(slow->theta, log(2), 1e-6);
	near(cells_penalty_pct(slow->theta), 50, 1e-4);
	near(cells_penalty_pct(fast->theta), -25, 1e-4);
	near(slow->high - slow->low, 0, 1e-6);
	near(slow->mde, cells_mde(slow->se, 40), 1e-12);
	near(slow->cost / base->cost, 2, 1e-6);
	/* Every round of slow takes twice that of base, so do the totals. */
	near(slow->baseline_mb_per_s / slow->mb_per_s, 2, 1e-6);
	assert_true(base->mb_low < base->mb_per_s && base->mb_per_s < base->mb_high);
	near(base->faults, 0.25, 0);
	assert_true(isnan(base->exceptions) && isnan(base->retries));
	assert_true(isnan(base->theta) && isnan(base->low) && isnan(base->mde));
	assert_true(isnan(base->delta) && isnan(slow->resolution));
	free(all);

	assert_int_equal(cells_figures(&r, "touch:16", &all), 0);
	near(cells_penalty_pct(find(all, r.n_cells, "native")->theta), -100, 1e-3);
	free(all);
	results_free(&r);
}

/* What a repetition's memory does to one arm: far more than the noise of its rounds. */
static double luck(unsigned repetition)
{
	return 0.01 * (repetition * 5 % 12);
}

/*
 * Twelve repetitions with slots of different sizes, one of them without the arm:
 * the interval is that of the repetitions' thetas, not that of their rounds.
 */
static void test_repetitions(void **unused)
{
	enum { REPETITIONS = 12, LOST = 7 };
	double thetas[REPETITIONS];
	const struct figures *slow;
	struct signed_rank rank;
	struct figures *all;
	struct results r;
	struct file f;
	size_t n = 0;

	(void)unused;
	begin(&f);
	for (unsigned s = 0; s < REPETITIONS; s++) {
		add(&f, &(struct arm){ .strategy = "native", .repetitions = 12, .repetition = s, .rounds = 30 + s,
				       .pages = 256 + s, .cost = 100e3, .drift = 3, .unsteady = s == 2 });
		if (s == LOST)
			continue;
		add(&f, &(struct arm){ .strategy = "slow", .repetitions = 12, .repetition = s, .rounds = 30 + s,
				       .pages = 256 + s, .cost = 100e3 * exp(luck(s)), .drift = 3,
				       .noise = 1e-4 });
		thetas[n++] = luck(s);
	}
	end(&f, &r);
	assert_int_equal(r.n_cells, 2);
	assert_int_equal(r.n_groups, 1);
	assert_int_equal(r.cells[0].n_repetitions, REPETITIONS);
	assert_int_equal(r.cells[0].rounds, 30 * REPETITIONS + 66);
	assert_int_equal(r.cells[0].steady, RESULTS_NO);
	assert_int_equal(r.cells[1].steady, RESULTS_YES);
	near(r.cells[1].counts.pages, 256, 0);	/* the first repetition's count for all */
	assert_int_equal(cells_figures(&r, NULL, &all), 0);
	slow = find(all, r.n_cells, "slow");
	assert_int_equal(signed_rank(thetas, n, CELLS_CONFIDENCE, &rank), 0);
	near(slow->theta, rank.theta, 1e-4);
	near(slow->low, rank.low, 1e-4);
	near(slow->high, rank.high, 1e-4);
	assert_true(slow->high - slow->low > 0.05);
	assert_true(all->mb_low < all->mb_per_s && all->mb_per_s < all->mb_high);
	free(all);
	results_free(&r);

	/* Whatever was left out of twelve, one repetition or seven give no interval. */
	for (unsigned n_repetitions = 1; n_repetitions <= 7; n_repetitions += 6) {
		begin(&f);
		for (unsigned s = 0; s < n_repetitions; s++) {
			add(&f, &(struct arm){ .strategy = "native", .repetitions = 12, .repetition = s,
					       .rounds = 30, .pages = 256, .cost = 1e5 });
			add(&f, &(struct arm){ .strategy = "slow", .repetitions = 12, .repetition = s,
					       .rounds = 30, .pages = 256, .cost = 2e5 });
		}
		end(&f, &r);
		assert_int_equal(cells_figures(&r, NULL, &all), 0);
		slow = find(all, r.n_cells, "slow");
		near(slow->theta, log(2), 1e-9);
		assert_true(isnan(slow->low));
		assert_non_null(strstr(slow->reason, "too few repetitions"));
		free(all);
		results_free(&r);
	}
}

/*
 * Twelve repetitions of @rounds whose baseline costs 500 to 1600 ns a page and whose
 * other arm costs 120 ns more. The caller frees *@all and @r.
 */
static const struct figures *adds_120(struct results *r, struct figures **all, unsigned repetitions,
				      double interrupted)
{
	struct file f;

	begin(&f);
	for (unsigned s = 0; s < repetitions; s++) {
		struct arm arm = { .strategy = "native", .repetitions = repetitions, .repetition = s,
				   .rounds = 100, .pages = 256, .cost = 500 + 100 * s,
				   .noise = 0.01, .interrupted = interrupted };

		add(&f, &arm);
		arm.strategy = "slow";
		arm.cost += 120;
		add(&f, &arm);
	}
	end(&f, r);
	assert_int_equal(cells_figures(r, NULL, all), 0);
	return find(*all, r->n_cells, "slow");
}

/* What is added has an interval of its own, which does not depend on what the baseline costs. */
static void test_added(void **unused)
{
	const struct figures *slow;
	struct figures *all;
	struct results r;

	(void)unused;
	for (unsigned repetitions = 1; repetitions <= 12; repetitions += 11) {
		slow = adds_120(&r, &all, repetitions, 0);
		assert_true(slow->delta_low <= 120 && 120 <= slow->delta_high);
		assert_true(slow->delta_low <= slow->delta && slow->delta <= slow->delta_high);
		near(slow->delta_high - slow->delta_low, 0, 4);
		if (repetitions > 1)
			assert_true(slow->high - slow->low > 0.05);
		free(all);
		results_free(&r);
	}
}

/*
 * A fifth of the slots is interrupted: three in five rounds, but not a median of eight
 * slots. By the rounds, the interval was 57 ns wide.
 */
static void test_interrupted(void **unused)
{
	const struct figures *slow;
	struct figures *all;
	struct results r;

	(void)unused;
	slow = adds_120(&r, &all, 12, 0.2);
	near(slow->delta, 120, 2);
	near(slow->delta_high - slow->delta_low, 0, 4);
	free(all);
	results_free(&r);
}

/* A repetition of fewer rounds than a block has an estimate, too. */
static void test_few_rounds(void **unused)
{
	(void)unused;
	for (unsigned rounds = 1; rounds <= 9; rounds++) {
		const struct figures *slow;
		struct figures *all;
		struct results r;
		struct file f;

		begin(&f);
		for (unsigned s = 0; s < 8; s++) {
			struct arm arm = { .strategy = "native", .repetitions = 8, .repetition = s, .rounds = rounds,
					   .pages = 256, .cost = 1e5, .drift = 3 };

			add(&f, &arm);
			arm.strategy = "slow";
			arm.cost = 2e5;
			add(&f, &arm);
		}
		end(&f, &r);
		assert_int_equal(cells_figures(&r, NULL, &all), 0);
		slow = find(all, r.n_cells, "slow");
		near(slow->low, log(2), 1e-6);
		near(slow->high, log(2), 1e-6);
		free(all);
		results_free(&r);
	}
}

/* The interval of the throughput of 12 repetitions holds the true value in 99 % of runs. */
static void test_throughput(void **unused)
{
	enum { RUNS = 2000 };
	const double sd = 0.05, mb_per_s = 4096 * 1000 / (1e5 * exp(sd * sd / 2));
	struct figures *all;
	struct results r;
	struct file f;
	unsigned held = 0;

	(void)unused;
	begin(&f);
	for (unsigned run = 0; run < RUNS; run++)
		for (unsigned s = 0; s < 12; s++)
			add(&f, &(struct arm){ .strategy = "native", .repetitions = 12, .repetition = s, .seed = run,
					       .rounds = 1, .pages = 1, .cost = 1e5 * exp(sd * normal()) });
	end(&f, &r);
	assert_int_equal(r.n_cells, RUNS);
	assert_int_equal(cells_figures(&r, NULL, &all), 0);
	for (size_t i = 0; i < r.n_cells; i++)
		held += all[i].mb_low <= mb_per_s && mb_per_s <= all[i].mb_high;
	/* 1980, and four standard errors. A percentile bootstrap covers 96 to 97 %. */
	if (held < 1962 || held > 1998)
		fail_msg("%u of %d intervals", held, RUNS);
	free(all);
	results_free(&r);
}

/* A difference as large as the MDE that a run prints is found by 90 % of other runs. */
static void test_mde(void **unused)
{
	enum { RUNS = 4000, MOST = 40 };

	(void)unused;
	for (size_t n = 12; n <= MOST; n += 14) {
		unsigned found = 0;

		for (unsigned run = 0; run < RUNS; run++) {
			double d[MOST], mde;
			struct signed_rank rank;

			for (size_t i = 0; i < n; i++)
				d[i] = normal();
			assert_int_equal(signed_rank(d, n, CELLS_CONFIDENCE, &rank), 0);
			mde = cells_mde(rank.se, n);
			for (size_t i = 0; i < n; i++)
				d[i] = normal() + mde;
			found += signed_rank_p_greater(d, n) <= 0.01;
		}
		if (found < 0.89 * RUNS || found > 0.94 * RUNS)
			fail_msg("%u of %d runs with %zu repetitions", found, RUNS, n);
	}
}

static void test_units(void **unused)
{
	struct file f;
	struct results r;
	struct figures *all;

	(void)unused;
	begin(&f);
	add(&f, &(struct arm){ .strategy = "native", .rounds = 10, .pages = 256, .cost = 400 });
	end(&f, &r);
	assert_int_equal(cells_figures(&r, NULL, &all), 0);
	near(all->cost, 400, 1e-9);		/* ns a page of 4096 bytes ... */
	near(all->mb_per_s, 10240, 1e-6);	/* ... are 10.24 bytes a ns */
	near(all->mb_low, 10240, 1e-6);
	free(all);
	results_free(&r);
}

static void test_unpaired(void **unused)
{
	struct file f;
	struct results r;
	struct figures *all;

	(void)unused;
	begin(&f);
	add(&f, &(struct arm){ .strategy = "touch", .target = "xfs", .rounds = 10, .pages = 1,
			       .cost = 100 });
	add(&f, &(struct arm){ .strategy = "native", .rounds = 10, .pages = 1, .cost = 100 });
	add(&f, &(struct arm){ .strategy = "populate", .rounds = 11, .pages = 1, .cost = 100 });
	add(&f, &(struct arm){ .strategy = "touch:8", .rounds = 0, .pages = 1, .cost = 100 });
	add(&f, &(struct arm){ .strategy = "native", .seed = 2, .rounds = 3, .pages = 1,
			       .cost = 100 });
	add(&f, &(struct arm){ .strategy = "touch:4", .seed = 2, .rounds = 3, .pages = 1,
			       .cost = 200 });
	end(&f, &r);
	assert_int_equal(cells_figures(&r, NULL, &all), 0);
	for (const char *const *name = (const char *const[]){ "touch", "populate", "touch:8", NULL };
	     *name; name++) {
		const struct figures *one = find(all, r.n_cells, *name);

		assert_true(isnan(one->theta) && isnan(one->low));
		assert_non_null(one->reason);
	}
	assert_non_null(strstr(find(all, r.n_cells, "populate")->reason, "rounds do not match"));
	assert_true(isnan(find(all, r.n_cells, "touch:8")->cost));
	assert_true(isnan(find(all, r.n_cells, "touch")->baseline_cost));
	near(find(all, r.n_cells, "touch:4")->theta, log(2), 1e-9);
	assert_true(isnan(find(all, r.n_cells, "touch:4")->low));
	assert_non_null(find(all, r.n_cells, "touch:4")->reason);
	free(all);
	results_free(&r);
}

static void test_counts(void **unused)
{
	char name[] = "native#2";
	struct file f;
	struct results r;
	struct figures *all;

	(void)unused;
	for (unsigned arms = 7; arms <= 8; arms++) {
		begin(&f);
		add(&f, &(struct arm){ .strategy = "native", .counts = true, .rounds = 5,
				       .pages = 1, .cost = 7712 });
		add(&f, &(struct arm){ .strategy = "touch", .counts = true, .rounds = 5,
				       .pages = 1, .cost = 7812 });
		for (unsigned i = 2; i <= arms; i++) {
			name[7] = (char)('0' + i);
			add(&f, &(struct arm){ .strategy = name, .counts = true, .rounds = 5,
					       .pages = 1, .cost = 7710 + i });
		}
		end(&f, &r);
		assert_int_equal(cells_figures(&r, NULL, &all), 0);
		near(find(all, r.n_cells, "touch")->cost, 7812, 0);
		near(find(all, r.n_cells, "touch")->delta, 100, 0);
		assert_true(isnan(find(all, r.n_cells, "touch")->theta));
		assert_true(isnan(find(all, r.n_cells, "touch")->mb_per_s));
		if (arms < JOB_RESOLUTION_ARMS)
			assert_true(isnan(find(all, r.n_cells, "touch")->resolution));
		else
			near(find(all, r.n_cells, "touch")->resolution, 6, 0);
		free(all);
		results_free(&r);
	}
}

/* Arms of a layout whose cost grows by 16 from place to place; @other: what the last arm of native has more. */
static void compare_places(const char *layout, double other, struct figures *post)
{
	char name[] = "native#0";
	struct figures *all;
	struct results r;
	struct file f;

	begin(&f);
	add(&f, &(struct arm){ .layout = layout, .strategy = "native", .counts = true, .rounds = 5, .pages = 2,
			       .cost = 4300, .by_place = 16 });
	add(&f, &(struct arm){ .layout = layout, .strategy = "post", .counts = true, .rounds = 5, .pages = 2,
			       .cost = 4238, .by_place = 16 });
	for (unsigned i = 2; i <= JOB_RESOLUTION_ARMS; i++) {
		name[7] = (char)('0' + i);
		add(&f, &(struct arm){ .layout = layout, .strategy = name, .counts = true, .rounds = 5, .pages = 2,
				       .cost = 4300 + (i == JOB_RESOLUTION_ARMS ? other : 0), .by_place = 16 });
	}
	end(&f, &r);
	assert_int_equal(cells_figures(&r, NULL, &all), 0);
	*post = *find(all, r.n_cells, "post");
	free(all);
	results_free(&r);
}

static void test_places(void **unused)
{
	struct figures f;

	(void)unused;
	compare_places("overwrite", 0, &f);
	near(f.cost_q3 - f.cost_q1, 4.5 * 16, 0);
	near(f.delta, -62, 0);
	near(f.delta_q1, -62, 0);
	near(f.delta_q3, -62, 0);
	assert_true(f.exact);
	compare_places("overwrite", 1, &f);
	assert_false(f.exact);
	near(f.resolution, 1, 0);
	/* Elsewhere the arms of a round are at different places, and quartiles tell whether that matters. */
	compare_places("extend", 0, &f);
	near(f.delta, -62, 0);
	assert_true(isnan(f.delta_q1));
	assert_false(f.exact);
}

/* Quartiles of what is not in order. */
static void test_quartiles(void **unused)
{
	double none[100] = { 0 }, added[100];
	struct results_cell base = { .layout = "overwrite", .page_size = 4096, .bytes_per_slot = 4096, .rounds = 50,
				     .n_repetitions = 1, .slots = none }, arm = base;
	struct cells_quartiles d;

	(void)unused;
	arm.slots = added;
	for (int i = 0; i < 100; i++)
		added[i] = i * 37 % 100;
	assert_int_equal(cells_by_place(&base, &arm, &d), 0);
	near(d.q1, 24.75, 0);
	near(d.median, 49.5, 0);
	near(d.q3, 74.25, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_repetitions),
		cmocka_unit_test(test_added),
		cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_few_rounds),
		cmocka_unit_test(test_throughput),
		cmocka_unit_test(test_mde),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_unpaired),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_quartiles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
