// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether a warm-up has ended is told from noise, of slots and of a machine that varies slowly. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "measure/tables.h"
#include "numbers.h"

enum { SLOTS = 400 };

/* A window at @level, where slots have an sd of @noise, and eighths of it one of @slow. */
static struct window_level window(double level, double noise, double slow)
{
	uint64_t slots[SLOTS];
	double shift = 0;

	for (size_t i = 0; i < SLOTS; i++) {
		if (i % (SLOTS / 8) == 0)
			shift = slow * normal();
		slots[i] = (uint64_t)(200e3 * exp(level + shift + noise * normal()));
	}
	return window_level(slots, SLOTS);
}

/* How many of 1000 pairs of windows agree that differ by @level. */
static unsigned agree(double level, double noise, double slow)
{
	unsigned n = 0;

	for (int i = 0; i < 1000; i++)
		n += window_agrees(window(0, noise, slow), window(level, noise, slow));
	return n;
}

static void test_windows(void **unused)
{
	(void)unused;
	/* Chance alone: the medians of such windows differ by more than 1 % in every third pair. */
	assert_in_range(agree(0, 0.05, 0.02), 970, 1000);
	assert_in_range(agree(0, 0.3, 0), 970, 1000);
	assert_int_equal(agree(0, 0.02, 0), 1000);
	/* A machine that is still getting faster. */
	assert_in_range(agree(-0.03, 0.02, 0), 0, 2);
	assert_in_range(agree(0.2, 0.05, 0.02), 0, 2);
}

/* Of slots that take a second a window has two. */
static void test_few(void **unused)
{
	uint64_t a[] = { 1000, 1010 }, b[] = { 1012, 1015 }, c[] = { 1100, 1110 };

	(void)unused;
	assert_true(window_agrees(window_level(a, 2), window_level(b, 2)));
	assert_false(window_agrees(window_level(a, 2), window_level(c, 2)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
