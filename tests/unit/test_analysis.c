// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From result lines to figures: signs, pairing, units, what is null, the
 * width of the tables, the published table's rule, and the A/A statistics
 * against published values. All samples here are made up.
 */
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
#include "analysis/cells.h"
#include "analysis/formats.h"
#include "analysis/reproduce_table.h"
#include "base/signed_rank.h"

static uint64_t state = 88172645463325252u;

static double uniform(void)	/* xorshift64: the same numbers in every run */
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (double)(state >> 11) * 0x1p-53;
}

static void near(double a, double b, double tolerance)
{
	if (!(fabs(a - b) <= tolerance))
		fail_msg("%.17g is not within %g of %.17g", a, tolerance, b);
}

/* A file in memory. */
struct file {
	FILE *out;
	char *text;
	size_t size;
};

static void begin(struct file *f)
{
	f->out = open_memstream(&f->text, &f->size);
	assert_non_null(f->out);
	fputs("{\"type\":\"context\",\"schema\":1,\"seed\":1,\"place\":\"host\",\"arch\":\"x86_64\","
	      "\"page_size\":4096,\"kernel\":\"6.1.0\",\"cpu\":\"A CPU of a rather long name, so that"
	      " its line has to be broken somewhere\"}\n", f->out);
}

struct arm {
	const char *target, *strategy, *baseline;
	bool counts, unsteady;
	unsigned seed, repetitions, repetition, rounds, pages;	/* pages a slot */
	double cost, drift, noise;	/* a page; factors of each round and each slot */
};

static void add(struct file *f, const struct arm *a)
{
	uint64_t keep = state;

	fprintf(f->out, "{\"type\":\"cell\",\"workload\":\"dd-1m\",\"target\":\"%s\","
		"\"layout\":\"extend\",\"device\":\"loop\",\"place\":\"host\",\"arch\":\"x86_64\","
		"\"page_size\":4096,\"backend\":\"user\",\"source\":\"zero\",\"block_size\":1048576,"
		"\"cold_fraction\":0,\"threads\":1,\"strategy\":\"%s\",\"baseline\":\"%s\","
		"\"tier\":\"%s\",\"unit\":\"%s\",\"seed\":%u,\"repetitions\":%u,\"repetition\":%u,\"steady\":%s,"
		"\"verified\":true,\"writes_per_slot\":1,\"bytes_per_slot\":%u,\"rounds\":%u,"
		"\"counts\":{\"pages\":256,\"minor_faults\":64,\"major_faults\":0,"
		"\"exceptions_kernel\":64,\"exceptions_user\":null},\"slots\":[",
		a->target ? a->target : "ext4", a->strategy, a->baseline ? a->baseline : "native",
		a->counts ? "counts" : "time", a->counts ? "instructions" : "ns", a->seed,
		a->repetitions ? a->repetitions : 1, a->repetition,
		a->unsteady ? "false" : "true", 4096 * a->pages, a->rounds);
	state = 1234567 + a->seed;	/* the same drift for every arm of a run */
	for (unsigned i = 0; i < 2 * a->rounds; i += 2) {
		double drift = exp(a->drift * (uniform() - 0.5));

		for (unsigned half = 0; half < 2; half++) {
			double noise;

			uint64_t shared = state;

			state = keep;
			noise = exp(a->noise * (uniform() - 0.5));
			keep = state;
			state = shared;
			fprintf(f->out, "%s%.0f", i + half ? "," : "",
				a->cost * a->pages * drift * noise);
		}
	}
	state = keep;
	fputs("],\"order\":[", f->out);
	for (unsigned i = 0; i < 2 * a->rounds; i++)
		fprintf(f->out, "%s%u", i ? "," : "", i % 2);
	fputs("]}\n", f->out);
}

static void end(struct file *f, struct results *r)
{
	struct reason message;
	FILE *in;

	fclose(f->out);
	in = fmemopen(f->text, f->size, "r");
	assert_non_null(in);
	results_init(r);
	if (results_read(in, "f", r, &message))
		fail_msg("%s", message.text);
	fclose(in);
	free(f->text);
}

static const struct figures *find(const struct figures *f, size_t n, const char *strategy)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(f[i].cell->strategy, strategy))
			return &f[i];
	fail_msg("no %s", strategy);
	return NULL;
}

/* Destroys @text. */
static void fits(char *text)
{
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (strlen(line) > 72)
			fail_msg("%zu columns: %s", strlen(line), line);
}

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
	near(slow->mde, (2.3263478740408408 + 1.2815515655446004) * slow->se, 1e-12);
	near(slow->cost / base->cost, 2, 1e-6);
	/* Every round of slow takes twice that of base, so do the totals. */
	near(slow->baseline_mb_per_s / slow->mb_per_s, 2, 1e-6);
	assert_true(base->mb_low < base->mb_per_s && base->mb_per_s < base->mb_high);
	near(base->faults, 0.25, 0);
	assert_true(isnan(base->exceptions) && isnan(base->retries));
	assert_true(isnan(base->theta) && isnan(base->low) && isnan(base->mde));
	assert_true(isnan(slow->delta) && isnan(slow->resolution));
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
		assert_int_equal(people[i]->cells(out, &r, all), 0);
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
	assert_int_equal(format->cells(out, &r, all), 0);
	fclose(out);
	free(all);
	results_free(&r);
	return text;
}

static unsigned times(const char *text, const char *what)
{
	unsigned n = 0;

	while ((text = strstr(text, what))) {
		text += strlen(what);
		n++;
	}
	return n;
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

/* The table of @r in Markdown. The caller frees it. */
static char *reproduce_markdown(const struct results *r)
{
	struct document d;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	document_begin(&d, out, &markdown_style);
	assert_true(reproduce_write(&d, r) >= 0);
	assert_int_equal(document_end(&d), 0);
	fclose(out);
	return text;
}

static void test_reproduce(void **unused)
{
	static const struct { double low, high; enum reproduce_verdict verdict; } known[] = {
		{ 5.5, 6, REPRODUCE_REPRODUCED }, { 4, 5, REPRODUCE_REPRODUCED },
		{ 6.5, 9, REPRODUCE_REPRODUCED }, { -1, 12, REPRODUCE_CANNOT_TELL },
		{ 4, 4.9, REPRODUCE_SAME_DIRECTION }, { 6.6, 7, REPRODUCE_SAME_DIRECTION },
		{ 0, 1, REPRODUCE_NOT_REPRODUCED }, { -6, -5.5, REPRODUCE_NOT_REPRODUCED },
		{ NAN, NAN, REPRODUCE_NOT_MEASURED },
	};
	struct file f;
	struct results r;
	char *text = NULL;
	size_t size;
	FILE *out;

	(void)unused;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		assert_int_equal(reproduce_verdict(known[i].low, known[i].high), known[i].verdict);

	begin(&f);	/* a baseline other than the table's own */
	add(&f, &(struct arm){ .strategy = "native", .rounds = 9, .pages = 256, .cost = 90e3 });
	add(&f, &(struct arm){ .strategy = "touch", .rounds = 9, .pages = 256, .cost = 100e3 });
	add(&f, &(struct arm){ .strategy = "touch:16", .rounds = 9, .pages = 256, .cost = 125e3 });
	fputs("{\"type\":\"failure\",\"workload\":\"dd-1m\",\"target\":\"btrfs\",\"layout\":\"extend\","
	      "\"device\":\"loop\",\"place\":\"host\",\"strategy\":\"touch\",\"reason\":\"no mkfs\"}\n",
	      f.out);
	end(&f, &r);
	out = open_memstream(&text, &size);
	assert_non_null(out);
	assert_int_equal(reproduce_print(out, &r), 1);
	fclose(out);
	assert_non_null(strstr(text, "20.00..20.00"));
	assert_non_null(strstr(text, "target         where     page     16 B penalty%    99% interval\n"
			       "ext4       published      261      246      5.7               -\n"
			       "                here       41       33    20.00    20.00..20.00\n"
			       "btrfs      published      360      337      6.4               -\n"
			       "                here        -        -        -               -\n"));
	assert_non_null(strstr(text, "  ext4: same direction; 1 repetition, 9 rounds, seed 0\n"));
	assert_non_null(strstr(text, "  btrfs: not measured: no mkfs\n"));
	assert_non_null(strstr(text, "\nOne repetition: the"));
	fits(text);
	free(text);
	results_free(&r);

	begin(&f);	/* repetitions of which one was lost, that differ */
	for (unsigned s = 0; s < 8; s++) {
		add(&f, &(struct arm){ .strategy = "touch", .repetitions = 9, .repetition = s, .seed = 5,
				       .rounds = 9, .pages = 256, .cost = 1e5 * (s + 1) });
		add(&f, &(struct arm){ .strategy = "touch:16", .repetitions = 9, .repetition = s, .seed = 5,
				       .rounds = 9, .pages = 256, .cost = 1.25e5 * (s + 1) });
	}
	end(&f, &r);
	out = open_memstream(&text, &size);
	assert_non_null(out);
	assert_int_equal(reproduce_print(out, &r), 1);
	fclose(out);
	assert_non_null(strstr(text, "  ext4: same direction; 8 of 9 repetitions, 72 rounds, seed 5\n"
			       "  ext4: touch varied between repetitions (100000 to 800000 ns/page)"));
	assert_null(strstr(text, "One repetition"));
	assert_non_null(strstr(text, "  btrfs: not in these results\n"));
	fits(text);
	free(text);
	results_free(&r);

	begin(&f);	/* what was not published: measured, and failed */
	add(&f, &(struct arm){ .target = "tmpfs", .strategy = "touch", .rounds = 9, .pages = 256,
			       .cost = 100e3 });
	add(&f, &(struct arm){ .target = "tmpfs", .strategy = "touch:16", .rounds = 9, .pages = 256,
			       .cost = 125e3 });
	for (int i = 0; i < 2; i++)
		fprintf(f.out, "{\"type\":\"failure\",\"workload\":\"dd-1m\",\"target\":\"ext4-data-journal\","
			"\"layout\":\"extend\",\"device\":\"loop\",\"place\":\"host\",\"strategy\":\"touch%s\","
			"\"reason\":\"no mkfs\"}\n", i ? ":16" : "");
	end(&f, &r);
	out = open_memstream(&text, &size);
	assert_non_null(out);
	assert_int_equal(reproduce_print(out, &r), 1);
	fclose(out);
	assert_non_null(strstr(text, "  ext4: not in these results\n"
			       "  btrfs: not in these results\n"
			       "  tmpfs: nothing published to compare with; 1 repetition, 9 rounds, seed\n"
			       "  0\n"
			       "  ext4-data-journal: not measured: no mkfs\n"));
	fits(text);
	free(text);
	text = reproduce_markdown(&r);
	assert_non_null(strstr(text, "\n\n| target | where | page | 16 B | penalty% | 99% interval |\n"));
	assert_non_null(strstr(text, "| `btrfs` | published | 360 | 337 | 6.4 | - |\n"
			       "|  | here | - | - | - | - |\n"));
	assert_non_null(strstr(text, "\n\n- ext4: not in these results\n- btrfs: "));
	free(text);
	results_free(&r);
}

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
			assert_true(aa.alarms_p > 100 && aa.alarms_gate > 100 && aa.ks_p < 1e-6);
			assert_true(aa.bias > log(1.02));
		} else {
			near(aa.theta, 0, 0.002);
			assert_true(aa.alarms_p_low <= 0.01 && aa.alarms_gate_low <= 0.01);
			assert_true(aa.ks_p > 0.01);
			assert_true(aa.bias < 0.003);
		}
		out = open_memstream(&text, &size);
		assert_non_null(out);
		assert_int_equal(aa_print(out, &aa), 0);
		fclose(out);
		assert_int_equal(times(text, "TOO MANY"), injected ? 2 : 0);
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
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_repetitions),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_unpaired),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_one_repetition),
		cmocka_unit_test(test_reproduce),
		cmocka_unit_test(test_share),
		cmocka_unit_test(test_uniform),
		cmocka_unit_test(test_aa),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
