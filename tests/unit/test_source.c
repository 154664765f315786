// SPDX-License-Identifier: GPL-2.0-or-later
/* Which pages of a source are cold before a slot: the share asked for, evenly spread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "measure/measure.h"

enum { PAGES = 1000 };

/* A source of PAGES pages, each in the page table. */
static void open_source(struct source *s, struct job *job, const char *name, double share)
{
	const struct source_ops *ops = source_find(name);

	assert_non_null(ops);
	job_init(job);
	job->cold_fraction = share;
	*s = (struct source){ .ops = ops, .job = job, .fd = -1,
			      .size = PAGES * (size_t)sysconf(_SC_PAGESIZE) };
	assert_int_equal(source_open(s), 0);
}

/* Of the first i pages int(i * share) are cold, for every i: no stretch has more or less. */
static void check_spread(const struct source *s, double share)
{
	unsigned char there[PAGES];
	unsigned cold = 0;

	assert_int_equal(mincore(s->map, s->size, there), 0);
	for (unsigned i = 0; i < PAGES; i++) {
		cold += !(there[i] & 1);
		if (cold != (unsigned)((i + 1) * share))
			print_message("share %g: %u of %u pages are cold\n", share, cold, i + 1);
		assert_int_equal(cold, (unsigned)((i + 1) * share));
	}
}

static void test_spread(void **state)
{
	static const double shares[] = { 0, 0.005, 0.01, 0.07, 0.125, 1.0 / 3, 0.5, 0.75, 0.999, 1 };

	(void)state;
	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		struct source s;
		struct job job;

		open_source(&s, &job, "anon-cold", shares[i]);
		check_spread(&s, 0);
		/* Twice: what is cold stays cold, the others stay resident. */
		for (int slot = 0; slot < 2; slot++) {
			assert_int_equal(s.ops->make_cold(&s, 0, s.size), 0);
			check_spread(&s, shares[i]);
		}
		source_close(&s);
	}
}

/* Half a slot leaves the rest alone. */
static void test_short_slot(void **state)
{
	unsigned char there[PAGES];
	struct source s;
	struct job job;

	(void)state;
	open_source(&s, &job, "anon-cold", 1);
	assert_int_equal(s.ops->make_cold(&s, 0, s.size / 2), 0);
	assert_int_equal(mincore(s.map, s.size, there), 0);
	for (unsigned i = 0; i < PAGES; i++)
		assert_int_equal(there[i] & 1, i >= PAGES / 2);
	source_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spread),
		cmocka_unit_test(test_short_slot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
