// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultbench record: where the faults come from. A pass per strategy and target, which
 * counts and is never timed, under perf record; in a guest the emulator sees the faults.
 * Every pass becomes a folder, which has its name only once it is whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "analysis/document.h"
#include "analysis/fault_trace.h"
#include "analysis/formats.h"
#include "base/interrupt.h"
#include "base/say.h"
#include "cmd/command.h"
#include "cmd/measuring.h"
#include "place/perf.h"

#define ROW(member, ...) { .offset = offsetof(struct measuring, member), __VA_ARGS__ }

static const struct option_row options[] = {
	ROW(output, .name = "output", .letter = 'o', .type = OPTION_TEXT, .argument = "DIR",
	    .help = "a new folder for what is recorded (default: faultbench-record-TIME)"),
	{ .name = NULL },
};

static const struct syntax syntax = {
	.tables = { measuring_workload, measuring_choice, measuring_where, options },
	.defaults = { { "workload", "anon-cold-4k" }, { "layout", "extend" } },
	.doc = "Record where the faults come from, a pass per strategy and target, never timed.\v"
	       "Each pass is a folder with sites.txt, the table of fault sites; on the host also with "
	       "perf.data, stacks.folded and flame.svg. Exit status: 0 if all passes were recorded, 2 for bad "
	       "input, 3 if only some were, 4 if none was.",
};

/* A strategy on a target. */
struct pass {
	const struct item *item;
	struct result result;
	struct fault_trace trace;
	bool seen;		/* the guest's emulator handed over the sites */
};

struct recording {
	struct plan plan;	/* an item a pass */
	struct pass *passes;
	char dir[PATH_MAX];	/* made by this run */
	char partial[PATH_MAX];	/* in it: the pass that is not whole yet */
	struct perf perf;
	unsigned recorded;
};

static const char *const file_names[] = { "perf.data", "stacks.folded", "flame.svg", "sites.txt" };

/* The path of @name in the pass that is not whole yet; in @path, which is returned. */
static const char *path_in(const struct recording *r, const char *name, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%.*s/%s", PATH_MAX - 32, r->partial, name);
	return path;
}

static void remove_partial(const struct recording *r)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(file_names) / sizeof(file_names[0]); i++)
		unlink(path_in(r, file_names[i], path));
	rmdir(r->partial);
}

/* "anon-cold-4k.extend.ext4.touch-16": no character that a shell or a browser takes for its own. */
static void final_name(const struct recording *r, const struct job *job, char path[PATH_MAX])
{
	int base = snprintf(path, PATH_MAX, "%.*s/", PATH_MAX - 5 * NAME_SIZE, r->dir);

	snprintf(path + base, (size_t)(PATH_MAX - base), "%s.%s.%s.%s", job->workload, layout_names[job->layout],
		 job->target, job->arms[0]);
	for (char *c = path + base; *c; c++)
		if (strchr(":@/#+=", *c))
			*c = '-';
}

/* Close @out. Returns 0, or -errno with @reason where not all of it was written. */
static int finish(FILE *out, const char *path, int err, struct reason *reason)
{
	const bool bad = ferror(out);

	if (fclose(out) || bad)
		return err ? err : reason_fail(reason, -EIO, "%s: cannot be written: %s", path, strerror(errno));
	return err;
}

static FILE *create(const char *path, struct reason *reason)
{
	FILE *out = fopen(path, "wxe");

	if (!out)
		reason_set(reason, "%s: %s", path, strerror(errno));
	return out;
}

static void write_table(FILE *out, struct pass *pass)
{
	struct document d;

	document_begin(&d, out, &plain_style);
	fault_table(&d, &pass->result.cell, &pass->trace.sites, pass->trace.lost);
	document_end(&d);
}

/* The table, to its file and to standard output. */
static int write_sites(const struct recording *r, struct pass *pass, struct reason *reason)
{
	char path[PATH_MAX];
	FILE *out = create(path_in(r, "sites.txt", path), reason);
	int err;

	if (!out)
		return -EIO;
	write_table(out, pass);
	err = finish(out, path, 0, reason);
	if (err)
		return err;
	if (r->recorded)
		putchar('\n');
	write_table(stdout, pass);
	fflush(stdout);
	return 0;
}

/* The stacks as text and as a picture, which only the host has. */
static int write_stacks(const struct recording *r, const struct pass *pass, struct reason *reason)
{
	const struct job *job = &pass->item->job;
	struct utsname host;
	char path[PATH_MAX], picture[PATH_MAX], title[4 * NAME_SIZE + sizeof(host)];
	FILE *stacks = create(path_in(r, "stacks.folded", path), reason);
	FILE *out = stacks ? create(path_in(r, "flame.svg", picture), reason) : NULL;
	int err = 0;

	uname(&host);
	snprintf(title, sizeof(title), "%s %s %s: %s; Linux %s %s", job->workload, job->target,
		 layout_names[job->layout], job->arms[0], host.release, host.machine);
	if (out) {
		fault_trace_fold(stacks, &pass->trace);
		err = finish(out, picture, flame_graph(out, &pass->trace, title, reason), reason);
	}
	return stacks ? finish(stacks, path, out ? err : -EIO, reason) : -EIO;
}

static int read_trace(const struct recording *r, struct pass *pass, struct reason *reason)
{
	char path[PATH_MAX];
	FILE *text = perf_script(path_in(r, "perf.data", path), FAULT_TRACE_FIELDS, reason);
	int err = text ? fault_trace_read(text, &pass->trace, reason) : -EIO;

	if (text)
		fclose(text);
	return err;
}

/* Make the folder of @pass whole, and give it its name. Returns 0 or -errno with @reason. */
static int keep(const struct recording *r, struct pass *pass, bool perf, struct reason *reason)
{
	char path[PATH_MAX];
	int err = perf ? read_trace(r, pass, reason) : 0;

	if (!err && perf)
		err = write_stacks(r, pass, reason);
	if (!err)
		err = write_sites(r, pass, reason);
	if (err)
		return err;
	final_name(r, &pass->item->job, path);
	if (renameat2(AT_FDCWD, r->partial, AT_FDCWD, path, RENAME_NOREPLACE))
		return reason_fail(reason, -errno, "%s: %s", path, strerror(errno));
	return 0;
}

static void on_result(const struct item *item, struct result *result, void *arg)
{
	struct recording *r = arg;
	struct pass *pass = &r->passes[item - r->plan.items];

	result_free(&pass->result);
	pass->result = *result;
	*result = (struct result){ .type = RESULT_CONTEXT };
}

static void on_faults(const struct item *item, struct fault_sites *sites, void *arg)
{
	struct recording *r = arg;
	struct pass *pass = &r->passes[item - r->plan.items];

	pass->trace.sites = *sites;
	pass->seen = true;
	*sites = (struct fault_sites){ 0 };
}

/* Keep @pass, or say why not. */
static void end_pass(struct recording *r, struct pass *pass, bool perf)
{
	const struct job *job = &pass->item->job;
	struct reason reason = { "" };

	if (pass->result.type == RESULT_FAILURE)
		reason_set(&reason, "%s", pass->result.failure.reason);
	else if (pass->result.type != RESULT_CELL || (!perf && !pass->seen))
		reason_set(&reason, "nothing was recorded");
	else if (!keep(r, pass, perf, &reason))
		r->recorded++;
	if (reason.text[0] && !interrupted)
		say("%s on %s, %s: %s", job->workload, job->target, job->arms[0], reason.text);
	remove_partial(r);
}

static bool begin_pass(const struct recording *r)
{
	if (!mkdir(r->partial, 0777))
		return true;
	say("%s: %s", r->partial, strerror(errno));
	return false;
}

/* On the host: a file system, a measuring process and a perf.data each. */
static void record_host(struct recording *r)
{
	const struct observer observer = { .result = on_result, .arg = r };
	char path[PATH_MAX];

	for (unsigned i = 0; i < r->plan.n && !interrupted && begin_pass(r); i++) {
		struct plan one = place_plan(r->plan.place, &r->plan.items[i], 1);

		one.device = r->plan.device;
		one.recorder = perf_command(&r->perf, path_in(r, "perf.data", path));
		one.place->kind->run(&one, &observer);
		end_pass(r, &r->passes[i], true);
	}
}

static void record_guests(struct recording *r)
{
	const struct observer observer = { .result = on_result, .faults = on_faults, .arg = r };

	r->plan.place->kind->run(&r->plan, &observer);
	for (unsigned i = 0; i < r->plan.n && !interrupted && begin_pass(r); i++)
		end_pass(r, &r->passes[i], false);
}

/* An item for each arm of @plan's jobs, which counts and does nothing else. Returns 0 or -ENOMEM. */
static int lay_out(struct recording *r, const struct plan *plan)
{
	struct item *items = calloc((size_t)plan->jobs * JOB_ARMS_MAX, sizeof(*items));
	unsigned n = 0;

	for (unsigned i = 0; items && i < plan->jobs; i++) {
		for (unsigned arm = 0; arm < plan->items[i].job.n_arms; arm++) {
			struct job *job = &items[n].job;

			/* Repeats of a strategy only show a resolution. */
			if (strchr(plan->items[i].job.arms[arm], '#'))
				continue;
			items[n++] = plan->items[i];
			strcpy(job->arms[0], plan->items[i].job.arms[arm]);
			strcpy(job->baseline, job->arms[0]);
			job->n_arms = job->repetitions = 1;
			job->verify = false;
			job->counts_only = true;
		}
	}
	r->plan = place_plan(plan->place, items, n);
	r->plan.device = plan->device;
	r->passes = calloc(n + 1, sizeof(*r->passes));
	for (unsigned i = 0; items && r->passes && i < n; i++)
		r->passes[i].item = &items[i];
	return items && r->passes ? 0 : -ENOMEM;
}

/* Make the folder that everything goes to. An existing one is left alone. */
static int make_folder(struct recording *r, const char *name)
{
	time_t now = time(NULL);
	char by_time[64];

	strftime(by_time, sizeof(by_time), "faultbench-record-%Y%m%d-%H%M%S", localtime(&now));
	name = name ? name : by_time;
	if (mkdir(name, 0777))
		return say_bad("%s: %s; name a new folder with -o", name, strerror(errno));
	if (!realpath(name, r->dir) || strlen(r->dir) > PATH_MAX - 8 * NAME_SIZE)
		return say_bad("%s: the path is too long", name);
	snprintf(r->partial, sizeof(r->partial), "%.*s/.partial", PATH_MAX - 16, r->dir);
	return STATUS_OK;
}

static int record_into(struct recording *r, const char *name)
{
	const bool local = r->plan.place->kind->local;
	struct reason reason;
	int status;

	if (!local && !r->plan.place->kind->profiles)
		return say_bad("record cannot see the faults of %s", r->plan.place->kind->name);
	if (local && perf_open(&r->perf, &reason))
		return say_bad("%s", reason.text);
	status = make_folder(r, name);
	if (status)
		return status;
	interrupt_catch();
	if (local)
		record_host(r);
	else
		record_guests(r);
	rmdir(r->dir);		/* only where nothing was recorded */
	if (interrupted)
		return INTERRUPT_STATUS;
	say("%u of %u passes recorded%s%s", r->recorded, r->plan.n, r->recorded ? " in " : "", r->recorded ? r->dir : "");
	return r->recorded == r->plan.n ? STATUS_OK : r->recorded ? STATUS_SOME : STATUS_NONE;
}

static void recording_free(struct recording *r)
{
	for (unsigned i = 0; r->passes && i < r->plan.n; i++) {
		result_free(&r->passes[i].result);
		fault_trace_free(&r->passes[i].trace);
	}
	free(r->passes);
	free(r->plan.items);
	perf_close(&r->perf);
}

static int record_main(int argc, char **argv)
{
	struct recording r = { .perf = PERF_NONE };
	struct measuring m = { .request.seed = 1 };
	struct plan plan = { .n = 0 };
	int status;

	option_parse(&syntax, argc, argv, &m);
	status = plan_make(&m.request, &plan);
	if (!status && lay_out(&r, &plan))
		status = say_bad("not enough memory");
	if (!status)
		status = m.dry_run ? plan_print(&r.plan) : record_into(&r, m.output);
	recording_free(&r);
	plan_free(&plan);
	return status;
}

const struct command cmd_record = { "record", "record where the faults come from", record_main };
