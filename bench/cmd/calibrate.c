// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultbench calibrate: the harness against itself. Many runs of native against
 * native, each with its own measuring process, file system, seed and warm-up, and
 * their false alarms and bias.
 */
#include <stdio.h>

#include "analysis/aa.h"
#include "base/say.h"
#include "cmd/command.h"
#include "cmd/measuring.h"

enum { RUNS_MIN = 100 };	/* for a verdict: 1 % of fewer is less than one */

static const struct option_row options[] = {
	{ .name = "runs", .type = OPTION_WHOLE, .offset = offsetof(struct measuring, runs), .min = 2,
	  .max = 100000, .argument = "N", .by_default = "300", .help = "A/A runs" },
	{ .name = NULL },
};

static int prepare(const struct measuring *m, struct plan *plan)
{
	if (plan->jobs != 1)
		return say_bad("calibrate takes one workload and one target");
	if (m->dry_run) {
		printf("%llu runs of:\n", (unsigned long long)m->runs);
		return STATUS_OK;
	}
	if (plan_repeat(plan, (unsigned)m->runs))
		return say_bad("not enough memory for %llu runs", (unsigned long long)m->runs);
	for (unsigned i = 0; i < plan->n; i++) {
		struct job *job = &plan->items[i].job;

		/* As many runs as possible: the data they write is not in question. */
		job->warmup_ns = 0;
		job->verify = job->count = false;
	}
	return STATUS_OK;
}

static int judge(const struct results *results, const struct outcome *outcome)
{
	struct aa aa;

	(void)outcome;
	if (aa_figures(results, &aa)) {
		say("there is no A/A run that can be judged");
		return STATUS_NONE;
	}
	aa_print(stdout, &aa);
	/* Within the nominal rate: its interval is not above it. */
	if (aa.alarms_p_low > 0.01 || aa.ks_p <= 0.01)
		return STATUS_REGRESSION;
	if (aa.runs >= RUNS_MIN)
		return STATUS_OK;
	say("no verdict from fewer than %d runs", RUNS_MIN);
	return STATUS_SOME;
}

static const struct measurement measurement = {
	.syntax = {
		.tables = { options, measuring_workload, measuring_effort, measuring_where, measuring_cpu, measuring_seed, measuring_output },
		.defaults = { { "workload", "seq-4k" }, { "target", "tmpfs" }, { "rounds", "10" },
			      { "repetitions", "12" } },
		.doc = "Measure native against native, many times, and count how often the harness finds a "
		       "difference.\vThe layout is extend. Exit status: 0 when the false alarms are within the "
		       "nominal 1 % and the p-values uniform (p > 0.01), 1 when not, 3 when fewer than 100 "
		       "runs give no verdict.",
	},
	.request = { .layouts = "extend", .strategies = "native,native" },
	.prepare = prepare,
	.judge = judge,
};

static int calibrate_main(int argc, char **argv)
{
	return measuring_main(&measurement, argc, argv);
}

const struct command cmd_calibrate = { "calibrate", "measure the harness against itself", calibrate_main };
