// SPDX-License-Identifier: GPL-2.0-or-later
/* faultbench run: measure, and append what was measured to a result file. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/options.h"
#include "base/say.h"
#include "cmd/command.h"
#include "cmd/measuring.h"

enum { KEY_ON = 256, KEY_BUDGET, KEY_BASELINE, KEY_LAYOUT, KEY_ROUNDS, KEY_REPETITIONS, KEY_PROFILE };

static const struct argp_option options[] = {
	{ "workload", 'w', "LIST", 0, "workloads, or paths of .ini files", 0 },
	{ "strategy", 's', "LIST", 0, "strategies; one named twice gives an A/A pair", 0 },
	{ "layout", KEY_LAYOUT, "LIST", 0, "only these layouts of the workloads", 0 },
	{ "on", KEY_ON, "PLACE", 0, "where to measure (default: host)", 0 },
	{ "budget", KEY_BUDGET, "TIME", 0, "wall clock for everything, as in 120s", 0 },
	{ "baseline", KEY_BASELINE, "STRATEGY", 0, "what the others are compared with (default: native)", 0 },
	{ "rounds", KEY_ROUNDS, "N", 0, "exactly N rounds a repetition, of which there is one unless --repetitions", 0 },
	{ "repetitions", KEY_REPETITIONS, "N", 0, "measure each job N times, with a new process and file system (default: one a second, 12 to 40, or 1 where a job has less than 8s)", 0 },
	{ "profile", KEY_PROFILE, "FILE", 0, "in a vm: which kernel functions the strategies differ in; tables to FILE, - is standard output", 0 },
	{ 0 },
};

struct arguments {
	struct measuring common;
	const char *profile;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;
	struct request *r = &a->common.request;

	switch (key) {
	case ARGP_KEY_INIT:
		measuring_init(state);
		break;
	case 'w':
		r->workloads = arg;
		break;
	case 's':
		r->strategies = arg;
		break;
	case KEY_LAYOUT:
		r->layouts = arg;
		break;
	case KEY_ON:
		r->place = arg;
		break;
	case KEY_BUDGET:
		r->budget_ns = option_duration(state, "--budget", arg);
		break;
	case KEY_BASELINE:
		r->baseline = arg;
		break;
	case KEY_ROUNDS:
		r->rounds = option_whole(state, "--rounds", arg, 1, JOB_ROUNDS_MAX);
		break;
	case KEY_REPETITIONS:
		r->repetitions = option_whole(state, "--repetitions", arg, 1, JOB_REPETITIONS_MAX);
		break;
	case KEY_PROFILE:
		a->profile = arg;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_child children[] = { { &measuring_argp, 0, NULL, 0 }, { 0 } };

static const struct argp argp = {
	options, parse, NULL,
	"Measure, and append a line per cell and repetition to a result file.\v"
	"Defaults: -t, those of ext4, btrfs, xfs and tmpfs that work, in a guest gfs2 for tmpfs; "
	"--budget, 10s a job; -o, faultbench-TIME.jsonl (- is standard output). Exit status: 0 when "
	"every cell was measured, 3 some, 4 none, 2 bad input.", children, NULL, NULL,
};

static int measure(const struct arguments *a, const char *command)
{
	const struct place *place;
	const char *output = a->common.output;
	char name[64];
	struct outcome outcome;
	struct plan plan;
	time_t now = time(NULL);
	int fd = -1, status = plan_make(&a->common.request, &plan, &place);

	if (status)
		goto out;
	if (a->profile && !place->profiles) {
		status = say_bad("--profile needs a guest that counts: --on vm:x86_64 or vm:arm64");
		goto out;
	}
	if (a->common.dry_run) {
		plan_print(&plan, place);
		goto out;
	}
	if (!output) {
		strftime(name, sizeof(name), "faultbench-%Y%m%d-%H%M%S.jsonl", localtime(&now));
		output = name;
	}
	fd = plan_open_output(output);
	if (fd < 0) {
		status = STATUS_BAD_INPUT;
		goto out;
	}
	if (a->profile) {
		plan.profile = strcmp(a->profile, "-") ? fopen(a->profile, "we") : stdout;
		if (!plan.profile) {
			status = say_bad("--profile %s: %s", a->profile, strerror(errno));
			goto out;
		}
	}
	if (geteuid() && place->local)
		say("not root: tmpfs only, and counters as far as perf_event_paranoid allows");
	if (plan_run(&plan, place, &a->common.request, command, fd, &outcome))
		status = STATUS_BAD_INPUT;
	else
		status = plan_status(&outcome);
	say("%u cells measured, %u in part, %u not: %s", outcome.cells - outcome.partial, outcome.partial,
	    outcome.failures, strcmp(output, "-") ? output : "standard output");
out:
	if (fd >= 0)
		close(fd);
	if (plan.profile && plan.profile != stdout && fclose(plan.profile))
		status = say_bad("--profile %s: %s", a->profile, strerror(errno));
	plan_free(&plan);
	return status;
}

int cmd_run(int argc, char **argv)
{
	/* 0.01 of throughput with 1 % false alarms and 90 % power: docs/method.md. */
	struct arguments a = { .common.request = { .planned_se = 0.0028, .seed = plan_seed() } };
	char *command = plan_command(argc, argv);
	int status;

	option_parse(&argp, argc, argv, &a);
	if (!a.common.request.workloads)
		status = say_bad("no workload given: -w NAME; 'faultbench list' names them");
	else
		status = measure(&a, command);
	free(command);
	return status;
}
