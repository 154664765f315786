// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reader of workload files: what it takes, what it refuses and which line
 * it names, and the jobs that follow.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "workload/workload.h"

#define HEAD "[workload]\nsummary = s\nop = write\nsource = resident\nlayout = extend\n"
#define SIZES "block_size = 4K\nfile_size = 1M\n"
#define READ "[workload]\nsummary = s\nop = read\n" SIZES

static int read_bytes(const char *text, size_t len, struct workload *w, struct reason *error)
{
	FILE *in = tmpfile();
	int ret;

	assert_non_null(in);
	assert_int_equal(fwrite(text, 1, len, in), len);
	rewind(in);
	ret = workload_read(in, "dir/w.ini", w, error);
	fclose(in);
	return ret;
}

static void takes(const char *text, struct workload *w)
{
	struct reason error = { "" };
	int ret = read_bytes(text, strlen(text), w, &error);

	if (ret)
		print_message("%s\n", error.text);
	assert_int_equal(ret, 0);
}

/* @want begins behind "dir/w.ini:". */
static void refuses(const char *text, const char *want)
{
	char whole[512];
	struct reason error;
	struct workload w;

	assert_int_equal(read_bytes(text, strlen(text), &w, &error), -EINVAL);
	snprintf(whole, sizeof(whole), "dir/w.ini:%s", want);
	if (strncmp(error.text, whole, strlen(whole)))
		print_message("want %s\ngot  %s\n", whole, error.text);
	assert_memory_equal(error.text, whole, strlen(whole));
	assert_null(strchr(error.text, '\n'));
}

static void test_every_key(void **state)
{
	struct workload w;

	(void)state;
	takes("# comment\n[workload]\nsummary = A line.\nop = writev\nsource = file-cached\n"
	      "layout = extend overwrite, fresh\nblock_size = 16K\nsegment_size = 512\n"
	      "file_size = 3G\nsource_offset = 1024\ndirect = yes\nthreads = 256\nshared = no\n"
	      "cold_fraction = 0, 0.25 1\n", &w);
	assert_string_equal(w.name, "w");
	assert_string_equal(w.summary, "A line.");
	assert_int_equal(w.op, OP_WRITEV);
	assert_string_equal(w.source, "file-cached");
	assert_int_equal(w.n_layouts, 3);
	assert_int_equal(w.layouts[2], LAYOUT_FRESH);
	assert_int_equal(w.block_size, 16384);
	assert_int_equal(w.segment_size, 512);
	assert_int_equal(w.file_size, UINT64_C(3) << 30);
	assert_int_equal(w.source_offset, 1024);
	assert_true(w.direct);
	assert_int_equal(w.threads, 256);
	assert_false(w.shared);
	assert_int_equal(w.n_cold, 3);
	assert_true(w.cold[1] == 0.25);
}

static void test_defaults(void **state)
{
	static const struct { const char *source; double cold; } cold[] = {
		{ "zero", 0 }, { "resident", 0 }, { "anon-cold", 1 }, { "file-cached", 1 },
		{ "file-cold", 1 }, { "self", 1 }, { "huge", 0 }, { "mte", 0 },
	};
	struct workload w;
	char text[512];

	(void)state;
	takes(HEAD SIZES, &w);
	assert_int_equal(w.threads, 1);
	assert_false(w.direct);
	assert_false(w.shared);
	assert_int_equal(w.segment_size, 0);
	assert_int_equal(w.source_offset, 0);
	for (size_t i = 0; i < sizeof(cold) / sizeof(cold[0]); i++) {
		snprintf(text, sizeof(text), "[workload]\nsummary = s\nop = write\nsource = %s\n"
			 "layout = overwrite\n" SIZES, cold[i].source);
		takes(text, &w);
		assert_int_equal(w.n_cold, 1);
		assert_true(w.cold[0] == cold[i].cold);
	}
	takes(READ "destination = resident\n", &w);
	assert_int_equal(w.n_layouts, 1);
	assert_int_equal(w.layouts[0], LAYOUT_OVERWRITE);
}

static void test_forms(void **state)
{
	struct workload w;

	(void)state;
	/* Windows line ends, indentation, colons, inline comments, no newline at the end. */
	takes("[workload]\r\nsummary: s\r\n  op = write\r\n\tsource = zero ; as dd\r\n"
	      "layout=extend\r\nblock_size=4k\r\nfile_size = 1m", &w);
	assert_string_equal(w.source, "zero");
	assert_int_equal(w.block_size, 4096);
	assert_int_equal(w.file_size, 1 << 20);
	takes("\xef\xbb\xbf" HEAD SIZES, &w);
}

static void test_lines_and_keys(void **state)
{
	char text[1024], zeros[] = HEAD "x\0y\n";
	struct reason error;
	struct workload w;

	(void)state;
	refuses("", " no summary given");
	refuses("op = write\n", "1: 'op' comes before the section; begin with [workload]");
	refuses("[job]\nop = write\n", "1: the only section is [workload], not '[job]'");
	refuses(HEAD "\n[other]\n", "7: the only section is [workload]");
	refuses(HEAD "blocksize = 4K\n", "6: unknown key 'blocksize'; did you mean 'block_size'?");
	refuses(HEAD "colour = red\n", "6: unknown key 'colour'");
	refuses(HEAD "op = write\n", "6: op is already given in line 3");
	refuses(HEAD "block_size\n", "6: must be [workload], 'key = value' or a comment");
	refuses(HEAD "[workload\n", "6: the only section is [workload]");
	refuses(HEAD "block_size =\n", "6: block_size has no value");
	/* The first of two errors is told. */
	refuses(HEAD "junk\nblock_size = 0\n", "6: must be [workload]");
	refuses(HEAD "block_size = 0\njunk\n", "6: block_size must be from");
	memset(text, 'x', sizeof(text));
	snprintf(text, sizeof(text), HEAD "summary = %0300d\n", 7);
	refuses(text, "6: longer than 197 characters");
	assert_int_equal(read_bytes(zeros, sizeof(zeros) - 1, &w, &error), -EINVAL);
	assert_string_equal(error.text, "dir/w.ini:6: a zero byte; this is not a text file");
}

static void test_long_file(void **state)
{
	size_t len = 128 << 10;
	char *text = malloc(len);
	struct reason error;
	struct workload w;

	(void)state;
	assert_non_null(text);
	memset(text, '#', len);
	for (size_t i = 99; i < len; i += 100)
		text[i] = '\n';
	assert_int_equal(read_bytes(text, len, &w, &error), -EINVAL);
	assert_non_null(strstr(error.text, "longer than 65536 bytes"));
	free(text);
}

static void test_missing(void **state)
{
	(void)state;
	refuses("[workload]\nsummary = s\n", " no op given; add 'op = ...', write, pwrite, writev or read");
	refuses("[workload]\nsummary = s\nop = write\nlayout = extend\n" SIZES, " no source given");
	refuses(READ, " no destination given");
	refuses("[workload]\nsummary = s\nop = write\nsource = zero\n" SIZES, " no layout given");
	refuses(HEAD "file_size = 1M\n", " no block_size given");
	refuses(HEAD "block_size = 4K\n", " no file_size given");
}

static void test_words(void **state)
{
	(void)state;
	refuses("[workload]\nop = wirte\n",
		"2: op must be write, pwrite, writev or read, not 'wirte'; did you mean 'write'?");
	refuses("[workload]\nsource = annon-cold\n", "2: source must be zero, resident, anon-cold, "
		"file-cached, file-cold, self, huge or mte, not 'annon-cold'; did you mean "
		"'anon-cold'?");
	refuses("[workload]\ndestination = zero\n", "2: destination must be resident, anon-cold, ");
	refuses("[workload]\nlayout = extend append\n",
		"2: layout must be fresh, extend or overwrite, not 'append'");
	refuses("[workload]\nlayout = extend extend\n", "2: layout names extend twice");
	refuses("[workload]\nlayout = ,\n", "2: layout names none");
	refuses("[workload]\ndirect = true\n", "2: direct must be no or yes, not 'true'");
	refuses("[workload]\nsummary =; s\n", "2: summary begins with ';'");
	refuses("[workload]\nsummary = \x1b[31mred\n", "2: summary has a byte that is not printable");
	refuses("[workload]\nsummary = "
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaa\n", "2: summary is longer than 99 characters");
}

static void test_numbers(void **state)
{
	static const char *const not_sizes[] = {
		"-4K", "+4K", "4KB", "4 K", "0x1000", "4.5K", "K", "1T", "1e6", "nan",
	};
	static const char *const out_of_range[] = {
		"0", "0K", "9223372036854775808", "18446744073709551615", "18446744073709551616",
		"99999999999999999999999999G", "2G", "8589934592G",
		"17179869185G" /* 2^64 + 1G */,
	};
	char text[512], want[256];

	(void)state;
	for (size_t i = 0; i < sizeof(not_sizes) / sizeof(not_sizes[0]); i++) {
		snprintf(text, sizeof(text), HEAD "block_size = %s\n", not_sizes[i]);
		snprintf(want, sizeof(want), "6: block_size must be bytes, or a number followed by K, M or G, "
			 "not '%s'", not_sizes[i]);
		refuses(text, want);
	}
	for (size_t i = 0; i < sizeof(out_of_range) / sizeof(out_of_range[0]); i++) {
		snprintf(text, sizeof(text), HEAD "block_size = %s\n", out_of_range[i]);
		snprintf(want, sizeof(want), "6: block_size must be from 1 to 1G bytes, not '%s'",
			 out_of_range[i]);
		refuses(text, want);
	}
	refuses(HEAD "file_size = 17592186044417\n", "6: file_size must be from 1 to 16384G bytes");
	refuses(HEAD "source_offset = 64K\n", "6: source_offset must be from 0 to 65535 bytes");
	refuses(HEAD "threads = 0\n", "6: threads must be a number from 1 to 256, not '0'");
	refuses(HEAD "threads = 257\n", "6: threads must be a number from 1 to 256");
	refuses(HEAD "threads = 1K\n", "6: threads must be a number from 1 to 256");
	refuses(HEAD "threads = -1\n", "6: threads must be a number from 1 to 256");
}

static void test_cold(void **state)
{
	static const char *const bad[] = {
		"1.1", "-0.1", "2", "nan", "inf", "1e-3", "0x1p-2", "50%", "0.1.2", ".", "0.0000001",
	};
	char text[1024], want[128];
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), HEAD "cold_fraction = 0 %s\n", bad[i]);
		snprintf(want, sizeof(want), "6: cold_fraction must be one or more numbers from 0 to 1 with at most 6 "
			 "decimals, not '%s'", bad[i]);
		refuses(text, want);
	}
	refuses(HEAD "cold_fraction = 0.5 0.50\n", "6: cold_fraction has 0.50 twice");
	n = (size_t)snprintf(text, sizeof(text), HEAD "cold_fraction =");
	for (int i = 0; i <= JOB_COLD_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, " .%02d", i);
	snprintf(text + n, sizeof(text) - n, "\n");
	refuses(text, "6: cold_fraction has more than 32 numbers");
	refuses(HEAD SIZES "cold_fraction = 0 0.1\n", "8: resident has no cold pages; anon-cold,");
	refuses("[workload]\nsummary = s\nop = write\nsource = zero\nlayout = fresh\n" SIZES
		"cold_fraction = 1\n", "8: zero has no cold pages");
}

static void test_combinations(void **state)
{
	struct workload w;

	(void)state;
	refuses(HEAD "source_offset = 0\nblock_size = 2M\nfile_size = 1M\n",
		"8: file_size is smaller than block_size");
	refuses(HEAD SIZES "segment_size = 64\n", "8: segment_size is for op = writev, not write");
	refuses("[workload]\nsummary = s\nop = writev\nsource = resident\nlayout = extend\n" SIZES,
		"3: op = writev needs a segment_size");
	refuses("[workload]\nsummary = s\nop = writev\nsource = zero\nlayout = extend\nsegment_size = 512\n" SIZES,
		"4: source = zero is one block that read() fills");
#define WRITEV "[workload]\nsummary = s\nop = writev\nsource = resident\nlayout = extend\n" SIZES
	refuses(WRITEV "segment_size = 8K\n", "8: segment_size is more than block_size");
	refuses(WRITEV "segment_size = 3\n", "8: a block has 1366 segments, and writev() takes 1024");
	takes(WRITEV "segment_size = 4\n", &w);
	refuses(HEAD "block_size = 512\nfile_size = 1M\ndirect = yes\n",
		"6: direct = yes needs a block_size that is a multiple of 4096");
	refuses(HEAD SIZES "direct = yes\nsource_offset = 100\n",
		"9: direct = yes needs a source_offset that is a multiple of 512");
	refuses(WRITEV "segment_size = 100\ndirect = yes\n",
		"8: direct = yes needs a segment_size that is a multiple of 512");
	refuses(HEAD SIZES "shared = yes\n", "5: shared = yes gives each thread a part of an existing file");
	refuses("[workload]\nsummary = s\nop = write\nsource = resident\nlayout = overwrite\n" SIZES
		"shared = yes\n", "8: shared = yes needs threads = 2 or more");
	refuses("[workload]\nsummary = s\nop = write\nsource = resident\nlayout = overwrite\n"
		"block_size = 1M\nfile_size = 3M\nthreads = 4\nshared = yes\n",
		"7: file_size is smaller than block_size * threads");
	refuses("[workload]\nsummary = s\nop = write\nsource = self\nlayout = overwrite extend\n"
		SIZES, "5: source = self maps the file");
	refuses("[workload]\nsummary = s\nop = write\nsource = self\nlayout = overwrite\n" SIZES
		"source_offset = 1\n", "8: source = self is a mapping of the file");
	refuses(READ "source = resident\n", "6: op = read needs the key destination, not source");
	refuses(HEAD SIZES "destination = resident\n", "8: op = write needs the key source, not destination");
	refuses(READ "destination = resident\nlayout = extend\n", "7: op = read reads an existing file");
}

static void test_name(void **state)
{
	static const char *const bad[] = { "a b.ini", "@.ini", "dir/", "", "a\n.ini",
		"0123456789012345678901234567890123456789012345678.ini" };
	struct workload w;
	struct reason error;
	FILE *in = fopen("/dev/null", "re");

	(void)state;
	assert_non_null(in);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(workload_read(in, bad[i], &w, &error), -EINVAL);
		assert_non_null(strstr(error.text, "a workload's file name must be"));
	}
	fclose(in);
}

static void test_jobs(void **state)
{
	struct workload w;
	struct job job;

	(void)state;
	takes("[workload]\nsummary = s\nop = pwrite\nsource = anon-cold\nlayout = extend overwrite\n"
	      SIZES "cold_fraction = 0 0.015 1\nsource_offset = 9\nthreads = 3\n", &w);
	assert_int_equal(workload_jobs(&w), 6);
	job_init(&job);
	workload_job(&w, 1, &job);
	assert_string_equal(job.workload, "w@0.015");
	assert_int_equal(job.layout, LAYOUT_EXTEND);
	assert_true(job.cold_fraction == 0.015);
	workload_job(&w, 5, &job);
	assert_string_equal(job.workload, "w@1");
	assert_int_equal(job.layout, LAYOUT_OVERWRITE);
	assert_int_equal(job.op, OP_PWRITE);
	assert_string_equal(job.source, "anon-cold");
	assert_int_equal(job.block_size, 4096);
	assert_int_equal(job.file_size, 1 << 20);
	assert_int_equal(job.source_offset, 9);
	assert_int_equal(job.threads, 3);
	takes("[workload]\nsummary = s\nop = write\nsource = anon-cold\nlayout = extend\n"
	      SIZES "cold_fraction = 1.000000 0.00005\n", &w);
	workload_job(&w, 0, &job);
	assert_string_equal(job.workload, "w@1");
	workload_job(&w, 1, &job);
	assert_string_equal(job.workload, "w@0.00005");
	/* One fraction: the name alone. What is not the workload's stays as it was. */
	takes(HEAD SIZES, &w);
	job.seed = 77;
	workload_job(&w, 0, &job);
	assert_string_equal(job.workload, "w");
	assert_int_equal(job.seed, 77);
}

static void test_written_reads_the_same(void **state)
{
	struct workload w, again;
	char text[2048] = "";
	struct reason error;
	FILE *out;

	(void)state;
	takes("[workload]\nsummary = s\nop = writev\nsource = huge\nlayout = fresh overwrite\n"
	      "block_size = 12345\nsegment_size = 1K\nfile_size = 5G\nsource_offset = 7\n"
	      "threads = 2\ncold_fraction = 0 0.000001 0.00005 0.333333 1.000000\n", &w);
	out = fmemopen(text, sizeof(text), "w");
	assert_non_null(out);
	workload_write(out, &w);
	fclose(out);
	assert_int_equal(read_bytes(text, strlen(text), &again, &error), 0);
	assert_memory_equal(&w, &again, sizeof(w));
}

static void test_load(void **state)
{
	char dir[] = "/tmp/faultbench-test.XXXXXX", path[128];
	struct reason error;
	struct workload w;
	FILE *out;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/my-own.ini", dir);
	assert_int_equal(workload_load(path, &w, &error), -ENOENT);
	assert_non_null(strstr(error.text, "No such file"));
	out = fopen(path, "we");
	assert_non_null(out);
	fputs(HEAD SIZES, out);
	fclose(out);
	assert_int_equal(workload_load(path, &w, &error), 0);
	assert_string_equal(w.name, "my-own");
	unlink(path);
	/* A directory is no file. */
	assert_int_equal(workload_load("/tmp/", &w, &error), -EINVAL);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_key),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_lines_and_keys),
		cmocka_unit_test(test_long_file),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_cold),
		cmocka_unit_test(test_combinations),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_jobs),
		cmocka_unit_test(test_written_reads_the_same),
		cmocka_unit_test(test_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
