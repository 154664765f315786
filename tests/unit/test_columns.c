// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of columns: that its rows fit together, and what a made-up cell shows. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/columns.h"
#include "base/text.h"

static struct column columns[N_COLUMNS];

static void test_rows(void **unused)
{
	(void)unused;
	columns_of(NULL, columns);
	for (const struct column *c = columns; c < columns + N_COLUMNS; c++) {
		assert_int_equal(c->key != NULL, (c->where & (IN_CSV | IN_JSON)) != 0);
		assert_int_equal(c->head != NULL, (c->where & (IN_TIME | IN_COUNTS)) != 0);
		assert_true(!(c->where & IN_HARNESS) || c->where & IN_TIME);
		if (c->width)
			assert_in_range(strlen(c->head), 1, c->width);
		for (const struct column *other = columns; other < c; other++)
			assert_true(!c->key || !other->key || strcmp(c->key, other->key));
	}
}

static void test_width(void **unused)
{
	static const unsigned tables[] = { IN_TIME, IN_COUNTS };

	(void)unused;
	columns_of(NULL, columns);
	for (size_t i = 0; i < 2; i++) {
		int width = -1;

		for (const struct column *c = columns; c < columns + N_COLUMNS; c++)
			if (c->where & tables[i] && c->width)
				width += c->width + 1;
		assert_in_range(width, 1, TEXT_COLUMNS);
	}
}

/* A cell of which nothing but its identity is known. */
static struct results_cell cell = {
	.workload = "w", .strategy = "touch", .baseline = "native", .tier = TIER_TIME,
	.page_size = 4096, .steady = RESULTS_NOT_JUDGED, .verified = RESULTS_NOT_JUDGED,
};
static struct results_run run;
static const struct figures unknown = {
	.cell = &cell, .run = &run, .cost = NAN, .cost_q1 = NAN, .cost_q3 = NAN,
	.baseline_cost = NAN, .mb_per_s = NAN, .mb_low = NAN, .mb_high = NAN,
	.baseline_mb_per_s = NAN, .theta = NAN, .low = NAN, .high = NAN, .mde = NAN,
	.delta = NAN, .delta_low = NAN, .delta_high = NAN, .delta_q1 = NAN, .delta_q3 = NAN, .resolution = NAN, .faults = NAN, .exceptions = NAN,
	.short_copies = NAN, .retries = NAN,
};

/* The column of @f with @key, or where that is NULL with @head. */
static const struct column *by(const struct figures *f, const char *key, const char *head)
{
	columns_of(f, columns);
	for (const struct column *c = columns; c < columns + N_COLUMNS; c++)
		if (key ? c->key && !strcmp(c->key, key) : c->head && !strcmp(c->head, head))
			return c;
	fail_msg("no column %s", key ? key : head);
	return NULL;
}

static struct value get(const char *key, const struct figures *f)
{
	return by(f, key, NULL)->value;
}

/* What is not known is null; 0 would be a figure. */
static void test_null(void **unused)
{
	static const char *const known[] = {
		"workload", "target", "layout", "device", "place", "arch", "page_size", "backend",
		"source", "block_size", "cold_fraction", "threads", "strategy", "baseline", "run",
		"seed", "tier", "unit", "rounds", "repetitions", "repetitions_planned",
	};

	(void)unused;
	columns_of(&unknown, columns);
	for (const struct column *c = columns; c < columns + N_COLUMNS; c++) {
		bool is_known = false;

		for (size_t i = 0; c->key && i < sizeof(known) / sizeof(known[0]); i++)
			is_known |= !strcmp(c->key, known[i]);
		assert_int_equal(c->value.type == VALUE_NULL, !is_known);
	}
}

static void test_values(void **unused)
{
	struct figures f = unknown;

	(void)unused;
	f.theta = log(2);
	f.low = log(1.5);
	f.high = log(4);
	assert_true(fabs(get("penalty_pct", &f).real - 50) < 1e-9);
	assert_true(fabs(get("ci_high_pct", &f).real - 75) < 1e-9);
	assert_true(get("confidence", &f).real == CELLS_CONFIDENCE);
	f.low = f.high = -INFINITY;	/* no number of JSON */
	assert_int_equal(get("ci_low_pct", &f).type, VALUE_NULL);

	cell.run = 2;
	assert_int_equal(get("run", &f).whole, 3);
	assert_string_equal(get("unit", &f).text, "ns/page");
	cell.verified = RESULTS_NO;
	assert_int_equal(get("verified", &f).type, VALUE_FLAG);
	assert_false(get("verified", &f).flag);
	f.harness = true;	/* writes nothing that could be verified */
	assert_int_equal(get("verified", &f).type, VALUE_NULL);

	f.counts = true;
	assert_string_equal(get("unit", &f).text, "instructions/page");
	f.resolution = 0;
	assert_false(get("exact", &f).flag);
	f.exact = true;
	assert_true(get("exact", &f).flag);
}

static void shows(const char *head, const struct figures *f, const char *want)
{
	char buf[COLUMNS_TEXT];

	assert_string_equal(columns_text(buf, by(f, NULL, head)), want);
}

static void test_text(void **unused)
{
	static const struct { double value; int digits; const char *text; } numbers[] = {
		{ NAN, 1, "-" }, { 0, 2, "0.00" }, { -1.005, 1, "-1.0" }, { 99.994, 2, "99.99" },
		{ 100, 2, "100.0" }, { -882.446, 2, "-882.4" }, { 9999.4, 1, "9999.4" },
		{ 12345.6, 1, "12346" }, { -12345.6, 2, "-12346" }, { 8175.6, 0, "8176" },
	};
	char buf[COLUMNS_NUMBER], range[COLUMNS_TEXT];
	struct figures f = unknown;

	(void)unused;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		assert_string_equal(columns_number(buf, numbers[i].value, numbers[i].digits),
				    numbers[i].text);
	assert_string_equal(columns_range(range, NAN, 1, 1), "-");
	assert_string_equal(columns_range(range, -1, 1, 1), "-1.0..1.0");
	shows("strategy", &f, "touch");
	shows("ns/page", &f, "-");
	shows("99% interval", &f, "-");
	shows("resolution", &f, "-");
	f.cost = 501;
	f.low = log(1 / (1 - 0.16627));
	f.high = log(1 / (1 - 0.16653));
	f.faults = 0.25;
	f.resolution = 6;
	shows("ns/page", &f, "501.0");
	shows("instr/page", &f, "501.0");
	shows("99% interval", &f, "16.63..16.65");
	shows("faults", &f, "0.25");
	shows("resolution", &f, "6.0");
	f.exact = true;
	shows("resolution", &f, "exact");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_null),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
