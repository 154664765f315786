// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultbench calibrate: the harness against itself. Many runs of native against
 * native, each with its own measuring process, file system, seed and warm-up: their
 * false alarms and bias, and how often the gate finds a loss that is added. What it
 * found is kept for the gate.
 */
#include <math.h>
#include <stdio.h>

#include "analysis/aa.h"
#include "analysis/formats.h"
#include "analysis/gate_trials.h"
#include "base/say.h"
#include "cmd/command.h"
#include "cmd/measuring.h"
#include "format/calibration.h"

enum {
	RUNS_MIN = 100,		/* for a verdict: 1 % of fewer is less than one */
	TRIALS = 4,
};

#define ROW(member, ...) { .offset = offsetof(struct measuring, member), __VA_ARGS__ }

static const struct option_row options[] = {
	ROW(runs, .name = "runs", .type = OPTION_WHOLE, .min = 2, .max = 100000, .argument = "N",
	    .by_default = "300", .help = "A/A runs"),
	ROW(request.place, .name = "on", .type = OPTION_TEXT, .argument = "PLACE", .by_default = "host",
	    .help = "where to measure"),
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
	plan->fixed_repetitions = true;
	for (unsigned i = 0; i < plan->n; i++) {
		struct job *job = &plan->items[i].job;

		/* As many runs as possible: the data they write is not in question. */
		job->warmup_ns = 0;
		job->verify = job->count = false;
		/* As many arms on either side as show a resolution. */
		while (job->tier == TIER_COUNTS && job->n_arms < 2 * JOB_RESOLUTION_ARMS) {
			snprintf(job->arms[job->n_arms], NAME_SIZE, "native#%u", job->n_arms + 1);
			job->n_arms++;
		}
	}
	return STATUS_OK;
}

/* The gate on @results, with each of the losses of its tier. Returns 0, or as gate_trial() does. */
static int try_gate(const struct results *results, enum tier tier, double bias, struct gate_trial trials[TRIALS])
{
	static const double losses[][TRIALS] = { [TIER_TIME] = { 0, 0.5, 1, 2 }, [TIER_COUNTS] = { 0, 1, 8, 64 } };
	int err = 0;

	for (size_t i = 0; i < TRIALS && !err; i++) {
		trials[i] = (struct gate_trial){ .loss = losses[tier][i], .family = 1, .bias = bias };
		err = gate_trial(results, &trials[i]);
	}
	return err;
}

static double found(const struct gate_trial *t)
{
	return (double)t->outcomes[GATE_FAIL] / (double)t->n;
}

static void show(const struct aa *aa, const struct gate_trial *trials, enum tier tier)
{
	struct document d;

	document_begin(&d, stdout, &plain_style);
	if (tier == TIER_TIME)
		aa_write(&d, aa);
	document_add(&d, "The gate on these runs, with a loss added to one side; units: ");
	document_block(&d, DOCUMENT_PARAGRAPH, tier == TIER_TIME ? "repetitions that it took (mean)."
							      : "arms of a side.");
	gate_trials_write(&d, trials, TRIALS, tier);
	document_end(&d);
}

/* Within the nominal rate: its interval is not above it. Returns an enum status. */
static int verdict(size_t alarms, size_t runs, double ks_p)
{
	double low, high;

	aa_share(alarms, runs, 0.99, &low, &high);
	if (low > 0.01 || ks_p <= 0.01)
		return STATUS_REGRESSION;
	if (runs >= RUNS_MIN)
		return STATUS_OK;
	say("no verdict from fewer than %d runs", RUNS_MIN);
	return STATUS_SOME;
}

static int judge(const struct results *results)
{
	const enum tier tier = results->n_cells ? results->cells[0].tier : TIER_TIME;
	struct gate_trial trials[TRIALS];
	struct aa aa = { .bias = NAN, .sd = NAN, .mde = NAN, .ks_p = NAN };
	struct results_calibration c = { .tier = tier };
	struct reason reason;
	int status;

	if ((tier == TIER_TIME && aa_figures(results, &aa)) || try_gate(results, tier, aa.bias, trials)) {
		say("no A/A run can be judged; give more --rounds or --repetitions");
		return STATUS_NONE;
	}
	show(&aa, trials, tier);
	status = tier == TIER_TIME ? verdict(aa.alarms_p, aa.runs, aa.ks_p) : STATUS_OK;
	if (status == STATUS_OK)
		status = verdict(trials[0].outcomes[GATE_FAIL], trials[0].n, trials[0].ks_p);
	c.passed = status == STATUS_OK ? RESULTS_YES : RESULTS_NO;
	c.runs = trials[0].n;
	c.repetitions = results->cells[0].planned;
	c.false_alarms = found(&trials[0]);
	c.ks_p = trials[0].ks_p;
	c.sd = aa.sd;
	c.mde = aa.mde;
	c.bias = aa.bias;
	c.found_half = tier == TIER_TIME ? found(&trials[1]) : NAN;
	c.found_margin = tier == TIER_TIME ? found(&trials[2]) : NAN;
	c.found_double = tier == TIER_TIME ? found(&trials[3]) : NAN;
	c.found_1 = tier == TIER_COUNTS ? found(&trials[1]) : NAN;
	c.found_8 = tier == TIER_COUNTS ? found(&trials[2]) : NAN;
	c.found_64 = tier == TIER_COUNTS ? found(&trials[3]) : NAN;
	if (status != STATUS_SOME && calibration_keep(&results->runs[0], &c, &reason))
		say("the outcome is not kept for the gate: %s", reason.text);
	return status;
}

static const struct measurement measurement = {
	.syntax = {
		.tables = { options, measuring_workload, measuring_effort, measuring_where, measuring_cpu,
			    measuring_output },
		.defaults = { { "workload", "seq-4k" }, { "target", "tmpfs" }, { "rounds", "10" } },
		.doc = "Measure native against native, many times, and count how often the harness finds a "
		       "difference, and how often 'faultbench gate' finds a loss that is added to the samples."
		       "\vThe layout is extend; a run has 40 repetitions, in a guest that counts 1. The outcome is "
		       "kept in the cache, where the gate looks for it. "
		       "Exit status: 0 if the false alarms are within the nominal 1 % and the p-values uniform "
		       "(p > 0.01), 1 if not, 3 if fewer than 100 runs give no verdict.",
	},
	.request = { .layouts = "extend", .strategies = "native,native", .most_repetitions = 40 },
	.prepare = prepare,
	.judge = judge,
};

static int calibrate_main(int argc, char **argv)
{
	return measuring_main(&measurement, argc, argv);
}

const struct command cmd_calibrate = { "calibrate", "measure the harness against itself", calibrate_main };
