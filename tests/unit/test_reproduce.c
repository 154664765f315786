// SPDX-License-Identifier: GPL-2.0-or-later
/* The published tables: rules, rows and verdicts. */
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
#include "analysis/reproduce_table.h"
#include "made.h"

static double theta_of_penalty(double pct)
{
	return -log(1 - pct / 100);
}

static void test_verdict(void **unused)
{
	static const struct {
		enum backend backend;
		uint64_t page_size;
		double low, high, low_ns, high_ns;
		enum reproduce_verdict verdict;
	} known[] = {
		{ BACKEND_KERNEL, 4096, 5.5, 6, 900, 1000, REPRODUCE_REPRODUCED },
		{ BACKEND_KERNEL, 4096, 4, 5, 450, 480, REPRODUCE_REPRODUCED },
		/* Per cent alone, or time alone, is not enough. */
		{ BACKEND_KERNEL, 4096, 5.5, 6, 100, 200, REPRODUCE_SAME_DIRECTION },
		{ BACKEND_KERNEL, 4096, 5.5, 6, 1930, 2500, REPRODUCE_SAME_DIRECTION },
		{ BACKEND_KERNEL, 4096, 6.6, 7, 900, 1000, REPRODUCE_SAME_DIRECTION },
		/* Pages of 16 KiB take four times as long. */
		{ BACKEND_KERNEL, 16384, 5.5, 6, 3600, 4000, REPRODUCE_REPRODUCED },
		{ BACKEND_KERNEL, 16384, 5.5, 6, 900, 1000, REPRODUCE_SAME_DIRECTION },
		{ BACKEND_USER, 4096, 5.5, 6, 900, 1000, REPRODUCE_SAME_DIRECTION },
		{ BACKEND_KERNEL, 4096, -1, 12, -10, 2000, REPRODUCE_CANNOT },
		{ BACKEND_KERNEL, 4096, 0, 1, 0, 10, REPRODUCE_NOT_REPRODUCED },
		{ BACKEND_USER, 4096, -6, -5.5, -10, -9, REPRODUCE_NOT_REPRODUCED },
		{ BACKEND_KERNEL, 4096, NAN, NAN, NAN, NAN, REPRODUCE_CANNOT },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const struct results_cell cell = { .backend = known[i].backend, .page_size = known[i].page_size };
		const struct figures f = {
			.cell = &cell, .low = theta_of_penalty(known[i].low), .high = theta_of_penalty(known[i].high),
			.delta_low = known[i].low_ns, .delta_high = known[i].high_ns,
		};

		assert_int_equal(reproduce_verdict(&f, 957), known[i].verdict);
	}
}

/* Counts: a direction at most, and only beyond what repeats differ by. */
static void test_counts(void **unused)
{
	const struct results_cell cell = { .backend = BACKEND_KERNEL, .page_size = 4096 };
	struct figures f = { .cell = &cell, .counts = true, .delta = 5, .resolution = 4 };

	(void)unused;
	assert_int_equal(reproduce_verdict(&f, 957), REPRODUCE_SAME_DIRECTION);
	assert_int_equal(reproduce_verify_verdict(&f), REPRODUCE_NOT_REPRODUCED);
	f.delta = -5;
	assert_int_equal(reproduce_verdict(&f, 957), REPRODUCE_NOT_REPRODUCED);
	assert_int_equal(reproduce_verify_verdict(&f), REPRODUCE_SAME_DIRECTION);
	f.resolution = 6;
	assert_int_equal(reproduce_verify_verdict(&f), REPRODUCE_NOT_REPRODUCED);
	f.delta = NAN;
	assert_int_equal(reproduce_verdict(&f, 957), REPRODUCE_CANNOT);
}

/* Gains of 3.6 to 8.8 %: a factor of the throughput, whose sign is the other one. */
static void test_gain(void **unused)
{
	static const struct { double low, high; enum reproduce_verdict verdict; } known[] = {
		{ 5, 6, REPRODUCE_REPRODUCED }, { 1, 3.7, REPRODUCE_REPRODUCED }, { 8.7, 20, REPRODUCE_REPRODUCED },
		{ 1, 3.5, REPRODUCE_SAME_DIRECTION }, { 9, 10, REPRODUCE_SAME_DIRECTION },
		{ -1, 4, REPRODUCE_CANNOT }, { -1, 3, REPRODUCE_NOT_REPRODUCED }, { -8, -5, REPRODUCE_NOT_REPRODUCED },
	};
	const struct results_cell cell = { .backend = BACKEND_KERNEL, .page_size = 4096 };

	(void)unused;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const struct figures f = { .cell = &cell, .low = -log(1 + known[i].high / 100),
					   .high = -log(1 + known[i].low / 100) };

		assert_int_equal(reproduce_verify_verdict(&f), known[i].verdict);
	}
}

/* The tables of @r; the caller frees them. @rows and @measured are what they must have. */
static char *tables(const struct results *r, unsigned rows, int measured)
{
	struct document d;
	unsigned got = 0;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	document_begin(&d, out, &plain_style);
	assert_int_equal(reproduce_write(&d, r, &got), measured);
	assert_int_equal(document_end(&d), 0);
	fclose(out);
	assert_int_equal(got, rows);
	return text;
}

static void add_arm(struct file *f, const char *strategy, bool kernel, double cost)
{
	add(f, &(struct arm){ .strategy = strategy, .baseline = kernel ? "pre" : "touch", .kernel = kernel, .rounds = 9,
			      .pages = 256, .cost = cost });
}

static void test_tables(void **unused)
{
	struct file f;
	struct results r;
	char *text;

	(void)unused;
	begin(&f);
	add_arm(&f, "pre", true, 15700);
	add_arm(&f, "probe:16", true, 16650);
	add_arm(&f, "probe:32", true, 16200);
	end(&f, &r);
	text = tables(&r, 1, 1);
	assert_non_null(strstr(text, "ext4      published   1 in 16          957 ns               -      5.7\n"
				     "          host        probe:16         950 ns        950..950     5.71\n"));
	assert_non_null(strstr(text, "  ext4 probe:16 on host: reproduced; in the kernel, 1 "));
	assert_non_null(strstr(text, "ext4 host probe, ns\n                    950   500     -     -"));
	assert_null(strstr(text, "Copying first"));
	fits(text);
	free(text);
	results_free(&r);
}

/* Strategies of user space have rows of their own, with their own baseline. */
static void test_user(void **unused)
{
	struct file f;
	struct results r;
	char *text;

	(void)unused;
	begin(&f);
	add_arm(&f, "touch", false, 1000);
	add_arm(&f, "touch:16", false, 1125);
	for (int i = 0; i < 2; i++)
		fprintf(f.out, "{\"type\":\"failure\",\"workload\":\"dd-1m\",\"target\":\"btrfs\",\"layout\":\"extend\","
			"\"device\":\"loop\",\"place\":\"host\",\"strategy\":\"probe%s:16\",\"reason\":\"no switch\"}\n",
			i ? "-each" : "");
	end(&f, &r);
	text = tables(&r, 3, 1);
	assert_non_null(strstr(text, "          host        touch:16         125 ns        125..125    11.11\n"
				     "btrfs     published"));
	assert_non_null(strstr(text, "  ext4 touch:16 on host: same direction; user-space emulation, 1"));
	assert_non_null(strstr(text, "  btrfs probe:16, btrfs probe-each:16 on host: cannot be measured here:\n  no switch\n"));
	assert_null(strstr(text, "bytes apart"));
	fits(text);
	free(text);
	results_free(&r);
}

static void test_verify(void **unused)
{
	struct file f;
	struct results r;
	char *text;

	(void)unused;
	begin(&f);
	for (int i = 0; i < 2; i++)
		add(&f, &(struct arm){ .workload = "seq-4k", .target = "tmpfs", .layout = "overwrite", .kernel = true,
				       .strategy = i ? "post" : "pre", .baseline = "pre", .rounds = 9, .pages = 256,
				       .cost = i ? 1000 : 1050 });
	end(&f, &r);
	text = tables(&r, 1, 1);
	assert_non_null(strstr(text, "seq-4k    host        post          -50.00 ns  -50.00..-50.00     5.00\n"));
	assert_non_null(strstr(text, "  seq-4k post on host: reproduced; in the kernel, 1 "));
	fits(text);
	free(text);
	results_free(&r);
}

static void test_dd(void **unused)
{
	const struct dd_row rows[] = {
		{ .target = "ext4", .strategy = "native", .mean_s = 0.2, .sd_s = 0.02, .runs = 8, .bytes = 4096e5 },
		{ .target = "ext4", .strategy = "native", .mean_s = 0.21, .sd_s = 0.02, .runs = 8, .bytes = 4096e5 },
	};
	struct document d;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)unused;
	document_begin(&d, out, &plain_style);
	dd_table(&d, rows, 2);
	assert_int_equal(document_end(&d), 0);
	fclose(out);
	assert_non_null(strstr(text, "ext4         native             8     200.0    20.0    2048     2000\n"));
	/* t(14, 0.995) is 2.977; 2.977 * sqrt(2 * 0.02^2 / 8) is 0.02977: 14.9 % of 0.2. */
	assert_non_null(strstr(text, "differ by 5.0 %, 99 % interval -9.9..19.9"));
	fits(text);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdict), cmocka_unit_test(test_counts), cmocka_unit_test(test_gain),
		cmocka_unit_test(test_tables), cmocka_unit_test(test_user), cmocka_unit_test(test_verify),
		cmocka_unit_test(test_dd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
