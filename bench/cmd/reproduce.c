// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultbench reproduce: the published measurement on this machine, and the
 * published table beside it. analysis/reproduce_table.c has table and rule.
 */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "analysis/reproduce_table.h"
#include "base/options.h"
#include "base/say.h"
#include "cmd/command.h"
#include "cmd/measuring.h"
#include "disk/memory.h"

enum { KEY_BUDGET = 256 };

static const struct argp_option options[] = {
	{ "budget", KEY_BUDGET, "TIME", 0, "wall clock for everything, as in 120s", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct measuring *m = state->input;

	switch (key) {
	case KEY_BUDGET:
		m->request.budget_ns = option_duration(state, "--budget", arg);
		break;
	case ARGP_KEY_INIT:
		measuring_init(state);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_child children[] = { { &measuring_argp, 0, NULL, 0 }, { 0 } };

static const struct argp argp = {
	options, parse, NULL,
	"Measure the published case (512 MB in blocks of 1 MB from /dev/zero, a read every 16 bytes "
	"against a read a page) and print the published table beside it.\v"
	"Defaults: -t ext4,btrfs, as published; --budget 150s. Exit status: 0 when every "
	"row was measured, 3 some, 4 none.", children, NULL, NULL,
};

/* Halve the files until page cache and device fit into half of what is free. */
static void shrink(struct plan *plan)
{
	uint64_t room = memory_available() / 2;

	for (unsigned i = 0; i < plan->n; i++) {
		const struct target *target = plan->items[i].target;
		struct job *job = &plan->items[i].job;
		const uint64_t was = job->file_size;

		while (memory_needed(job, target, plan->device_size) > room && job->file_size > 8 * job->block_size)
			job->file_size /= 2;
		if (job->file_size == was)
			continue;
		job->file_asked = was;
		if (i < plan->jobs)
			say("memory is short: files of %llu MiB instead of %llu on %s",
			    (unsigned long long)(job->file_size >> 20), (unsigned long long)(was >> 20), job->target);
	}
}

static int print(int fd, off_t mark)
{
	struct results results;
	int status = STATUS_NONE;

	results_init(&results);
	if (!plan_load(fd, mark, &results) && reproduce_print(stdout, &results) >= 0)
		status = STATUS_OK;
	results_free(&results);
	return status;
}

int cmd_reproduce(int argc, char **argv)
{
	struct measuring a = {
		.request = {
			.workloads = REPRODUCE_WORKLOAD, .targets = "ext4,btrfs",
			.strategies = REPRODUCE_BASELINE "," REPRODUCE_STRATEGY,
			.baseline = REPRODUCE_BASELINE, .seed = plan_seed(),
			/* A third of the width of the published band. */
			.planned_se = 0.001, .budget_ns = UINT64_C(150000000000),
		},
	};
	char *command = plan_command(argc, argv);
	const struct place *place;
	struct outcome outcome;
	struct plan plan;
	off_t mark;
	int fd = -1, status;

	option_parse(&argp, argc, argv, &a);
	status = plan_make(&a.request, &plan, &place);
	if (status)
		goto out;
	if (a.dry_run) {
		plan_print(&plan, place);
		goto out;
	}
	status = STATUS_BAD_INPUT;
	fd = a.output ? plan_open_output(a.output) : plan_open_scratch();
	mark = fd < 0 ? -1 : plan_mark(fd);
	if (mark < 0)
		goto out;
	shrink(&plan);
	if (plan_run(&plan, place, &a.request, command, fd, &outcome))
		goto out;
	status = print(fd, mark);
	if (!status)
		status = plan_status(&outcome);
out:
	if (fd >= 0)
		close(fd);
	plan_free(&plan);
	free(command);
	return status;
}
