// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/rights.h"
#include "base/say.h"
#include "cmd/measuring.h"

#define ROW(member, ...) { .offset = offsetof(struct measuring, member), __VA_ARGS__ }

const struct option_row measuring_where[] = {
	ROW(request.targets, .name = "target", .letter = 't', .type = OPTION_LIST, .argument = "LIST",
	    .help = "file systems"),
	ROW(request.device, .name = "device", .type = OPTION_TEXT, .argument = "KIND",
	    .help = "loop (the default), brd, zram, or the path of a RAM block device"),
	ROW(request.device_size, .name = "device-size", .type = OPTION_SIZE, .argument = "BYTES",
	    .help = "size of the device, as in 512M (default: what the files need)"),
	ROW(dry_run, .name = "dry-run", .type = OPTION_FLAG, .help = "print the jobs and touch nothing"),
	{ .name = NULL },
};

const struct option_row measuring_output[] = {
	ROW(output, .name = "output", .letter = 'o', .type = OPTION_TEXT, .argument = "FILE",
	    .help = "append the results to this file"),
	{ .name = NULL },
};

const struct option_row measuring_choice[] = {
	ROW(request.strategies, .name = "strategy", .letter = 's', .type = OPTION_LIST, .argument = "LIST",
	    .help = "strategies; one named twice gives an A/A pair"),
	ROW(request.layouts, .name = "layout", .type = OPTION_LIST, .argument = "LIST",
	    .help = "only these layouts of the workloads"),
	ROW(request.place, .name = "on", .type = OPTION_TEXT, .argument = "PLACE", .by_default = "host",
	    .help = "where to measure"),
	{ .name = NULL },
};

const struct option_row measuring_cpu[] = {
	ROW(request.cpus, .name = "cpu", .type = OPTION_LIST, .argument = "LIST",
	    .help = "measure on these CPUs, as in 3 or 4-7, the last one first (default: all that may be used)"),
	ROW(request.seed, .name = "seed", .type = OPTION_WHOLE, .max = OPTION_WHOLE_MAX, .argument = "N",
	    .help = "seed of the order of slots (default: a new one, which is in the results)"),
	{ .name = NULL },
};

const struct option_row measuring_workload[] = {
	ROW(request.workloads, .name = "workload", .letter = 'w', .type = OPTION_LIST, .argument = "LIST",
	    .help = "workloads, or paths of .ini files"),
	{ .name = NULL },
};

const struct option_row measuring_budget[] = {
	ROW(request.budget_ns, .name = "budget", .type = OPTION_DURATION, .argument = "TIME",
	    .help = "time for measuring, as in 120s"),
	{ .name = NULL },
};

const struct option_row measuring_effort[] = {
	ROW(request.rounds, .name = "rounds", .type = OPTION_WHOLE, .min = 1, .max = JOB_ROUNDS_MAX,
	    .argument = "N", .help = "exactly N rounds per repetition"),
	ROW(request.repetitions, .name = "repetitions", .type = OPTION_WHOLE, .min = 1,
	    .max = JOB_REPETITIONS_MAX, .argument = "N", .help = "measure each job N times, each with a new "
	    "process and file system"),
	{ .name = NULL },
};

/* The file for results, whose name may be in @by_time; NULL: none, of a command that judges them. */
static const char *output_name(const struct measurement *kind, const struct measuring *m, char by_time[64])
{
	const time_t now = time(NULL);

	if (m->output || kind->judge)
		return m->output;
	strftime(by_time, 64, "faultbench-%Y%m%d-%H%M%S.jsonl", localtime(&now));
	return by_time;
}

static int measure(const struct measurement *kind, const struct measuring *m, struct plan *plan,
		   const char *command)
{
	struct results results;
	struct outcome outcome;
	char by_time[64];
	const char *output = output_name(kind, m, by_time);
	int status, fd = output ? plan_open_output(output) : -1;

	if (output && fd < 0)
		return STATUS_BAD_INPUT;
	if (plan->place->kind->local && !rights_admin())
		say("not permitted to administer this machine: tmpfs only, and counters as far as "
		    "perf_event_paranoid allows");
	results_init(&results);
	if (plan_run(plan, &m->request, command, fd, kind->judge ? &results : NULL, &outcome))
		status = STATUS_BAD_INPUT;
	else if (interrupted || !kind->judge)
		status = plan_status(&outcome);
	else
		status = kind->judge(&results);
	if (fd >= 0 && close(fd) && status != STATUS_BAD_INPUT)
		status = say_bad("%s: %s", output, strerror(errno));
	if (!kind->judge && status != STATUS_BAD_INPUT)
		say("cells: %u measured, %u partially, %u failed; results in %s", outcome.cells - outcome.partial,
		    outcome.partial, outcome.failures, strcmp(output, "-") ? output : "standard output");
	results_free(&results);
	return status;
}

int measuring_main(const struct measurement *kind, int argc, char **argv)
{
	struct measuring m = { .request = kind->request };
	char *command = plan_command(argc, argv);
	struct plan plan = { .n = 0 };
	int status;

	m.request.seed = plan_seed();
	option_parse(&kind->syntax, argc, argv, &m);
	if (!m.request.workloads)
		status = say_bad("no workload given: -w NAME; see 'faultbench list workloads'");
	else
		status = plan_make(&m.request, &plan);
	if (!status && kind->prepare)
		status = kind->prepare(&m, &plan);
	if (!status)
		status = m.dry_run ? plan_print(&plan) : measure(kind, &m, &plan, command);
	if (plan.profile && plan.profile != stdout && fclose(plan.profile))
		status = say_bad("--profile %s: %s", m.profile, strerror(errno));
	plan_free(&plan);
	free(command);
	return status;
}

int measuring_each_place(const char *list, int (*fn)(const char *place, void *arg), void *arg)
{
	char *copy = strdup(list), *rest = copy;
	int status = copy ? STATUS_OK : say_bad("not enough memory");

	while (!status && rest) {
		char *place = rest, *end = strchrnul(place, ',');

		while (*end && memchr(end + 1, '=', strcspn(end + 1, ",")))
			end = strchrnul(end + 1, ',');
		rest = *end ? end + 1 : NULL;
		*end = '\0';
		status = *place ? fn(place, arg) : say_bad("the list '%s' has an empty name", list);
	}
	free(copy);
	return status;
}

static int check_target(const char *word, void *arg)
{
	struct reason reason;

	(void)arg;
	return target_find(word, &reason) ? STATUS_OK : say_bad("%s", reason.text);
}

int measuring_check_targets(const char *list)
{
	return plan_each_word(list, check_target, NULL);
}
