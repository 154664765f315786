// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultbench detect: which strategy the running kernel uses for each target,
 * from exceptions:page_fault_kernel alone.
 *
 * A cold anonymous source of P pages takes one exception a page when the
 * kernel makes it resident first. When it copies first, every chunk (folio)
 * adds the e exceptions of one failed copy: P + C e for C chunks. Through
 * get_user_pages() only the failed copies show: C e. On a write of one page
 * C is 1, so e is what that write shows beyond its page.
 */
#include <argp.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/options.h"
#include "base/say.h"
#include "cmd/command.h"
#include "cmd/measuring.h"

static const uint64_t block_sizes[] = { 4096, 65536, 1 << 20 };

enum { N_BLOCKS = sizeof(block_sizes) / sizeof(block_sizes[0]) };

/* Exceptions a write of each size; NAN until counted. */
struct observed {
	double per_write[N_BLOCKS];
	char reason[256];
};

static void take_line(const struct item *item, const char *text, size_t len, void *arg)
{
	struct observed *o = arg;
	json_t *line = json_loadb(text, len, 0, NULL);
	json_t *counts = json_object_get(line, "counts");
	json_t *exceptions = json_object_get(counts, "exceptions_kernel");
	const char *reason = json_string_value(json_object_get(line, "reason"));

	if (!reason)
		reason = json_string_value(json_object_get(json_object_get(line, "reasons"),
							   "exceptions_kernel"));
	for (int i = 0; i < N_BLOCKS; i++)
		if (item->job.block_size == block_sizes[i] && json_is_integer(exceptions))
			o->per_write[i] = json_number_value(exceptions) /
					  json_number_value(json_object_get(counts, "writes"));
	if (reason)
		snprintf(o->reason, sizeof(o->reason), "%s", reason);
	json_decref(line);
}

/* Count the exceptions of writes of every size to @target on the device of @on, or say what would be done. */
static void observe(const struct target *target, const struct plan *on, bool dry_run, struct observed *o)
{
	struct item items[N_BLOCKS];
	struct plan plan = place_plan(items, N_BLOCKS);
	struct observer observer = { .line = take_line, .arg = o };

	plan.device = on->device;
	plan.device_path = on->device_path;
	plan.device_size = on->device_size;
	*o = (struct observed){ .reason = "" };
	for (int i = 0; i < N_BLOCKS; i++) {
		struct job *job = &items[i].job;

		items[i].target = target;
		job_init(job);
		snprintf(job->workload, sizeof(job->workload), "detect");
		snprintf(job->place, sizeof(job->place), "host");
		snprintf(job->baseline, sizeof(job->baseline), "native");
		snprintf(job->op, sizeof(job->op), "write");
		snprintf(job->source, sizeof(job->source), "anon-cold");
		snprintf(job->layout, sizeof(job->layout), "extend");
		snprintf(job->arms[job->n_arms++], JOB_NAME_MAX, "native");
		job->block_size = block_sizes[i];
		job->file_size = 64 << 20;
		job->cold_fraction = 1;
		job->slot_calls = 16;
		job->verify = false;
		job->counts_only = true;
		snprintf(job->target, sizeof(job->target), "%s", target->name);
		snprintf(job->device, sizeof(job->device), "%s",
			 target_has_device(target) ? device_known_as(plan.device, plan.device_path) : "none");
		o->per_write[i] = NAN;
	}
	if (dry_run)
		plan_print(&plan, &place_host);
	else
		place_host.run(&plan, &observer);
}

/* An average of 32 writes or more: a stray exception in less than one of four does not count. */
static bool whole(double x)
{
	return fabs(x - round(x)) < 0.25;
}

static const char *human_size(double bytes, char *text, size_t size)
{
	if (bytes >= 1 << 20)
		snprintf(text, size, "%g MiB", bytes / (1 << 20));
	else
		snprintf(text, size, "%g KiB", bytes / 1024);
	return text;
}

/* Say what @o shows in @verdict. */
static void judge(const struct observed *o, char *verdict, size_t size)
{
	const double page = (double)sysconf(_SC_PAGESIZE);
	const double *x = o->per_write, pages = (double)block_sizes[N_BLOCKS - 1] / page;
	double e, chunk, large = x[N_BLOCKS - 1];
	char text[32];

	for (int i = 0; i < N_BLOCKS; i++) {
		if (isnan(x[i])) {
			snprintf(verdict, size, "cannot tell: %s", o->reason[0] ? o->reason : "not counted");
			return;
		}
		if (!whole(x[i])) {
			snprintf(verdict, size, "cannot tell: a write shows %.2f exceptions, no whole number", x[i]);
			return;
		}
	}
	if (page > (double)block_sizes[0]) {
		snprintf(verdict, size, "cannot tell: pages are larger than 4 KiB");
		return;
	}
	e = round(x[0]) - 1;
	if (e <= 0 && round(large) == pages) {
		snprintf(verdict, size, "pre: no copy fails");
		return;
	}
	if (round(large) < pages) {
		snprintf(verdict, size, "gup or another way without an access: fewer exceptions than pages");
		return;
	}
	if (e <= 0 || round(large) == pages) {
		snprintf(verdict, size, "cannot tell: %.0f exceptions on one page, %.0f on %.0f", e + 1, large, pages);
		return;
	}
	chunk = (double)block_sizes[N_BLOCKS - 1] * e / (round(large) - pages);
	snprintf(verdict, size, "post: chunks of %s, e = %.0f", human_size(chunk, text, sizeof(text)), e);
}

/* A line of the table. Returns whether it tells the strategy. */
static bool print_verdict(const struct target *target, const struct observed *o)
{
	char verdict[320];

	judge(o, verdict, sizeof(verdict));
	printf("%-18s", target->name);
	for (int i = 0; i < N_BLOCKS; i++) {
		if (isnan(o->per_write[i]))
			printf(" %6s", "-");
		else
			printf(" %6.0f", o->per_write[i]);
	}
	printf("  %s\n", verdict);
	fflush(stdout);
	return strncmp(verdict, "cannot", 6) != 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	if (key != ARGP_KEY_INIT)
		return ARGP_ERR_UNKNOWN;
	measuring_init(state);
	return 0;
}

/* The targets of @list, or all that work here, into @chosen. */
static int choose(const char *list, const struct target **chosen, size_t room)
{
	char reason[256], *copy, *rest, *word;
	size_t n = 0;
	int status = 0;

	for (const struct target *t = targets; !list && t->name && n < room; t++)
		if (!target_unsupported(t, reason, sizeof(reason)))
			chosen[n++] = t;
	copy = rest = strdup(list ? list : "");
	while (list && !status && (word = strsep(&rest, ","))) {
		const struct target *t = target_find(word);

		if (!t)
			status = say_bad("unknown target '%s'; 'faultbench list' names them", word);
		else if (n < room)
			chosen[n++] = t;
	}
	free(copy);
	chosen[n] = NULL;
	return status;
}

int cmd_detect(int argc, char **argv)
{
	static const struct argp_child children[] = { { &measuring_where_argp, 0, NULL, 0 }, { 0 } };
	static const struct argp argp = {
		NULL, parse, NULL,
		"Which strategy the running kernel uses for each target, from fault counts alone.\v"
		"Columns: exceptions:page_fault_kernel a write of 4 KiB, 64 KiB and 1 MiB from cold "
		"anonymous memory to the end of a file. e: exceptions that one failed copy takes. "
		"Default of -t: all that work here.",
		children, NULL, NULL,
	};
	struct measuring a = { .dry_run = false };
	struct plan on = { .n = 0 };
	const struct target *chosen[32];
	unsigned told = 0;
	int status;

	option_parse(&argp, argc, argv, &a);
	status = plan_device(&on, a.request.device, a.request.device_size);
	if (!status)
		status = choose(a.request.targets, chosen, 31);
	if (status)
		return status;
	place_catch_signals();
	if (!a.dry_run)
		printf("%-18s %6s %6s %6s  %s\n", "target", "4K", "64K", "1M", "strategy");
	for (int i = 0; chosen[i] && !place_interrupted; i++) {
		struct observed o;

		observe(chosen[i], &on, a.dry_run, &o);
		if (!a.dry_run)
			told += print_verdict(chosen[i], &o);
	}
	if (a.dry_run)
		return STATUS_OK;
	if (place_interrupted)
		return 128 + place_interrupted;
	if (!told)
		return STATUS_NONE;
	return chosen[told] ? STATUS_SOME : STATUS_OK;
}
