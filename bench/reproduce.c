// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultbench reproduce: the published measurement on this machine, and the
 * published table beside it. analysis/reproduce_table.c has table and rule.
 */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../analysis/reproduce_table.h"
#include "command.h"
#include "options.h"
#include "plan.h"
#include "say.h"

enum { KEY_DEVICE = 256, KEY_BUDGET, KEY_SEED, KEY_DRY_RUN };

static const struct argp_option options[] = {
	{ "target", 't', "LIST", 0, "file systems (default: ext4,btrfs, as published)", 0 },
	{ "device", KEY_DEVICE, "KIND", 0, "loop (default), brd, zram or a path", 0 },
	{ "budget", KEY_BUDGET, "TIME", 0, "wall clock for everything (default: 150s)", 0 },
	{ "seed", KEY_SEED, "N", 0, "of the order of slots", 0 },
	{ "output", 'o', "FILE", 0, "keep the results in this file", 0 },
	{ "dry-run", KEY_DRY_RUN, NULL, 0, "print the jobs and touch nothing", 0 },
	{ 0 },
};

struct arguments {
	struct request request;
	const char *output;
	bool dry_run;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 't':
		a->request.targets = arg;
		break;
	case 'o':
		a->output = arg;
		break;
	case KEY_DEVICE:
		a->request.device = arg;
		break;
	case KEY_BUDGET:
		a->request.budget_ns = option_duration(state, "--budget", arg);
		break;
	case KEY_SEED:
		a->request.seed = option_whole(state, "--seed", arg, 0, OPTION_WHOLE_MAX);
		break;
	case KEY_DRY_RUN:
		a->dry_run = true;
		break;
	case ARGP_KEY_ARG:
		option_stray(state, arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	options, parse, NULL,
	"Measure the published case (512 MB in blocks of 1 MB from /dev/zero, a read every 16 bytes "
	"against a read a page) and print the published table beside it.\v"
	"Exit status: 0 when every row was measured, 3 some, 4 none.", NULL, NULL, NULL,
};

/* Halve the files until page cache and device fit into half of what is free. */
static void shrink(struct plan *plan)
{
	uint64_t room = place_memory_available() / 2, was = 0, now = 0;

	for (unsigned i = 0; i < plan->n; i++) {
		struct job *job = &plan->items[i].job;

		was = job->file_size;
		while (2 * place_file_bytes(job) > room && job->file_size > 8 * job->block_size)
			job->file_size /= 2;
		now = job->file_size;
	}
	if (now != was)
		say("memory is short: files of %llu MiB instead of %llu", (unsigned long long)(now >> 20),
		    (unsigned long long)(was >> 20));
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
	struct arguments a = {
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

	argp_parse(&argp, argc, argv, 0, NULL, &a);
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
