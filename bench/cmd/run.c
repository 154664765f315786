// SPDX-License-Identifier: GPL-2.0-or-later
/* faultbench run: measure, and append the results to a file. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/say.h"
#include "cmd/command.h"
#include "cmd/measuring.h"

#define ROW(member, ...) { .offset = offsetof(struct measuring, member), __VA_ARGS__ }

static const struct option_row options[] = {
	ROW(request.baseline, .name = "baseline", .type = OPTION_TEXT, .argument = "STRATEGY",
	    .help = "the strategy that the others are compared with (default: native, or the first where native is not measured)"),
	ROW(profile, .name = "profile", .type = OPTION_TEXT, .argument = "FILE", .help = "in a guest: the "
	    "kernel functions in which the strategies differ; - is standard output"),
	{ .name = NULL },
};

/* A new file, or a device or pipe: what somebody has written is not replaced. */
static FILE *create(const char *path)
{
	struct stat st;

	return fopen(path, stat(path, &st) || S_ISREG(st.st_mode) ? "wxe" : "we");
}

static int prepare(const struct measuring *m, struct plan *plan)
{
	if (!m->profile)
		return STATUS_OK;
	if (!plan->place->kind->profiles)
		return say_bad("--profile needs a guest that counts: --on vm:x86_64 or vm:arm64");
	if (m->output && !strcmp(m->profile, m->output))
		return say_bad("--profile and --output are both %s; name two files", m->output);
	if (m->dry_run)
		return STATUS_OK;
	plan->profile = strcmp(m->profile, "-") ? create(m->profile) : stdout;
	return plan->profile ? STATUS_OK : say_bad("--profile %s: %s; name a new file", m->profile, strerror(errno));
}

static const struct measurement measurement = {
	.syntax = {
		.tables = { measuring_choice, options, measuring_workload, measuring_budget, measuring_effort,
			    measuring_where, measuring_cpu, measuring_output },
		.doc = "Measure, and append a line per cell and repetition to a result file.\v"
		       "Defaults: -t: those of ext4, btrfs, xfs and tmpfs that work here, in a guest gfs2 "
		       "instead of tmpfs; --budget: 10s per job; --repetitions: what "
		       "the budget allows, 12 to 40, or 1 if a job has less than 8s or with --rounds; "
		       "-o: faultbench-TIME.jsonl (- is standard "
		       "output). Exit status: 0 if all cells were measured, 2 for bad input, 3 if only some "
		       "cells were measured, 4 if none was.",
	},
	.prepare = prepare,
};

static int run_main(int argc, char **argv)
{
	return measuring_main(&measurement, argc, argv);
}

const struct command cmd_run = { "run", "measure, and append the results to a file", run_main };
