// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines of result files and the reader of files: what it must accept, what it must
 * refuse and which line it names, and a file cut at every byte.
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

#include "format/results.h"

#define CONTEXT \
	"{\"type\":\"context\",\"schema\":1,\"command\":\"faultbench run\",\"seed\":42," \
	"\"place\":\"host\",\"arch\":\"x86_64\",\"page_size\":4096,\"kernel\":\"6.1.0\"," \
	"\"cpu\":\"An \\u001b[31mODD\\u001b[0m \\u20ac CPU\",\"cpus\":2,\"governor\":null}\n"
#define CELL(strategy, rounds, slots, order) REPETITION(strategy, "0", rounds, slots, order)
#define REPETITION(strategy, repetition, rounds, slots, order) \
	"{\"type\":\"cell\",\"workload\":\"dd-1m\",\"target\":\"ext4\",\"layout\":\"extend\"," \
	"\"device\":\"loop\",\"place\":\"host\",\"arch\":\"x86_64\",\"page_size\":4096," \
	"\"backend\":\"user\",\"source\":\"zero\",\"block_size\":1048576,\"cold_fraction\":0," \
	"\"threads\":1,\"strategy\":\"" strategy "\",\"baseline\":\"native\",\"tier\":\"time\"," \
	"\"unit\":\"ns\",\"seed\":42,\"repetitions\":3,\"repetition\":" repetition ",\"steady\":null,\"verified\":true,\"writes_per_slot\":1," \
	"\"bytes_per_slot\":1048576,\"rounds\":" rounds ",\"slots\":" slots ",\"order\":" order "," \
	"\"counts\":{\"pages\":256,\"writes\":1,\"minor_faults\":0,\"cycles\":null}," \
	"\"reasons\":{\"cycles\":\"no hardware counters\"},\"notes\":[\"a\\nb\"]}\n"
#define NATIVE CELL("native", "1", "[100,200]", "[0,3]")
#define TOUCH CELL("touch", "1", "[110,220]", "[1,2]")
#define FAILURE \
	"{\"type\":\"failure\",\"workload\":\"dd-1m\",\"target\":\"btrfs\",\"layout\":\"extend\"," \
	"\"device\":\"loop\",\"place\":\"host\",\"strategy\":\"touch:16\"," \
	"\"reason\":\"write: No space left on device\"}\n"

static int read_text(const char *text, size_t len, struct results *r, struct reason *message)
{
	FILE *in = fmemopen((void *)(uintptr_t)text, len, "r");
	int err;

	assert_non_null(in);
	results_init(r);
	message->text[0] = '\0';
	err = results_read(in, "f", r, message);
	fclose(in);
	return err;
}

static void test_good(void **unused)
{
	const char *text = CONTEXT NATIVE TOUCH FAILURE;
	struct reason message;
	struct results r;

	(void)unused;
	assert_int_equal(read_text(text, strlen(text), &r, &message), 0);
	assert_int_equal(r.n_runs, 1);
	assert_int_equal(r.n_cells, 2);
	assert_int_equal(r.n_failures, 1);
	assert_int_equal(r.n_groups, 1);
	assert_string_equal(r.runs[0].cpu, "An \\x1b[31mODD\\x1b[0m \\xe2\\x82\\xac CPU");
	assert_null(r.runs[0].governor);
	assert_true(r.runs[0].cpus == 2 && isnan(r.runs[0].memory_bytes));
	assert_string_equal(r.cells[1].strategy, "touch");
	assert_int_equal(r.cells[1].rounds, 1);
	assert_true(r.cells[1].slots[0] == 110 && r.cells[1].slots[1] == 220);
	assert_true(r.cells[0].counts.of[COUNT_MINOR_FAULTS] == 0 && isnan(r.cells[0].counts.of[COUNT_CYCLES]));
	assert_true(isnan(r.cells[0].counts.of[COUNT_RETRIES]));
	assert_string_equal(r.cells[0].notes[0], "a\\x0ab");
	assert_string_equal(r.failures[0].reason, "write: No space left on device");
	results_free(&r);
}

/* Two contexts, as `cat` of two files gives: the same cell in each is no clash. */
static void test_two_runs(void **unused)
{
	const char *text = CONTEXT NATIVE CONTEXT NATIVE;
	struct reason message;
	struct results r;

	(void)unused;
	assert_int_equal(read_text(text, strlen(text), &r, &message), 0);
	assert_int_equal(r.n_groups, 2);
	assert_int_not_equal(r.cells[0].group, r.cells[1].group);
	assert_int_equal(r.cells[1].run, 1);
	results_free(&r);
}

static void test_cut(void **unused)
{
	const char *text = CONTEXT NATIVE TOUCH;
	size_t context = strlen(CONTEXT), cell = context + strlen(NATIVE), len = strlen(text);
	struct reason message;
	struct results r;

	(void)unused;
	for (size_t cut = 1; cut < len; cut++) {
		int err = read_text(text, cut, &r, &message);
		bool whole = cut == context - 1 || cut == context || cut == cell - 1 ||
			     cut == cell || cut == len - 1;

		if (cut < context - 1) {
			assert_int_equal(err, -EINVAL);
			assert_non_null(strstr(message.text, "is not a result file"));
		} else {
			assert_int_equal(err, whole ? 0 : 1);
			assert_int_equal(r.n_cells, (cut >= cell - 1) + (cut == len - 1));
		}
		if (err == 1)
			assert_non_null(strstr(message.text, cut < cell ? "f:2: the last line is cut" :
						"f:3: the last line is cut"));
		results_free(&r);
	}
}

static void refused(const char *text, const char *expected)
{
	struct reason message;
	struct results r;
	int err = read_text(text, strlen(text), &r, &message);

	if (err != -EINVAL || !strstr(message.text, expected))
		fail_msg("%d \"%s\", not \"%s\"", err, message.text, expected);
	results_free(&r);
}

static void test_refused(void **unused)
{
	(void)unused;
	refused("\n", "is not a result file");
	refused(NATIVE, "f:1: the first line must be the context");
	refused(CONTEXT "garbage\n" NATIVE, "f:2: not JSON");
	refused(CONTEXT NATIVE "garbage\n", "f:3: not JSON");
	refused(CONTEXT "{\"type\":\"cell\",\"type\":\"cell\"}\n" NATIVE, "f:2: not JSON: duplicate");
	refused(CONTEXT "[]\n", "f:2: not an object");
	refused(CONTEXT "{\"type\":\"other\"}\n", "f:2: \"type\" must be context, cell, failure or calibration");
	refused(CONTEXT "{\"type\":\"cell\"}\n", "f:2: \"workload\" is missing");
	refused(CONTEXT "[[[[[[[[[\n", "f:2: not JSON");
	refused(CONTEXT NATIVE TOUCH NATIVE, "f:4: the same cell as in line 2");
	refused(CONTEXT NATIVE REPETITION("native", "1", "0", "[]", "[]") REPETITION("native", "1", "0", "[]", "[]"),
		"f:4: the same cell as in line 3");
	refused(CONTEXT REPETITION("native", "-1", "0", "[]", "[]"), "\"repetition\" must be");
	refused(CONTEXT REPETITION("native", "3", "0", "[]", "[]"), "\"repetition\" must be less than");
	refused(CONTEXT CELL("a b", "0", "[]", "[]"), "\"strategy\" must be a name");
	refused(CONTEXT CELL("", "0", "[]", "[]"), "\"strategy\" must be a name");
	refused(CONTEXT CELL("native", "-1", "[]", "[]"), "\"rounds\" must be a whole number");
	refused(CONTEXT CELL("native", "1e999", "[]", "[]") NATIVE, "not JSON: real number overflow");
	refused(CONTEXT CELL("native", "NaN", "[]", "[]") NATIVE, "f:2: not JSON");
	refused(CONTEXT CELL("native", "\"1\"", "[1,2]", "[0,1]"), "\"rounds\" must be");
	refused(CONTEXT CELL("native", "1", "[1]", "[0]"), "\"slots\" must be an array");
	refused(CONTEXT CELL("native", "1", "null", "[0,1]"), "\"slots\" must be an array");
	refused(CONTEXT CELL("native", "1", "[1,2]", "null"), "\"order\" must be an array");
	refused(CONTEXT CELL("native", "1", "[1,2]", "[0]"), "\"order\" must be an array");
	refused(CONTEXT CELL("native", "1", "[1,0]", "[0,1]"), "\"slots\"[1]");
	refused(CONTEXT CELL("native", "1", "[1,1.5]", "[0,1]"), "\"slots\"[1]");
	refused(CONTEXT CELL("native", "1", "[1,1]", "[0,64]"), "\"order\"[1]");
	refused("{\"type\":\"context\",\"schema\":2}\n", "\"schema\" must be 1");
}

static void test_long_lines(void **unused)
{
	size_t len = strlen(CONTEXT) + RESULTS_LINE_MAX + 2;
	char *text = malloc(len);
	struct reason message;
	struct results r;

	(void)unused;
	assert_non_null(text);
	strcpy(text, CONTEXT);
	memset(text + strlen(CONTEXT), ' ', RESULTS_LINE_MAX + 2);
	assert_int_equal(read_text(text, len, &r, &message), -EINVAL);
	assert_non_null(strstr(message.text, "f:2: the line is longer"));
	results_free(&r);
	memset(text + strlen(CONTEXT), '[', 1000000);
	text[strlen(CONTEXT) + 1000000] = '\n';
	assert_int_equal(read_text(text, strlen(CONTEXT) + 1000001, &r, &message), -EINVAL);
	assert_non_null(strstr(message.text, "f:2: not JSON: maximum parsing depth"));
	results_free(&r);
	memset(text + strlen(CONTEXT), ',', RESULTS_VALUES_MAX + 1);
	assert_int_equal(read_text(text, strlen(CONTEXT) + RESULTS_VALUES_MAX + 1, &r, &message), -EINVAL);
	assert_non_null(strstr(message.text, "f:2: more than"));
	results_free(&r);
	free(text);
}

/* What a writer prints, the reader takes back, whatever the order of keys. */
static void round_trip(const char *line)
{
	char *once = NULL, *twice = NULL;
	size_t once_size, twice_size;
	struct result r, again;
	struct reason why;
	FILE *out;

	assert_int_equal(result_parse(line, strlen(line) - 1, &r, &why), 0);
	out = open_memstream(&once, &once_size);
	result_write(out, &r);
	fclose(out);
	assert_int_equal(result_parse(once, once_size - 1, &again, &why), 0);
	assert_int_equal(r.type, again.type);
	out = open_memstream(&twice, &twice_size);
	result_write(out, &again);
	fclose(out);
	assert_string_equal(once, twice);
	result_free(&r);
	result_free(&again);
	free(once);
	free(twice);
}

static void test_round_trip(void **unused)
{
	(void)unused;
	round_trip(CONTEXT);
	round_trip(NATIVE);
	round_trip(CELL("null", "0", "[]", "[]"));
	round_trip(FAILURE);
	round_trip("{\"reason\":\"no\\u0001 \\\"memory\\\"\",\"strategy\":\"touch:16\",\"place\":\"host\","
		   "\"device\":\"loop\",\"layout\":\"extend\",\"target\":\"btrfs\",\"workload\":\"dd-1m\","
		   "\"type\":\"failure\"}\n");
}

static void test_parse(void **unused)
{
	struct reason why;
	struct result r;

	(void)unused;
	assert_int_equal(result_parse(NATIVE, strlen(NATIVE) - 1, &r, &why), 0);
	assert_int_equal(r.type, RESULT_CELL);
	assert_true(r.cell.slots[1] == 200 && r.cell.order[1] == 3 && r.cell.planned == 3);
	assert_int_equal(r.cell.steady, RESULTS_NOT_JUDGED);
	assert_string_equal(r.cell.reasons[COUNT_CYCLES], "no hardware counters");
	assert_null(r.cell.reasons[COUNT_RETRIES]);
	assert_true(isnan(r.cell.steal_ms) && isnan(r.cell.cpu_khz[0]));
	result_free(&r);
	assert_int_equal(result_parse(FAILURE, strlen(FAILURE) - 1, &r, &why), 0);
	assert_int_equal(r.type, RESULT_FAILURE);
	result_free(&r);
	assert_int_equal(result_parse(NATIVE, strlen(NATIVE) - 9, &r, &why), -EBADMSG);
	assert_int_equal(result_parse("", 0, &r, &why), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_two_runs),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_parse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
