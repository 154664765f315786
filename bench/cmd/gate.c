// SPDX-License-Identifier: GPL-2.0-or-later
/* faultbench gate: a verdict on two result files, strategies or kernels, and its exit status. */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/formats.h"
#include "base/interrupt.h"
#include "base/say.h"
#include "cmd/command.h"
#include "cmd/gate.h"
#include "format/calibration.h"

enum { FORMATS_MAX = 16 };

#define ROW(member, ...) { .offset = offsetof(struct gating, member), __VA_ARGS__ }

static const struct option_row options[] = {
	ROW(sides[0], .name = "base", .type = OPTION_TEXT, .argument = "X",
	    .help = "what to compare with: a strategy, a kernel image or a revision"),
	ROW(sides[1], .name = "head", .type = OPTION_TEXT, .argument = "Y", .help = "what to judge"),
	ROW(margin, .name = "margin", .type = OPTION_TEXT, .argument = "M",
	    .help = "smallest loss that fails: 1i (an instruction per page) or 0.5% (default: 0.2% of instructions, "
	    "1% of throughput)"),
	ROW(plan.accept, .name = "accept", .type = OPTION_LIST, .argument = "LIST",
	    .help = "fields of the context that may differ, for example cpu"),
	ROW(plan.calibration.waived, .name = "uncalibrated", .type = OPTION_FLAG,
	    .help = "judge time without a passing 'faultbench calibrate' of this machine and place"),
	ROW(reader, .name = "exit", .type = OPTION_TEXT, .argument = "plain|ksft|nipa|bisect",
	    .by_default = "plain", .help = "the program that reads the exit status"),
	ROW(bisect, .name = "bisect", .type = OPTION_FLAG, .help = "the same as --exit=bisect"),
	ROW(inconclusive, .name = "inconclusive", .type = OPTION_TEXT, .argument = "pass|fail",
	    .help = "give an inconclusive verdict the exit status of PASS or of FAIL"),
	ROW(plan.regzbot, .name = "regzbot", .type = OPTION_FLAG,
	    .help = "on FAIL of a single commit: a line for the regression tracker"),
	{ .name = NULL },
};

static const struct option_row measured_options[] = {
	ROW(revisions.tree, .name = "tree", .type = OPTION_TEXT, .argument = "DIR",
	    .help = "the git repository of revisions (default: the one that the current directory is in)"),
	ROW(revisions.head_patch, .name = "head-patch", .type = OPTION_TEXT, .argument = "FILE",
	    .help = "in place of --head: a series of patches on top of the base, as b4 am prints it; - is standard "
	    "input. The default of --base is its base-commit"),
	ROW(revisions.config, .name = "config", .type = OPTION_TEXT, .argument = "FILE",
	    .help = "configuration of revisions (default: that of 'faultbench kernel')"),
	ROW(on, .name = "on", .type = OPTION_LIST, .argument = "PLACE",
	    .help = "where to measure; may be repeated (default: host for strategies, a guest for kernels)"),
	ROW(m.request.layouts, .name = "layout", .type = OPTION_LIST, .argument = "LIST",
	    .help = "measure only these layouts of the workloads"),
	ROW(pairs, .name = "pairs", .type = OPTION_WHOLE, .min = 1, .max = 100, .argument = "N", .by_default = "11",
	    .help = "pairs of boots, where two kernels are timed"),
	{ .name = NULL },
};

/* The options of measuring, which say nothing about results that exist. */
static const struct option_row *const measuring_options[] = {
	measured_options, measuring_workload, measuring_budget, measuring_effort, measuring_where, measuring_cpu,
};

static const char doc[] =
	"Judge whether HEAD is slower or its path longer than BASE: two result files, or --base X --head Y, which "
	"are measured first. A..B are two revisions of a git tree.\v"
	"With one FILE, --base and --head are strategies in it. Counts are judged from any two files, time from "
	"repetitions inside one boot or from boots in pairs. The first line has the verdict. Exit status: 0 PASS, 1 "
	"FAIL, 2 ERROR or bad input, 3 INCONCLUSIVE, 4 NONE: no cell was compared.";

static int check_field(const char *word, void *arg)
{
	struct reason reason;

	(void)arg;
	return table_choose(&gate_field_table, word, &reason) < 0 ? say_bad("--accept: %s", reason.text) : 0;
}

static int check_options(struct gating *a)
{
	struct reason reason;

	if (a->margin && gate_margin_parse(a->margin, &a->plan.margin, &reason))
		return say_bad("--margin: %s", reason.text);
	if (table_choose(&gate_reader_table, a->reader, &reason) < 0)
		return say_bad("--exit: %s", reason.text);
	if (a->inconclusive && strcmp(a->inconclusive, "pass") && strcmp(a->inconclusive, "fail"))
		return say_bad("--inconclusive must be pass or fail");
	if (!a->sides[0] != !a->sides[1])
		return say_bad("--%s is missing: both sides are needed", a->sides[0] ? "head" : "base");
	if (a->plan.accept && plan_each_word(a->plan.accept, check_field, NULL))
		return STATUS_BAD_INPUT;
	a->plan.budget_ns = a->m.request.budget_ns;
	return STATUS_OK;
}

/* Fill a->results from files. */
static int load(struct gating *a, char **files)
{
	const size_t n = files[1] ? 2 : 1;

	if (files[1] && files[2])
		return say_bad("gate takes two files, base and head; '%s' is one too many", files[2]);
	if (n == 2 && a->sides[0])
		return say_bad("give two files, or --base and --head with one file or none");
	if (n == 1 && !a->sides[0])
		return say_bad("%s: with one file, give --base and --head, which are strategies in it", files[0]);
	for (size_t i = 0; i < sizeof(measuring_options) / sizeof(measuring_options[0]); i++) {
		const char *name = option_given(measuring_options[i]);

		if (name)
			return say_bad("--%s does not apply to result files; leave it out", name);
	}
	for (size_t i = 0; i < n; i++) {
		if (results_load(files[i], &a->results[i]))
			return STATUS_BAD_INPUT;
		if (n == 2)
			a->plan.sides[i] = files[i];
	}
	if (n == 2)
		return STATUS_OK;
	for (int i = 0; i < 2; i++) {
		if (!name_ok(a->sides[i]))
			return say_bad("'%s' is not the name of a strategy", a->sides[i]);
		a->plan.strategies[i] = a->plan.sides[i] = a->sides[i];
	}
	return STATUS_OK;
}

static int exit_status(const struct gating *a, enum gate_outcome outcome)
{
	const ssize_t reader = a->bisect ? GATE_BISECT : table_find(&gate_reader_table, a->reader);

	if (outcome == GATE_INCONCLUSIVE && a->inconclusive)
		outcome = strcmp(a->inconclusive, "pass") ? GATE_FAIL : GATE_PASS;
	return gate_words[outcome].exit[reader];
}

/*
 * The status of bad input, for the reader that @argv names: known before the options are
 * parsed, for 'git bisect run' would take the 2 of a wrong option for a bad commit.
 */
static int error_status(char **argv)
{
	const char *name = "plain";
	ssize_t reader;

	for (; *argv; argv++) {
		if (!strcmp(*argv, "--bisect"))
			name = "bisect";
		else if (!strncmp(*argv, "--exit=", 7))
			name = *argv + 7;
		else if (!strcmp(*argv, "--exit") && argv[1])
			name = argv[1];
	}
	reader = table_find(&gate_reader_table, name);
	return gate_words[GATE_ERROR].exit[reader < 0 ? GATE_PLAIN : reader];
}

/* Whether time can be judged on the machine of @run, too. */
static void look_up_calibration(struct gating *a, const struct results_run *run)
{
	struct gate_calibration *g = &a->plan.calibration;
	struct reason *why = &a->uncalibrated;
	struct results_calibration found;
	int got = calibration_find(run, TIER_TIME, &found, why);

	g->passed = got > 0 && found.passed == RESULTS_YES;
	if (got > 0 && isfinite(found.bias))
		g->bias = fmax(g->bias, found.bias);
	if (got == 0)
		reason_set(why, "the harness was not calibrated on this machine at %s: run faultbench calibrate, "
			   "or give --uncalibrated", run->place);
	else if (got > 0 && !g->passed)
		reason_set(why, "the last 'faultbench calibrate' on this machine at %s failed; run it again, or give "
			   "--uncalibrated", run->place);
	g->why = why->text;
}

/* All places with time must have passed; the largest bias counts. */
static void look_up_calibrations(struct gating *a)
{
	const struct results *r = &a->results[0];
	size_t last = r->n_runs;

	a->plan.calibration.passed = true;
	for (size_t i = 0; i < r->n_cells && a->plan.calibration.passed; i++) {
		if (r->cells[i].tier != TIER_TIME || r->cells[i].run == last)
			continue;
		last = r->cells[i].run;
		look_up_calibration(a, &r->runs[last]);
	}
}

static int judge(struct gating *a)
{
	const struct results *head = a->plan.strategies[0] ? &a->results[0] : &a->results[1];
	struct gate g = { .plan = &a->plan, .results = { &a->results[0], head }, .outcome = GATE_PASS };
	int err = 0, status;

	a->plan.command = a->command;
	if (a->same_images) {
		reason_set(&g.reason, "base and head are the same image");
	} else {
		look_up_calibrations(a);
		err = gate_judge(&a->results[0], head, &a->plan, &g);
		if (!err)
			err = gate_name_functions(a, &g);
	}
	if (!err)
		err = format_verdict(formats[a->format], stdout, &g);
	if (a->plan.regzbot && g.outcome == GATE_FAIL && !a->plan.commit)
		say("--regzbot: the head is not a single commit on top of the base");
	status = err ? say_bad("not enough memory") : exit_status(a, g.outcome);
	gate_free(&g);
	return status;
}

static void release(struct gating *a)
{
	/* There may be more images than places: that is an error. */
	for (size_t i = 0; i < GATE_PLACES_MAX; i++) {
		free(a->places[i]);
		free(a->images[0][i]);
		free(a->images[1][i]);
	}
	results_free(&a->results[0]);
	results_free(&a->results[1]);
	free(a->command);
}

/* Parse @argv. Returns the files. */
static char **parse(struct gating *a, int argc, char **argv)
{
	struct option_row rows[FORMATS_MAX + 1] = { { .name = NULL } };
	const struct syntax syntax = {
		.tables = { options, rows, measured_options, measuring_workload, measuring_budget, measuring_effort,
			    measuring_where, measuring_cpu },
		.arguments = "[BASE.jsonl HEAD.jsonl | A..B]", .doc = doc, .wrong_status = error_status(argv),
	};
	size_t n = 0;

	for (int i = 1; formats[i]; i++) {
		assert(n < FORMATS_MAX);
		if (formats[i]->style || formats[i]->verdict)
			rows[n++] = (struct option_row)ROW(format, .name = formats[i]->name, .type = OPTION_CHOICE,
							   .value = i, .help = formats[i]->summary);
	}
	return option_parse(&syntax, argc, argv, a);
}

static int gate_main(int argc, char **argv)
{
	struct gating a = { .plan = { .margin = { 0 } } };
	const uint64_t seed = plan_seed();
	char *command = plan_command(argc, argv), **files, drawn[32] = "";
	int status;

	a.m.request.seed = seed;
	files = parse(&a, argc, argv);
	status = gate_take_revisions(&a, &files);
	/* To be measured again it needs the seed that was drawn. */
	if (!files[0] && a.m.request.seed == seed)
		snprintf(drawn, sizeof(drawn), " --seed %llu", (unsigned long long)seed);
	if (command && asprintf(&a.command, "%s%s", command, drawn) < 0)
		a.command = NULL;
	if (!status)
		status = check_options(&a);
	if (!status)
		status = files[0] ? load(&a, files) : gate_measure(&a);
	if (interrupted)
		status = INTERRUPT_STATUS;
	else if (status == STATUS_BAD_INPUT)
		status = error_status(argv);
	else if (!status && !a.m.dry_run)
		status = judge(&a);
	release(&a);
	free(command);
	return status;
}

const struct command cmd_gate = { "gate", "judge a change, with an exit status for scripts", gate_main };
