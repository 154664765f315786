// SPDX-License-Identifier: GPL-2.0-or-later
/* Tables for people: their width, and what is said below them. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/formats.h"
#include "analysis/tables.h"
#include "made.h"

/* Formats for people; lines of the first two are limited. */
static const struct format *const people[] = { &format_plain, &format_mail, &format_markdown };
enum { PEOPLE = sizeof(people) / sizeof(people[0]) };

static void test_width(void **unused)
{
	struct file f;
	struct results r;
	struct figures *all;
	char *text = NULL;
	size_t size;
	FILE *out;

	(void)unused;
	begin(&f);
	add(&f, &(struct arm){ .strategy = "native", .rounds = 9, .pages = 1, .cost = 812345.6,
			       .noise = 2 });
	add(&f, &(struct arm){ .strategy = "probe-each:16", .rounds = 9, .pages = 1,
			       .cost = 1234567.8, .noise = 2, .unsteady = true });
	add(&f, &(struct arm){ .strategy = "fast", .rounds = 9, .pages = 1, .cost = 12345.6,
			       .noise = 2, .unsteady = true });
	add(&f, &(struct arm){ .strategy = "null", .rounds = 9, .pages = 1, .cost = 10 });
	end(&f, &r);
	assert_int_equal(cells_figures(&r, NULL, &all), 0);
	for (int i = 0; i < 2; i++) {
		out = open_memstream(&text, &size);
		assert_non_null(out);
		assert_int_equal(format_cells(people[i], out, &r, all), 0);
		fclose(out);
		fits(text);
		free(text);
	}
	free(all);
	results_free(&r);
}

/* What @f holds, which ends there, in @format. The caller frees it. */
static char *shown(struct file *f, const struct format *format)
{
	struct figures *all;
	struct results r;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	end(f, &r);
	assert_int_equal(cells_figures(&r, NULL, &all), 0);
	assert_int_equal(format_cells(format, out, &r, all), 0);
	fclose(out);
	free(all);
	results_free(&r);
	return text;
}

/* Of one repetition the table tells what its intervals lack, once, if it has intervals. */
static void test_one_repetition(void **unused)
{
	static const struct {
		unsigned repetitions, rounds;
		const char *strategy;
		bool counts, told;
	} known[] = {
		{ 1, 9, "slow", false, true },
		{ 1, 9, "null", false, false },	/* whose row has no interval */
		{ 1, 3, "slow", false, false },	/* too few rounds for one */
		{ 1, 9, "slow", true, false },
		{ 8, 9, "slow", false, false },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		for (int j = 0; j < PEOPLE; j++) {
			struct file f;
			char *text;

			begin(&f);
			for (unsigned s = 0; s < known[i].repetitions; s++) {
				struct arm arm = { .strategy = "native", .counts = known[i].counts,
						   .repetitions = known[i].repetitions, .repetition = s,
						   .rounds = known[i].rounds, .pages = 1,
						   .cost = 1e5 * (s + 1) };

				add(&f, &arm);
				arm.strategy = known[i].strategy;
				add(&f, &arm);
				if (known[i].told) {
					arm.strategy = "slower";
					add(&f, &arm);
				}
			}
			text = shown(&f, people[j]);
			assert_int_equal(times(text, "One repetition: the interval"),
					 known[i].told);
			assert_int_equal(times(text, "native varied between repetitions"),
					 known[i].repetitions > 1);
			free(text);
		}
	}
}

/* One repetition of 20 that is far off is no news, five are. */
static void test_varied(void **unused)
{
	(void)unused;
	for (unsigned far = 1; far <= 5; far += 4) {
		struct file f;
		char *text;

		begin(&f);
		for (unsigned s = 0; s < 20; s++) {
			struct arm arm = { .strategy = "native", .repetitions = 20, .repetition = s, .rounds = 9,
					   .pages = 1, .cost = s < far ? 2e5 : 1e5 };

			add(&f, &arm);
			arm.strategy = "slow";
			add(&f, &arm);
		}
		text = shown(&f, people[0]);
		assert_int_equal(times(text, "native varied between repetitions"), far == 5);
		free(text);
	}
}

static int summary(FILE *out, const struct results *r, const struct figures *figures)
{
	return summary_print(out, &html_style, r, figures);
}

/* The range over targets, without the harness and sweeps, next to the published one. */
static void test_summary(void **unused)
{
	static const struct {
		const char *workload, *target, *strategy;
		double cost;
	} cells[] = {
		{ "dd-1m", "ext4", "native", 1000 }, { "dd-1m", "ext4", "touch:16", 1250 },
		{ "dd-1m", "ext4", "null", 10 },
		{ "dd-1m", "xfs", "native", 100 }, { "dd-1m", "xfs", "touch:16", 200 },
		{ "seq-4k", "xfs", "native", 1000 }, { "seq-4k", "xfs", "touch:16", 992 },
		{ "cold@1", "xfs", "native", 1000 }, { "cold@1", "xfs", "touch:16", 7000 },
	};
	const struct format format = { .cells = summary };
	struct file f;
	char *text;

	(void)unused;
	begin(&f);
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
		add(&f, &(struct arm){ .workload = cells[i].workload, .target = cells[i].target,
				       .strategy = cells[i].strategy, .cost = cells[i].cost,
				       .rounds = 9, .pages = 1 });
	text = shown(&f, &format);
	assert_int_equal(times(text, "<table>"), 1);
	assert_int_equal(times(text, "<tr>"), 3);
	assert_non_null(strstr(text, ">dd-1m</th><th>seq-4k</th></tr>"));
	assert_non_null(strstr(text, ">published</td><td>777..957 (5.7..6.4%)</td><td></td>"));
	assert_non_null(strstr(text, ">touch:16</td><td>100..250 (20.0..50.0%)</td><td>-8.0 (-0.8%)</td>"));
	assert_non_null(strstr(text, "3 comparisons: 0 within the margin, 2 slower or longer, 1 faster or shorter,"
				     " 0 inconclusive."));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_one_repetition),
		cmocka_unit_test(test_varied),
		cmocka_unit_test(test_summary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
