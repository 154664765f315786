// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Break-even shares: made-up curves whose crossings are known by hand, and the
 * way from result lines to curves. All samples here are made up.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/formats.h"
#include "numbers.h"
#include "result_file.h"

struct at {
	double share, delta, half;	/* interval: delta +- half */
};

static struct breakeven find(const struct at *at, size_t n)
{
	struct breakeven_point p[BREAKEVEN_POINTS_MAX] = { { 0 } };
	struct breakeven b;

	for (size_t i = 0; i < n; i++) {
		p[i].share = p[i].fraction = at[i].share;
		p[i].delta = at[i].delta;
		p[i].low = at[i].delta - at[i].half;
		p[i].high = at[i].delta + at[i].half;
	}
	breakeven_find(p, n, &b);
	return b;
}

#define FIND(...) \
	find((const struct at[]){ __VA_ARGS__ }, \
	     sizeof((const struct at[]){ __VA_ARGS__ }) / sizeof(struct at))

static void crosses(const struct breakeven *b, size_t i, bool below, double share, double low,
		    double high)
{
	assert_int_equal(b->verdict, BREAKEVEN_CROSSES);
	assert_true(i < b->n_crossings);
	assert_int_equal(b->crossings[i].below, below);
	near(b->crossings[i].share, share, 1e-12);
	if (isnan(low))
		assert_true(isnan(b->crossings[i].low));
	else
		near(b->crossings[i].low, low, 1e-12);
	if (isnan(high))
		assert_true(isnan(b->crossings[i].high));
	else
		near(b->crossings[i].high, high, 1e-12);
}

/* delta = 2000 f - 60: zero at 3 %, the band of +-10 at 2.5 and 3.5 %. */
static void test_straight(void **unused)
{
	struct breakeven b;

	(void)unused;
	b = FIND({ 0, -60, 10 }, { 0.02, -20, 10 }, { 0.04, 20, 10 }, { 1, 1940, 10 });
	assert_int_equal(b.n_crossings, 1);
	assert_int_equal(b.undecided, 0);
	crosses(&b, 0, true, 0.03, 0.025, 0.035);
	/* The same of the ends alone, and with the sign turned. */
	b = FIND({ 0, -60, 10 }, { 1, 1940, 10 });
	crosses(&b, 0, true, 0.03, 0.025, 0.035);
	b = FIND({ 0, 60, 10 }, { 0.02, 20, 10 }, { 0.04, -20, 10 }, { 1, -1940, 10 });
	assert_int_equal(b.n_crossings, 1);
	crosses(&b, 0, false, 0.03, 0.025, 0.035);
	/* Exact counts leave no interval. */
	b = FIND({ 0, -60, 0 }, { 0.02, -20, 0 }, { 0.04, 20, 0 });
	crosses(&b, 0, true, 0.03, 0.03, 0.03);
	near(b.to, 0.04, 0);
}

static void test_bend(void **unused)
{
	struct breakeven b;

	(void)unused;
	/* Bands pass zero in other segments than the estimate does. */
	b = FIND({ 0, -30, 10 }, { 0.1, -5, 10 }, { 0.2, 5, 10 }, { 0.3, 30, 10 });
	crosses(&b, 0, true, 0.15, 0.1 * 20 / 25, 0.2 + 0.1 * 5 / 25);
	assert_int_equal(b.n_crossings, 1);
	assert_int_equal(b.undecided, 2);
}

static void test_none(void **unused)
{
	struct breakeven b;

	(void)unused;
	b = FIND({ 0, -60, 10 }, { 0.5, -5, 10 }, { 1, -40, 10 });
	assert_int_equal(b.verdict, BREAKEVEN_ALWAYS);
	assert_int_equal(b.undecided, 1);
	b = FIND({ 0, 60, 10 }, { 1, 40, 10 });
	assert_int_equal(b.verdict, BREAKEVEN_NEVER);
	assert_int_equal(b.n_crossings, 0);
	assert_int_equal(b.undecided, 0);
	/* An exact tie at an end crosses nothing. */
	b = FIND({ 0, 0, 0 }, { 1, 40, 10 });
	assert_int_equal(b.verdict, BREAKEVEN_NEVER);
	b = FIND({ 0, -3, 10 }, { 0.5, 2, 10 }, { 1, 4, 10 });
	assert_int_equal(b.verdict, BREAKEVEN_UNDECIDED);
	assert_int_equal(b.n_crossings, 0);
	assert_int_equal(b.undecided, 3);
	b = FIND({ 0.5, -60, 10 });
	assert_int_equal(b.verdict, BREAKEVEN_NONE);
	b = FIND({ 0.5, -60, 10 }, { 0.5, 60, 10 });
	assert_int_equal(b.verdict, BREAKEVEN_NONE);
}

/* One side of the crossing is not sure: the sweep does not bound it there. */
static void test_open(void **unused)
{
	struct breakeven b;

	(void)unused;
	b = FIND({ 0, -5, 10 }, { 0.5, 15, 10 }, { 1, 60, 10 });
	crosses(&b, 0, true, 0.125, NAN, 0.375);
	b = FIND({ 0, -60, 10 }, { 0.5, -15, 10 }, { 1, 5, 10 });
	crosses(&b, 0, true, 0.875, 0.625, NAN);
	b = FIND({ 0, 5, 10 }, { 0.5, -15, 10 }, { 1, -60, 10 });
	crosses(&b, 0, false, 0.125, NAN, 0.375);
}

static void test_several(void **unused)
{
	struct breakeven b;

	(void)unused;
	/* Sure of every sign: pays below 10 %, and again from 50 to 70 %. */
	b = FIND({ 0, -20, 5 }, { 0.2, 20, 5 }, { 0.4, 20, 5 }, { 0.6, -20, 5 }, { 0.8, 20, 5 });
	assert_int_equal(b.n_crossings, 3);
	crosses(&b, 0, true, 0.1, 0.075, 0.125);
	crosses(&b, 1, false, 0.5, 0.475, 0.525);
	crosses(&b, 2, true, 0.7, 0.675, 0.725);
	/* Noise around one crossing is one crossing: the middle of three. */
	b = FIND({ 0, -60, 10 }, { 0.1, -4, 10 }, { 0.2, 4, 10 }, { 0.3, -4, 10 }, { 0.4, 4, 10 },
		 { 0.5, 60, 10 });
	assert_int_equal(b.n_crossings, 1);
	crosses(&b, 0, true, 0.25, 0.1 * 50 / 56, 0.4 + 0.1 * 6 / 56);
	/* Equal for a while: the middle of it. */
	b = FIND({ 0, -10, 0 }, { 0.2, 0, 0 }, { 0.4, 0, 0 }, { 1, 10, 0 });
	crosses(&b, 0, true, 0.3, 0.2, 0.4);
	/* As many crossings as there can be. */
	{
		struct at all[BREAKEVEN_POINTS_MAX];

		for (int i = 0; i < BREAKEVEN_POINTS_MAX; i++)
			all[i] = (struct at){ i / 32.0, i % 2 ? 1 : -1, 0.5 };
		b = find(all, BREAKEVEN_POINTS_MAX);
		assert_int_equal(b.n_crossings, BREAKEVEN_POINTS_MAX - 1);
	}
}

static bool disagree(struct breakeven curve, struct breakeven line)
{
	return breakeven_disagree(&curve, &line);
}

static void test_disagree(void **unused)
{
	/* 3 %, 2.5 to 3.5 */
	const struct breakeven curve = FIND({ 0, -60, 10 }, { 0.02, -20, 10 }, { 0.04, 20, 10 });

	(void)unused;
	assert_false(disagree(curve, FIND({ 0, -60, 10 }, { 1, 1940, 10 })));
	/* 6 %: outside of either's interval. 3.4 %: inside. */
	assert_true(disagree(curve, FIND({ 0, -60, 10 }, { 1, 940, 10 })));
	assert_false(disagree(curve, FIND({ 0, -60, 10 }, { 1, 1700, 10 })));
	/* 6 %, but so rough that it may be 3 % */
	assert_false(disagree(curve, FIND({ 0, -60, 40 }, { 1, 940, 10 })));
	/* 5 % for sure, but the curve is rough. */
	assert_false(disagree(FIND({ 0, -60, 50 }, { 0.1, 140, 50 }),
			      FIND({ 0, -60, 1 }, { 1, 1140, 1 })));
	assert_true(disagree(curve, FIND({ 0, -60, 10 }, { 1, -60, 10 })));
	assert_false(disagree(curve, FIND({ 0, -60, 10 }, { 1, -6, 10 })));
	assert_false(disagree(curve, FIND({ 0, -6, 10 }, { 1, -6, 10 })));
	assert_true(disagree(FIND({ 0, -60, 10 }, { 0.5, 60, 10 }, { 1, -60, 10 }),
			     FIND({ 0, -60, 10 }, { 1, -60, 10 })));
	assert_false(disagree(FIND({ 0, -60, 10 }, { 0.5, -6, 10 }, { 1, -60, 10 }),
			      FIND({ 0, -60, 10 }, { 1, -60, 10 })));
	assert_true(disagree(FIND({ 0, -60, 10 }, { 1, -60, 10 }),
			     FIND({ 0, 60, 10 }, { 1, 60, 10 })));
}

static void test_share(void **unused)
{
	struct results_cell cell = {
		.source = "anon-cold", .page_size = 4096, .threads = 1,
		.bytes_per_slot = 1069 * 4096, .cold_fraction = 0.005,
	};

	(void)unused;
	near(breakeven_share(&cell), 5 / 1069.0, 0);	/* 5.3 of them: five */
	cell.threads = 2;				/* 534.5 pages each */
	near(breakeven_share(&cell), 2 / 535.0, 0);
	cell.threads = 1;
	cell.bytes_per_slot = 4096;
	near(breakeven_share(&cell), 0, 0);
	cell.cold_fraction = 1;
	near(breakeven_share(&cell), 1, 0);
	cell.cold_fraction = 0.5;
	strcpy(cell.source, "self");
	near(breakeven_share(&cell), 0.5, 0);
	strcpy(cell.source, "huge");
	assert_true(isnan(breakeven_share(&cell)));
}

static void context(struct file *f, const char *place, const char *arch)
{
	if (!f->out)
		f->out = open_memstream(&f->text, &f->size);
	assert_non_null(f->out);
	fprintf(f->out, "{\"type\":\"context\",\"schema\":1,\"seed\":1,\"place\":\"%s\",\"arch\":\"%s\","
		"\"page_size\":4096,\"kernel\":\"6.1.0\"}\n", place, arch);
}

struct arm {
	const char *workload, *strategy, *baseline;
	bool counts;
	unsigned rounds, pages;		/* pages a slot */
	double fraction, cost, spread;	/* a page; second sample of a round: cost + spread */
	double noise;			/* sd of a sample, of a page */
};

static void add(struct file *f, const struct arm *a)
{
	const char *baseline = a->baseline ? a->baseline : a->counts ? "pre" : "touch";

	fprintf(f->out, "{\"type\":\"cell\",\"workload\":\"%s@%g\",\"target\":\"ext4\","
		"\"layout\":\"extend\",\"device\":\"brd\",\"place\":\"host\",\"arch\":\"x86_64\","
		"\"page_size\":4096,\"backend\":\"%s\",\"source\":\"anon-cold\",\"block_size\":4096,"
		"\"cold_fraction\":%g,\"threads\":1,\"strategy\":\"%s\",\"baseline\":\"%s\","
		"\"tier\":\"%s\",\"unit\":\"%s\",\"seed\":1,\"steady\":true,\"verified\":true,"
		"\"writes_per_slot\":%u,\"bytes_per_slot\":%u,\"rounds\":%u,\"slots\":[",
		a->workload ? a->workload : "sweep", a->fraction, a->counts ? "kernel" : "user",
		a->fraction, a->strategy, baseline, a->counts ? "counts" : "time",
		a->counts ? "instructions" : "ns", a->pages, 4096 * a->pages, a->rounds);
	for (unsigned i = 0; i < 2 * a->rounds; i++)
		fprintf(f->out, "%s%.0f", i ? "," : "", a->pages * (a->cost + i % 2 * a->spread +
								    (a->noise ? a->noise * normal() : 0)));
	end_cell(f, a->rounds);
}

/*
 * Of curves that are zero everywhere one in a hundred has a verdict, however many shares
 * it has. With an interval of 99 % for each of 13 shares, 30 of 300 had one.
 */
static void test_flat(void **unused)
{
	enum { CURVES = 300, SHARES = 13 };
	struct file f = { NULL, NULL, 0 };
	struct curve *curves;
	struct results r;
	size_t n, verdicts = 0;

	(void)unused;
	for (int i = 0; i < CURVES; i++) {
		context(&f, "host", "x86_64");
		for (int share = 0; share < SHARES; share++) {
			struct arm arm = { .strategy = "touch", .rounds = 12, .pages = 1000, .cost = 1000,
					   .fraction = share / (SHARES - 1.0), .noise = 10 };

			add(&f, &arm);
			arm.strategy = "native";
			add(&f, &arm);
		}
	}
	end(&f, &r);
	assert_int_equal(breakeven_curves(&r, NULL, &curves, &n), 0);
	assert_int_equal(n, CURVES);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(curves[i].n, SHARES);
		verdicts += curves[i].bend.verdict != BREAKEVEN_UNDECIDED;
	}
	assert_in_range(verdicts, 0, 9);	/* 3, and three standard errors */
	free(curves);
	results_free(&r);
}

/* Costs 400 + 1000 f against 340 + 3000 f: even at 3 %. */
static void test_time(void **unused)
{
	static const double fractions[] = { 1, 0, 0.1, 0.01 };
	struct file f = { NULL, NULL, 0 };
	struct results r;
	struct curve *curves;
	size_t n;

	(void)unused;
	context(&f, "host", "x86_64");
	for (int i = 0; i < 4; i++) {
		double x = fractions[i];

		add(&f, &(struct arm){ .strategy = "touch", .rounds = 10, .pages = 1000,
				       .fraction = x, .cost = 400 + 1000 * x });
		add(&f, &(struct arm){ .strategy = "touch#2", .rounds = 10, .pages = 1000,
				       .fraction = x, .cost = 500 });
		add(&f, &(struct arm){ .strategy = "null", .rounds = 10, .pages = 1000,
				       .fraction = x, .cost = 1 });
		add(&f, &(struct arm){ .strategy = "native", .rounds = 10, .pages = 1000,
				       .fraction = x, .cost = 340 + 3000 * x });
		add(&f, &(struct arm){ .strategy = "short", .rounds = 10, .pages = 10,
				       .fraction = x, .cost = 340 + 3000 * x });
		add(&f, &(struct arm){ .strategy = "few", .rounds = i % 2 ? 9 : 10, .pages = 1000,
				       .fraction = x, .cost = 340 + 3000 * x });
	}
	/* Not a sweep, and one in another run does not make it one. */
	add(&f, &(struct arm){ .workload = "one", .strategy = "native", .rounds = 10,
			       .pages = 1000, .cost = 100 });
	context(&f, "host", "x86_64");
	add(&f, &(struct arm){ .workload = "one", .strategy = "native", .rounds = 10,
			       .pages = 1000, .cost = 100, .fraction = 1 });
	end(&f, &r);
	assert_int_equal(breakeven_curves(&r, NULL, &curves, &n), 0);
	assert_int_equal(n, 3);

	assert_string_equal(curves[0].f.cell->strategy, "native");
	assert_string_equal(curves[0].workload, "sweep");
	assert_string_equal(curves[0].f.baseline_name, "touch");
	assert_false(curves[0].f.counts);
	assert_int_equal(curves[0].interval, BREAKEVEN_RANKS);
	assert_int_equal(curves[0].n, 4);
	assert_int_equal(curves[0].left_out, 0);
	assert_int_equal(curves[0].bend.n_crossings, 1);
	near(curves[0].points[1].share, 0.01, 1e-12);
	near(curves[0].points[3].delta, 1940, 1e-6);
	/* Of costs, not of their logarithms, which would give 2.9 and 8 %. */
	near(curves[0].bend.crossings[0].share, 0.03, 1e-9);
	near(curves[0].line.crossings[0].share, 0.03, 1e-9);
	assert_false(curves[0].disagree);

	/* 10 pages: none of them cold at 1 %. */
	assert_string_equal(curves[1].f.cell->strategy, "short");
	assert_int_equal(curves[1].n, 3);
	assert_int_equal(curves[1].left_out, 1);
	assert_non_null(strstr(curves[1].reason, "too short"));

	assert_string_equal(curves[2].f.cell->strategy, "few");
	assert_int_equal(curves[2].n, 2);
	assert_int_equal(curves[2].left_out, 2);
	assert_non_null(strstr(curves[2].reason, "rounds do not match"));
	free(curves);

	assert_int_equal(breakeven_curves(&r, "native", &curves, &n), 0);
	assert_string_equal(curves[0].f.cell->strategy, "touch");
	assert_false(curves[0].bend.crossings[0].below);
	near(curves[0].bend.crossings[0].share, 0.03, 1e-9);
	free(curves);
	results_free(&r);
}

/* A break-even just below 100 % is not shown as 100. */
static void test_shown(void **unused)
{
	struct file f = { NULL, NULL, 0 };
	struct results r;
	struct curve *curves;
	char *text = NULL;
	size_t n, size;
	FILE *out = open_memstream(&text, &size);

	(void)unused;
	assert_non_null(out);
	context(&f, "host", "x86_64");
	for (int half = 0; half <= 2; half++) {
		add(&f, &(struct arm){ .strategy = "touch", .rounds = 10, .pages = 1000,
				       .fraction = half / 2.0, .cost = 1000 });
		add(&f, &(struct arm){ .strategy = "native", .rounds = 10, .pages = 1000,
				       .fraction = half / 2.0, .cost = half < 2 ? 500 : 1000.14 });
	}
	end(&f, &r);
	assert_int_equal(breakeven_curves(&r, NULL, &curves, &n), 0);
	assert_int_equal(breakeven_print(out, &plain_style, curves, n), 0);
	fclose(out);
	assert_non_null(strstr(text, "below 99.99 99.99..99.99"));
	free(text);
	free(curves);
	results_free(&r);
}

/* Ten pages at 19 % hold one cold, so that point comes before the one at 15 %. */
static void test_order(void **unused)
{
	static const struct { double fraction; unsigned pages; } at[] = {
		{ 0, 1000 }, { 0.15, 1000 }, { 0.19, 10 },
	};
	struct file f = { NULL, NULL, 0 };
	struct results r;
	struct curve *curves;
	size_t n;

	(void)unused;
	context(&f, "host", "x86_64");
	for (int i = 0; i < 3; i++) {
		add(&f, &(struct arm){ .strategy = "touch", .rounds = 10, .pages = at[i].pages,
				       .fraction = at[i].fraction, .cost = 400 });
		add(&f, &(struct arm){ .strategy = "native", .rounds = 10, .pages = at[i].pages,
				       .fraction = at[i].fraction, .cost = 300 });
	}
	end(&f, &r);
	assert_int_equal(breakeven_curves(&r, NULL, &curves, &n), 0);
	assert_int_equal(n, 1);
	near(curves->points[1].share, 0.1, 1e-12);
	near(curves->points[2].share, 0.15, 1e-12);
	assert_int_equal(curves->bend.verdict, BREAKEVEN_ALWAYS);
	/* There is no page-all-cold end to draw the line to. */
	assert_int_equal(curves->line.verdict, BREAKEVEN_NONE);
	free(curves);
	results_free(&r);
}

static void test_counts(void **unused)
{
	char name[] = "native#1";
	struct file f = { NULL, NULL, 0 };
	struct results r;
	struct curve *curves;
	size_t n;

	(void)unused;
	/* The run's own baseline is repeated; pre is what is compared with. */
	for (int arms = 7; arms <= 8; arms++) {
		context(&f, "vm:x86_64", "x86_64");
		for (int i = 0; i < 2; i++) {
			add(&f, &(struct arm){ .strategy = "pre", .baseline = "native", .counts = true,
					       .rounds = 4, .pages = 100, .fraction = i,
					       .cost = 3000 + 800 * i, .spread = 8 });
			add(&f, &(struct arm){ .strategy = "post", .baseline = "native", .counts = true,
					       .rounds = 4, .pages = 100, .fraction = i,
					       .cost = 2900 + 2800 * i, .spread = 8 });
			for (int arm = 1; arm <= arms; arm++) {
				name[6] = arm == 1 ? '\0' : '#';
				name[7] = (char)('0' + arm);
				add(&f, &(struct arm){ .strategy = name, .baseline = "native",
						       .counts = true, .rounds = 4, .pages = 100,
						       .fraction = i, .cost = 3000 + arm });
			}
		}
		end(&f, &r);
		assert_int_equal(breakeven_curves(&r, NULL, &curves, &n), 0);
		/* post and native; the other arms of native are there for the resolution. */
		assert_int_equal(n, 2);
		assert_string_equal(curves[0].f.cell->strategy, "post");
		assert_string_equal(curves[0].f.baseline_name, "pre");
		assert_true(curves[0].f.counts);
		near(curves[0].points[0].delta, -100, 1e-9);
		near(curves[0].bend.crossings[0].share, 0.05, 1e-12);	/* 100 / 2000 */
		if (arms == 8) {
			assert_int_equal(curves[0].interval, BREAKEVEN_RESOLUTION);
			near(curves[0].points[0].low, -107, 1e-9);
			near(curves[0].points[0].high, -93, 1e-9);
			near(curves[0].bend.crossings[0].low, 93 / 2000.0, 1e-12);
		} else {
			assert_int_equal(curves[0].interval, BREAKEVEN_QUARTILES);
			near(curves[0].points[0].low, -108, 1e-9);
			near(curves[0].points[0].high, -92, 1e-9);
		}
		free(curves);
		results_free(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_straight),
		cmocka_unit_test(test_bend),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_disagree),
		cmocka_unit_test(test_share),
		cmocka_unit_test(test_flat),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_shown),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
