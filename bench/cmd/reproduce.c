// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultbench reproduce: the published measurement on this machine, and the
 * published table beside it. analysis/reproduce_table.c has table and rule.
 */
#include <stdio.h>

#include "analysis/reproduce_table.h"
#include "base/say.h"
#include "cmd/command.h"
#include "cmd/measuring.h"
#include "disk/memory.h"

/* Halve the files until page cache and device fit into half of the available memory. */
static int shrink(const struct measuring *m, struct plan *plan)
{
	uint64_t room = memory_available() / 2;

	(void)m;
	for (unsigned i = 0; i < plan->n; i++) {
		const struct target *target = plan->items[i].target;
		struct job *job = &plan->items[i].job;
		const uint64_t was = job->file_size;

		while (memory_needed(job, target, plan->device.size) > room && job->file_size > 8 * job->block_size)
			job->file_size /= 2;
		if (job->file_size == was)
			continue;
		job->file_asked = was;
		if (i < plan->jobs)
			say("memory is short: files of %llu MiB instead of %llu on %s",
			    (unsigned long long)(job->file_size >> 20), (unsigned long long)(was >> 20), job->target);
	}
	return STATUS_OK;
}

static int judge(const struct results *results, const struct outcome *outcome)
{
	return reproduce_print(stdout, results) < 0 ? say_bad("not enough memory") : plan_status(outcome);
}

static const struct measurement measurement = {
	.syntax = {
		.tables = { measuring_budget, measuring_where, measuring_cpu, measuring_seed, measuring_output },
		.defaults = { { "target", "ext4,btrfs" }, { "budget", "150s" } },
		.doc = "Measure the published case (512 MB in blocks of 1 MB from /dev/zero, a read every 16 "
		       "bytes against a read a page) and print the published table beside it.\v"
		       "Exit status: 0 when every row was measured, 3 some, 4 none.",
	},
	.request = {
		.workloads = REPRODUCE_WORKLOAD, .strategies = REPRODUCE_BASELINE "," REPRODUCE_STRATEGY,
		.baseline = REPRODUCE_BASELINE,
	},
	.prepare = shrink,
	.judge = judge,
};

static int reproduce_main(int argc, char **argv)
{
	return measuring_main(&measurement, argc, argv);
}

const struct command cmd_reproduce = { "reproduce", "measure the published case, and compare", reproduce_main };
