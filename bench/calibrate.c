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

#include "../analysis/aa.h"
#include "command.h"
#include "options.h"
#include "plan.h"
#include "say.h"

enum { KEY_RUNS = 256, KEY_ROUNDS, KEY_BUDGET, KEY_SEED, KEY_DRY_RUN };

static const struct argp_option options[] = {
	{ "workload", 'w', "NAME", 0, "what is written (default: seq-4k, extending)", 0 },
	{ "target", 't', "NAME", 0, "file system (default: tmpfs)", 0 },
	{ "runs", KEY_RUNS, "N", 0, "A/A runs (default: 300)", 0 },
	{ "rounds", KEY_ROUNDS, "N", 0, "rounds a run (default: 50)", 0 },
	{ "budget", KEY_BUDGET, "TIME", 0, "give up after so long (default: 20m)", 0 },
	{ "seed", KEY_SEED, "N", 0, "of the first run; the others count on", 0 },
	{ "output", 'o', "FILE", 0, "keep the results in this file", 0 },
	{ "dry-run", KEY_DRY_RUN, NULL, 0, "print the jobs and touch nothing", 0 },
	{ 0 },
};

struct arguments {
	struct request request;
	const char *output;
	bool dry_run;
	uint64_t runs;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'w':
		a->request.workloads = arg;
		break;
	case 't':
		a->request.targets = arg;
		break;
	case 'o':
		a->output = arg;
		break;
	case KEY_RUNS:
		a->runs = option_whole(state, "--runs", arg, 2, 100000);
		break;
	case KEY_ROUNDS:
		a->request.rounds = option_whole(state, "--rounds", arg, 8, 100000);
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
	"Measure native against native, many times, and count how often the harness finds a "
	"difference. Exit status: 0 when the false alarms are within the nominal 1 % and the "
	"p-values uniform (p > 0.01), 1 when not.", NULL, NULL, NULL,
};

static int judge(const char *path)
{
	struct results results;
	struct aa aa;
	int status = STATUS_NONE;

	results_init(&results);
	if (!results_load(path, &results)) {
		if (aa_figures(&results, &aa)) {
			say("%s holds no A/A run that can be judged", path);
		} else {
			aa_print(stdout, &aa);
			/* Within the nominal rate: its interval does not lie above it. */
			status = aa.alarms_p_low <= 0.01 && aa.ks_p > 0.01 ? STATUS_OK : STATUS_REGRESSION;
		}
	}
	results_free(&results);
	return status;
}

int cmd_calibrate(int argc, char **argv)
{
	struct arguments a = {
		.request = {
			.workloads = "seq-4k", .targets = "tmpfs", .layouts = "extend",
			.strategies = "native,native", .rounds = 50, .seed = plan_seed(),
			.budget_ns = UINT64_C(1200000000000),
		},
		.runs = 300,
	};
	/* Unnamed: what was not asked to be kept leaves nothing behind. */
	char *command = plan_command(argc, argv), path[32];
	const struct place *place;
	struct outcome outcome;
	struct plan plan;
	int fd = -1, status;

	argp_parse(&argp, argc, argv, 0, NULL, &a);
	status = plan_make(&a.request, &plan, &place);
	if (!status && plan.n != 1)
		status = say_bad("calibrate takes one workload and one target");
	if (status)
		goto out;
	if (a.dry_run) {
		printf("%llu runs of:\n", (unsigned long long)a.runs);
		plan_print(&plan, place);
		goto out;
	}
	status = STATUS_BAD_INPUT;
	fd = a.output ? plan_open_output(a.output) : plan_open_scratch();
	if (fd < 0 || plan_repeat(&plan, (unsigned)a.runs))
		goto out;
	for (unsigned i = 0; i < plan.n; i++)
		plan.items[i].job.warmup_ns = 0;
	if (plan_run(&plan, place, &a.request, command, fd, &outcome))
		goto out;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	status = judge(path);
out:
	if (fd >= 0)
		close(fd);
	plan_free(&plan);
	free(command);
	return status;
}
