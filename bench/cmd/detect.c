// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultbench detect: which strategy the running kernel uses for each target,
 * from exceptions:page_fault_kernel alone.
 *
 * A cold anonymous source of P pages takes one exception a page when the
 * kernel makes it resident first. When it copies first, every chunk (folio)
 * adds the e exceptions of one failed copy: P + C e for C chunks. With
 * get_user_pages() only the failed copies show: C e. A write of one page has one
 * chunk, so it takes 1 + e.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/say.h"
#include "base/text.h"
#include "cmd/command.h"
#include "cmd/measuring.h"

static const uint64_t block_sizes[] = { 4096, 65536, 1 << 20 };

enum { N_BLOCKS = sizeof(block_sizes) / sizeof(block_sizes[0]) };

/* Exceptions a write of each size; NAN until counted. */
struct observed {
	double per_write[N_BLOCKS];
	struct reason reason;	/* why one is not; or empty */
};

static void take_result(const struct item *item, struct result *r, void *arg)
{
	struct observed *o = arg;
	const char *reason;

	if (r->type == RESULT_CELL) {
		reason = r->cell.reasons[COUNT_EXCEPTIONS_KERNEL];
		for (int i = 0; i < N_BLOCKS; i++)
			if (item->job.block_size == block_sizes[i])
				o->per_write[i] = r->cell.counts.of[COUNT_EXCEPTIONS_KERNEL] /
						  r->cell.counts.writes;
	} else {
		reason = r->failure.reason;
	}
	if (reason)
		reason_set(&o->reason, "%s", reason);
}

/* A job that counts writes of @block_size to @target on the device of @on. */
static void make_job(struct job *job, uint64_t block_size, const struct target *target, const struct plan *on)
{
	job_init(job);
	strcpy(job->workload, "detect");
	strcpy(job->place, "host");
	strcpy(job->baseline, "native");
	strcpy(job->arms[job->n_arms++], "native");
	strcpy(job->source, "anon-cold");
	snprintf(job->target, sizeof(job->target), "%s", target->name);
	snprintf(job->device, sizeof(job->device), "%s",
		 target_has_device(target) ? device_known_as(on->device.kind, on->device.path) : "none");
	job->op = OP_WRITE;
	job->layout = LAYOUT_EXTEND;
	job->block_size = block_size;
	job->file_size = 64 << 20;
	job->cold_fraction = 1;
	job->slot_calls = 16;
	job->verify = false;
	job->counts_only = true;
}

/*
 * Count the exceptions of writes of every size to @target as @on has it; or print what
 * would be done, and return whether it can be.
 */
static bool observe(const struct target *target, const struct plan *on, bool dry_run, struct observed *o)
{
	struct item items[N_BLOCKS];
	struct plan plan = place_plan(on->place, items, N_BLOCKS);
	struct observer observer = { .result = take_result, .arg = o };

	plan.device = on->device;
	o->reason.text[0] = '\0';
	for (int i = 0; i < N_BLOCKS; i++) {
		items[i].target = target;
		make_job(&items[i].job, block_sizes[i], target, on);
		o->per_write[i] = NAN;
	}
	if (dry_run)
		return plan_print(&plan) == STATUS_OK;
	plan.place->kind->run(&plan, &observer);
	return false;
}

/* An average of 32 writes or more: a stray exception in fewer than one in four is ignored. */
static bool whole(double x)
{
	return fabs(x - round(x)) < 0.25;
}

/* Find the strategy that @o shows, as a sentence. Returns whether it shows one. */
static bool judge(const struct observed *o, struct reason *verdict)
{
	const double page = (double)sysconf(_SC_PAGESIZE);
	const double *x = o->per_write, pages = (double)block_sizes[N_BLOCKS - 1] / page;
	const double large = x[N_BLOCKS - 1];
	char size[TEXT_SIZE];
	double e, chunk;

	for (int i = 0; i < N_BLOCKS; i++) {
		if (isnan(x[i])) {
			reason_set(verdict, "cannot tell: %s", o->reason.text[0] ? o->reason.text : "not counted");
			return false;
		}
		if (!whole(x[i])) {
			reason_set(verdict, "cannot tell: %.2f exceptions a write is not a whole number", x[i]);
			return false;
		}
	}
	if (page > (double)block_sizes[0]) {
		reason_set(verdict, "cannot tell: pages are larger than 4 KiB");
		return false;
	}
	e = round(x[0]) - 1;
	if (e <= 0 && round(large) == pages) {
		reason_set(verdict, "pre: no copy fails");
	} else if (round(large) < pages) {
		reason_set(verdict, "gup or another way without an access: fewer exceptions than pages");
	} else if (e <= 0 || round(large) == pages) {
		reason_set(verdict, "cannot tell: %.0f exceptions on one page, %.0f on %.0f", e + 1, large, pages);
		return false;
	} else {
		chunk = (double)block_sizes[N_BLOCKS - 1] * e / (round(large) - pages);
		reason_set(verdict, "post: chunks of %s, e = %.0f", text_size(size, (uint64_t)round(chunk)), e);
	}
	return true;
}

/* A line of the table. Returns whether it names the strategy. */
static bool print_verdict(const struct target *target, const struct observed *o)
{
	struct reason verdict;
	bool found = judge(o, &verdict);

	printf("%-18s", target->name);
	for (int i = 0; i < N_BLOCKS; i++) {
		if (isnan(o->per_write[i]))
			printf(" %6s", "-");
		else
			printf(" %6.0f", o->per_write[i]);
	}
	printf("  %s\n", verdict.text);
	fflush(stdout);
	return found;
}

struct detect {
	struct plan on;		/* the place and device */
	bool dry_run;
	unsigned targets, found;	/* with --dry-run: that can be examined */
};

/* Examine one target. */
static int detect(const char *word, void *arg)
{
	struct detect *d = arg;
	struct observed o;
	struct reason reason;
	const struct target *target = target_find(word, &reason);

	if (!target)
		return say_bad("%s", reason.text);
	if (interrupted)
		return INTERRUPT_STATUS;
	if (!d->dry_run && !d->targets)
		printf("Exceptions per write from cold memory; e: those of one failed copy.\n"
		       "%-18s %6s %6s %6s  %s\n", "target", "4K", "64K", "1M", "strategy");
	d->targets++;
	d->found += observe(target, &d->on, d->dry_run, &o);
	if (!d->dry_run && !interrupted)
		d->found += print_verdict(target, &o);
	return interrupted ? INTERRUPT_STATUS : STATUS_OK;
}

static int detect_usable(struct detect *d)
{
	struct reason reason;
	int status = STATUS_OK;

	for (const struct target *t = targets; !status && t->name; t++)
		if (!target_unsupported(t, &reason))
			status = detect(t->name, d);
	return status;
}

static int detect_main(int argc, char **argv)
{
	static const struct syntax syntax = {
		.tables = { measuring_where },
		.doc = "Find which strategy the running kernel uses for each target, from fault counts alone.\v"
		       "Columns: exceptions:page_fault_kernel per write of 4 KiB, 64 KiB and 1 MiB from cold "
		       "anonymous memory to the end of a file. e: exceptions that one failed copy takes. "
		       "Default of -t: all that work here.",
	};
	struct measuring m = { .dry_run = false };
	struct detect d = { .found = 0 };
	struct reason reason;
	int status;

	option_parse(&syntax, argc, argv, &m);
	d.dry_run = m.dry_run;
	status = plan_device(&d.on, m.request.device, m.request.device_size);
	if (!status && m.request.targets)
		status = measuring_check_targets(m.request.targets);
	if (status)
		return status;
	d.on.place = place_open("host", &reason);
	if (!d.on.place)
		return say_bad("%s", reason.text);
	interrupt_catch();
	status = m.request.targets ? plan_each_word(m.request.targets, detect, &d) : detect_usable(&d);
	place_close(d.on.place);
	if (status)
		return status;
	return !d.found ? STATUS_NONE : d.found < d.targets ? STATUS_SOME : STATUS_OK;
}

const struct command cmd_detect = { "detect", "find which strategy the running kernel uses", detect_main };
