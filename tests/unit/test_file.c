// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The pattern that data are verified by: whether a wrong byte is found wherever it is.
 * And how a file is opened and filled.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/sysfile.h"
#include "measure/measure.h"

enum { SIZE = 3 * 4096 + 100 };

static char buf[SIZE + 8] __attribute__((aligned(8)));

static const uint64_t places[] = { 0, 1, 7, 8, 4095, 1 << 20, (UINT64_C(1) << 40) + 3 };

enum { N_PLACES = sizeof(places) / sizeof(places[0]) };

/* At every place of the file and of memory; the way it was filled makes no difference. */
static void test_right(void **state)
{
	(void)state;
	for (int i = 0; i < N_PLACES; i++)
		for (size_t skew = 0; skew < 8; skew++) {
			size_t cut = 4093;

			pattern_fill(buf + skew, SIZE, places[i]);
			assert_int_equal(pattern_check(buf + skew, SIZE, places[i]), -1);
			assert_int_equal(pattern_check(buf + skew + cut, SIZE - cut, places[i] + cut), -1);
			memset(buf, 0, sizeof(buf));
			pattern_fill(buf + skew, cut, places[i]);
			pattern_fill(buf + skew + cut, SIZE - cut, places[i] + cut);
			assert_int_equal(pattern_check(buf + skew, SIZE, places[i]), -1);
		}
}

static void test_one_bit(void **state)
{
	(void)state;
	for (int i = 0; i < N_PLACES; i++) {
		pattern_fill(buf, SIZE, places[i]);
		for (size_t at = 0; at < SIZE; at++) {
			buf[at] ^= 1 << (at % 8);
			assert_int_equal(pattern_check(buf, SIZE, places[i]), at);
			buf[at] ^= 1 << (at % 8);
		}
		assert_int_equal(pattern_check(buf, SIZE, places[i]), -1);
	}
}

/* The first of several, and nothing behind what was asked for. */
static void test_first(void **state)
{
	(void)state;
	pattern_fill(buf, SIZE, 0);
	buf[5000] ^= 1;
	buf[9000] ^= 1;
	assert_int_equal(pattern_check(buf, SIZE, 0), 5000);
	assert_int_equal(pattern_check(buf, 5000, 0), -1);
	assert_int_equal(pattern_check(buf + 5001, SIZE - 5001, 5001), 9000 - 5001);
	assert_int_equal(pattern_check(buf, 0, 0), -1);
}

/* Within eight bytes, where two patterns agree in so many with probability 2^-64. */
static void is_wrong(uint64_t place)
{
	int64_t at = pattern_check(buf, SIZE, place);

	assert_in_range(at, 0, 7);
}

/* Data of another place: by bytes, words, pages, and what an older write left. */
static void test_elsewhere(void **state)
{
	static const uint64_t shifts[] = { 1, 2, 7, 8, 512, 4096, 8192, 1 << 16, 1 << 20 };

	(void)state;
	for (int i = 0; i < N_PLACES; i++)
		for (size_t s = 0; s < sizeof(shifts) / sizeof(shifts[0]); s++) {
			pattern_fill(buf, SIZE, places[i] + shifts[s]);
			is_wrong(places[i]);
		}
	/* A page that came twice: right up to its end. */
	pattern_fill(buf, SIZE, 0);
	memcpy(buf + 4096, buf, 4096);
	assert_in_range(pattern_check(buf, SIZE, 0), 4096, 4096 + 7);
}

static void test_zeros(void **state)
{
	(void)state;
	for (int i = 0; i < N_PLACES; i++) {
		memset(buf, 0, SIZE);
		is_wrong(places[i]);
		memset(buf, 0xff, SIZE);
		is_wrong(places[i]);
	}
	/* A page of zeros in the middle, as a cold page that was never copied. */
	pattern_fill(buf, SIZE, 0);
	memset(buf + 8192, 0, 4096);
	assert_in_range(pattern_check(buf, SIZE, 0), 8192, 8192 + 7);
}

/* Writes of the size that was asked for, which decides the size of folios. */
static void test_fill(void **state)
{
	static const struct { uint64_t size, chunk, calls; } fills[] = {
		{ 16384, 4096, 4 }, { 16384, 1024, 16 }, { 16384, 1 << 20, 1 }, { 10000, 4096, 3 }, { 100, 100, 1 },
	};
	FILE *file = tmpfile();
	int fd = file ? fileno(file) : -1;
	uint64_t before, after;

	(void)state;
	assert_true(fd >= 0);
	if (sysfile_value("/proc/self/io", "syscw", 10, &before))
		skip();
	for (size_t i = 0; i < sizeof(fills) / sizeof(fills[0]); i++) {
		assert_int_equal(sysfile_value("/proc/self/io", "syscw", 10, &before), 0);
		assert_int_equal(file_fill(fd, 0, fills[i].size, 7, fills[i].chunk), 0);
		assert_int_equal(sysfile_value("/proc/self/io", "syscw", 10, &after), 0);
		assert_int_equal(after - before, fills[i].calls);
		assert_int_equal(pread(fd, buf, SIZE, 0), SIZE);
		assert_int_equal(pattern_check(buf, fills[i].size < SIZE ? fills[i].size : SIZE, 7), -1);
	}
	fclose(file);
}

static void test_flags(void **state)
{
	(void)state;
	assert_int_equal(file_flags(&(struct job){ .threads = 1 }), 0);
	assert_int_equal(file_flags(&(struct job){ .direct = true }), O_DIRECT);
	assert_int_equal(file_flags(&(struct job){ .direct = true, .dsync = true }), O_DIRECT | O_DSYNC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_one_bit),
		cmocka_unit_test(test_first),
		cmocka_unit_test(test_elsewhere),
		cmocka_unit_test(test_zeros),
		cmocka_unit_test(test_fill),
		cmocka_unit_test(test_flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
