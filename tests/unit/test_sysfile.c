// SPDX-License-Identifier: GPL-2.0-or-later
/* Files as /proc and /sys have them: a value, none, and unreadable are three answers. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/sysfile.h"

static char dir[] = "/tmp/faultbench-sysfile-XXXXXX";
static char path[sizeof(dir) + 8];

/* @path becomes a file with @text. */
static void fill(const char *text)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	fputs(text, out);
	assert_int_equal(fclose(out), 0);
}

static void check_line(const char *text, int err, const char *want)
{
	char line[16] = "untouched";

	fill(text);
	assert_int_equal(sysfile_line(path, line, sizeof(line)), err);
	assert_string_equal(line, err ? "untouched" : want);
}

static void test_line(void **state)
{
	(void)state;
	check_line("madvise\n", 0, "madvise");
	check_line("no newline", 0, "no newline");
	check_line("first\nsecond\n", 0, "first");
	check_line("\n", 0, "");
	check_line("", -ENODATA, NULL);
	/* Nothing of a line is left out, not even what a key would be cut off by. */
	check_line("  : x", 0, "  : x");
	check_line("fifteen letters", 0, "fifteen letters");
	check_line("sixteen letters.", -EOVERFLOW, NULL);
}

static void check_number(const char *text, int err, uint64_t want)
{
	uint64_t n = 7;

	fill(text);
	assert_int_equal(sysfile_number(path, &n), err);
	assert_int_equal(n, err ? 7 : want);
}

static void test_number(void **state)
{
	(void)state;
	check_number("0\n", 0, 0);
	check_number("4096", 0, 4096);
	check_number(" 12 34\n", 0, 12);
	check_number("18446744073709551614\n", 0, UINT64_MAX - 1);
	check_number("max\n", 0, UINT64_MAX);
	check_number("max 100000\n", 0, UINT64_MAX);
	check_number("maximal\n", -EINVAL, 0);
	check_number("none\n", -EINVAL, 0);
	check_number("\n", -EINVAL, 0);
	check_number("", -ENODATA, 0);
	check_number("-1\n", -ERANGE, 0);
	check_number(" -1\n", -ERANGE, 0);
	check_number("18446744073709551616\n", -ERANGE, 0);
}

static void check_value(const char *key, int base, int err, uint64_t want)
{
	uint64_t n = 7;

	assert_int_equal(sysfile_value(path, key, base, &n), err);
	assert_int_equal(n, err ? 7 : want);
}

static void test_value(void **state)
{
	(void)state;
	fill("cpu0 1 2\ncpu 3 4\ncpu 5 6\nMemFree:  123 kB\nCapEff:\t0000001f\nnone\nlimit max\nlast -3");
	check_value("cpu", 10, 0, 3);
	check_value("cpu0", 10, 0, 1);
	check_value("MemFree", 10, 0, 123);
	check_value("Mem", 10, -ENOENT, 0);
	check_value("CapEff", 16, 0, 0x1f);
	check_value("CapEff", 10, 0, 1);
	check_value("limit", 10, 0, UINT64_MAX);
	check_value("none", 10, -EINVAL, 0);
	check_value("last", 10, -ERANGE, 0);
	check_value("absent", 10, -ENOENT, 0);
	check_value("cpu0 1 2 3", 10, -ENOENT, 0);
	fill("");
	check_value("cpu", 10, -ENODATA, 0);
}

static void test_text(void **state)
{
	char text[16] = "untouched";

	(void)state;
	fill("0::/box/inner\nCPU part\t: 0xd08\nempty:\nlong: fifteen letters.");
	assert_int_equal(sysfile_text(path, "0", text, sizeof(text)), 0);
	assert_string_equal(text, "/box/inner");
	assert_int_equal(sysfile_text(path, "CPU part", text, sizeof(text)), 0);
	assert_string_equal(text, "0xd08");
	assert_int_equal(sysfile_text(path, "long", text, sizeof(text)), -EOVERFLOW);
	assert_string_equal(text, "0xd08");
	assert_int_equal(sysfile_text(path, "empty", text, sizeof(text)), 0);
	assert_string_equal(text, "");
}

/* As the flags of a CPU are. */
static void test_huge_line(void **state)
{
	enum { SIZE = 1 << 20 };
	char *text = malloc(SIZE), *back = malloc(SIZE);

	(void)state;
	assert_non_null(text);
	assert_non_null(back);
	memset(text, 'x', SIZE - 1);
	memcpy(text, "flags: ", 7);
	memcpy(text + SIZE - 1 - 8, "\nn: 42\n", 8);
	fill(text);
	check_value("n", 10, 0, 42);
	assert_int_equal(sysfile_text(path, "flags", back, SIZE), 0);
	assert_int_equal(strlen(back), SIZE - 1 - 8 - 7);
	assert_int_equal(sysfile_text(path, "flags", back, 100), -EOVERFLOW);
	/* A number is not hidden by what follows it. */
	memcpy(text, "12     ", 7);
	fill(text);
	check_value("", 10, 0, 12);
	free(text);
	free(back);
}

static void test_unreadable(void **state)
{
	struct reason why;
	uint64_t n = 7;
	char line[16];

	(void)state;
	unlink(path);
	assert_int_equal(sysfile_number(path, &n), -ENOENT);
	assert_int_equal(sysfile_line(dir, line, sizeof(line)), -EISDIR);
	assert_int_equal(sysfile_value(dir, "key", 10, &n), -EISDIR);
	assert_int_equal(sysfile_set(path, "1"), -ENOENT);
	assert_int_equal(n, 7);
	assert_string_equal(sysfile_why(&why, "/nowhere/x", -EACCES), "/nowhere/x: Permission denied");
	assert_string_equal(sysfile_why(&why, "/nowhere/x", -ENODATA), "/nowhere/x is empty");
	assert_string_equal(sysfile_why(&why, "/nowhere/x", -EINVAL), "/nowhere/x has no number");
	assert_string_equal(sysfile_why(&why, "/nowhere/x", -EOVERFLOW), "/nowhere/x is too long");
	if (access("/proc/self", F_OK)) {
		assert_int_equal(sysfile_number("/proc/uptime", &n), -ENODEV);
		assert_int_equal(sysfile_set("/proc/uptime", "1"), -ENODEV);
		assert_string_equal(sysfile_why(&why, "/proc/uptime", -ENODEV), "/proc is not mounted");
	} else {
		assert_int_equal(sysfile_number("/proc/none", &n), -ENOENT);
		assert_string_equal(sysfile_why(&why, "/proc/none", -EIO), "/proc/none: Input/output error");
	}
	/* What only begins like it is elsewhere. */
	assert_int_equal(sysfile_missing("/process/none"), -ENOENT);
}

static void test_set(void **state)
{
	char line[16];

	(void)state;
	fill("");
	assert_int_equal(sysfile_set(path, "madvise"), 0);
	assert_int_equal(sysfile_line(path, line, sizeof(line)), 0);
	assert_string_equal(line, "madvise");
	assert_int_equal(sysfile_set("/dev/full", "1"), -ENOSPC);
}

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/file", dir);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_value),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_huge_line),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_set),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
