// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultbench calibrate: the harness against itself. Many runs of native
 * against native, each with its own measuring process, file system, seed and
 * warm-up, and what they say about false alarms and bias.
 */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/aa.h"
#include "base/options.h"
#include "base/say.h"
#include "cmd/command.h"
#include "cmd/measuring.h"

enum { KEY_RUNS = 256, KEY_ROUNDS, KEY_REPETITIONS };

enum { RUNS_MIN = 100 };	/* for a verdict: 1 % of fewer is less than one */

static const struct argp_option options[] = {
	{ "workload", 'w', "NAME", 0, "what is written (default: seq-4k, extending)", 0 },
	{ "runs", KEY_RUNS, "N", 0, "A/A runs (default: 300)", 0 },
	{ "rounds", KEY_ROUNDS, "N", 0, "rounds a repetition (default: 10)", 0 },
	{ "repetitions", KEY_REPETITIONS, "N", 0, "repetitions a run (default: 12, as a run has; 1: judge the rounds)", 0 },
	{ 0 },
};

struct arguments {
	struct measuring common;
	uint64_t runs;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		measuring_init(state);
		break;
	case 'w':
		a->common.request.workloads = arg;
		break;
	case KEY_RUNS:
		a->runs = option_whole(state, "--runs", arg, 2, 100000);
		break;
	case KEY_ROUNDS:
		a->common.request.rounds = option_whole(state, "--rounds", arg, 1, 100000);
		break;
	case KEY_REPETITIONS:
		a->common.request.repetitions = option_whole(state, "--repetitions", arg, 1, JOB_REPETITIONS_MAX);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_child children[] = { { &measuring_argp, 0, NULL, 0 }, { 0 } };

static const struct argp argp = {
	options, parse, NULL,
	"Measure native against native, many times, and count how often the harness finds a "
	"difference.\vDefault of -t: tmpfs. Exit status: 0 when the false alarms are within the nominal 1 % and the "
	"p-values uniform (p > 0.01), 1 when not, 3 when fewer than 100 runs tell nothing.",
	children, NULL, NULL,
};

static int judge(int fd, off_t mark)
{
	struct results results;
	struct aa aa;
	int status = STATUS_NONE;

	results_init(&results);
	if (!plan_load(fd, mark, &results)) {
		if (aa_figures(&results, &aa)) {
			say("there is no A/A run that can be judged");
		} else {
			aa_print(stdout, &aa);
			/* Within the nominal rate: its interval does not lie above it. */
			status = aa.alarms_p_low <= 0.01 && aa.ks_p > 0.01 ? STATUS_OK : STATUS_REGRESSION;
			if (status == STATUS_OK && aa.runs < RUNS_MIN) {
				say("fewer than %d runs let anything pass: no verdict", RUNS_MIN);
				status = STATUS_SOME;
			}
		}
	}
	results_free(&results);
	return status;
}

int cmd_calibrate(int argc, char **argv)
{
	struct arguments a = {
		.common.request = {
			.workloads = "seq-4k", .targets = "tmpfs", .layouts = "extend",
			.strategies = "native,native", .rounds = 10, .repetitions = PLAN_REPETITIONS_LOW, .seed = plan_seed(),
		},
		.runs = 300,
	};
	char *command = plan_command(argc, argv);
	const struct place *place;
	struct outcome outcome;
	struct plan plan;
	off_t mark;
	int fd = -1, status;

	option_parse(&argp, argc, argv, &a);
	status = plan_make(&a.common.request, &plan, &place);
	if (!status && plan.jobs != 1)
		status = say_bad("calibrate takes one workload and one target");
	if (status)
		goto out;
	if (a.common.dry_run) {
		printf("%llu runs of:\n", (unsigned long long)a.runs);
		plan_print(&plan, place);
		goto out;
	}
	status = STATUS_BAD_INPUT;
	fd = a.common.output ? plan_open_output(a.common.output) : plan_open_scratch();
	mark = fd < 0 ? -1 : plan_mark(fd);
	if (mark >= 0 && plan_repeat(&plan, (unsigned)a.runs)) {
		say("no memory for %llu runs", (unsigned long long)a.runs);
		goto out;
	}
	if (mark < 0)
		goto out;
	for (unsigned i = 0; i < plan.n; i++) {
		struct job *job = &plan.items[i].job;

		/* As many runs as can be: what they write is not the question. */
		job->warmup_ns = 0;
		job->verify = job->count = false;
	}
	if (plan_run(&plan, place, &a.common.request, command, fd, &outcome))
		goto out;
	status = place_interrupted ? plan_status(&outcome) : judge(fd, mark);
out:
	if (fd >= 0)
		close(fd);
	plan_free(&plan);
	free(command);
	return status;
}
