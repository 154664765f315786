// SPDX-License-Identifier: GPL-2.0-or-later
/* The published table: its rule, rows and verdicts. */
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
	assert_non_null(strstr(text, "target         where  page  16 B penalty%  99% interval    adds ns, 99%\n"
			       "ext4       published   261   246      5.7             -               -\n"
			       "                here    41    33    20.00  20.00..20.00    25000..25000\n"
			       "btrfs      published   360   337      6.4             -               -\n"
			       "                here     -     -        -             -               -\n"));
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
	assert_non_null(strstr(text, "  ext4: same direction; 8 of 9 planned repetitions, 72 rounds, seed 5\n"
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
	assert_non_null(strstr(text, "\n\n| target | where | page | 16 B | penalty% | 99% interval | adds ns, 99% |\n"));
	assert_non_null(strstr(text, "| `btrfs` | published | 360 | 337 | 6.4 | - | - |\n"
			       "|  | here | - | - | - | - | - |\n"));
	assert_non_null(strstr(text, "\n\n- ext4: not in these results\n- btrfs: "));
	free(text);
	results_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reproduce),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
