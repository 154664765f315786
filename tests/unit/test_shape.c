// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How a guest fits a job: with cold pages, a slot has whole pages of the guest's
 * size, and the asked share of them is cold.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vm/vm.h"

static struct job shaped(uint64_t page_size, uint64_t block_size, double cold)
{
	struct vm vm = { .page_size = page_size };
	struct place place = { .page_size = page_size, .own = &vm };
	struct job job;

	job_init(&job);
	job.block_size = block_size;
	job.file_size = UINT64_C(1) << 40;
	job.cold_fraction = cold;
	job.n_arms = 1;
	strcpy(job.arms[0], "native");
	strcpy(job.baseline, "native");
	strcpy(job.device, "none");
	place_vm_x86_64.shape(&place, &job);
	return job;
}

static void test_whole_pages(void **state)
{
	static const uint64_t page_sizes[] = { 4096, 16384, 65536 }, block_sizes[] = { 1, 512, 3000, 4096, 16384, 65536 };
	static const double shares[] = { 0.005, 0.02, 0.5, 1 };

	(void)state;
	for (size_t p = 0; p < 3; p++)
		for (size_t b = 0; b < 6; b++)
			for (size_t s = 0; s < 4; s++) {
				struct job job = shaped(page_sizes[p], block_sizes[b], shares[s]);
				uint64_t bytes = job.slot_calls * job.block_size;
				double cold = (double)(bytes / page_sizes[p]) * shares[s];

				assert_int_equal(bytes % page_sizes[p], 0);
				assert_true(cold >= 1 && fabs(cold - round(cold)) < 1e-6);
				assert_true(job.file_size >= bytes);
			}
}

/* Where no page is cold, or a block is one page, a slot is one write. */
static void test_one_write(void **state)
{
	(void)state;
	assert_int_equal(shaped(16384, 512, 0).slot_calls, 1);
	assert_int_equal(shaped(4096, 4096, 1).slot_calls, 1);
	assert_int_equal(shaped(16384, 4096, 1).slot_calls, 4);
	assert_int_equal(shaped(4096, 512, 0.5).slot_calls, 200 * 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_pages),
		cmocka_unit_test(test_one_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
