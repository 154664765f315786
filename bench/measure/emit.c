// SPDX-License-Identifier: GPL-2.0-or-later
/* Result lines on standard output, put together from a run. */
#include <inttypes.h>
#include <linux/magic.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "format/result.h"
#include "measure/measure.h"

static double number_or_nan(uint64_t value)
{
	return value == UINT64_MAX ? NAN : (double)value;
}

void emit_failure(const struct run *run, const char *arm, const char *reason)
{
	struct result r;

	result_init(&r, RESULT_FAILURE);
	result_for_job(&r, run->job, arm);
	result_set_text(&r.failure.reason, reason);
	result_write(stdout, &r);
	result_free(&r);
	fflush(stdout);
}

static void set_counts(const struct run *run, const struct arm *arm, struct results_cell *cell)
{
	if (!arm->counted_calls)
		return;
	cell->counts.writes = (double)arm->counted_calls;
	cell->counts.pages = (double)(arm->counted_calls * run->job->block_size) / (double)cell->page_size;
	for (int i = 0; i < N_COUNTERS; i++) {
		const char *reason = run->counter_reason[i].text;

		if (*reason)
			result_set_text(&cell->reasons[i], reason);
		else
			cell->counts.of[i] = (double)arm->counts[i];
	}
}

static void add_note(struct results_cell *cell, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add_note(struct results_cell *cell, const char *format, ...)
{
	char **notes = reallocarray(cell->notes, cell->n_notes + 1, sizeof(*notes));
	va_list ap;

	if (!notes)
		return;
	cell->notes = notes;
	va_start(ap, format);
	if (vasprintf(&notes[cell->n_notes], format, ap) >= 0)
		cell->n_notes++;
	va_end(ap);
}

/* What a reader must know to judge the cell, as sentences. */
static void set_notes(const struct run *run, struct results_cell *cell)
{
	const struct job *job = run->job;
	const uint64_t page = cell->page_size;
	uint64_t dirty = job_bytes(job) / page;
	uint64_t pages = 2 * run->rounds * run->n_arms * run->calls * run->n_workers *
			 job->block_size / page;
	struct statfs fs;

	if (job->file_asked)
		add_note(cell, "files of %" PRIu64 " MiB instead of %" PRIu64 " MiB", job->file_size >> 20,
			 job->file_asked >> 20);
	/* Nothing is written back there. */
	if (run->op->reads || (!statfs(".", &fs) && fs.f_type == TMPFS_MAGIC))
		return;
	if (run->after.dirty_limit != UINT64_MAX && dirty > run->after.dirty_limit)
		add_note(cell, "up to %" PRIu64 " MiB are dirty at once, above the background threshold of %"
			 PRIu64 " MiB", dirty * page >> 20, run->after.dirty_limit * page >> 20);
	/* A hundredth of what was written: below it the journal and others explain it. */
	if (!job->direct && !job->dsync && run->rounds && run->after.written != UINT64_MAX &&
	    run->after.written - run->before.written > pages / 100)
		add_note(cell, "write-back ran during the rounds");
}

static int set_slots(const struct run *run, const struct arm *arm, struct results_cell *cell)
{
	const size_t n = 2 * (size_t)run->rounds;

	if (!n)
		return 0;
	cell->slots = malloc(n * sizeof(*cell->slots));
	cell->order = malloc(n * sizeof(*cell->order));
	if (!cell->slots || !cell->order)
		return -1;
	for (size_t i = 0; i < n; i++) {
		cell->slots[i] = (double)arm->slots[i];
		cell->order[i] = arm->order[i];
	}
	cell->rounds = run->rounds;
	return 0;
}

static void emit_cell(const struct run *run, const struct arm *arm)
{
	const struct machine_state *before = &run->before, *after = &run->after;
	const struct job *job = run->job;
	struct results_cell *cell;
	struct utsname host;
	struct result r;

	uname(&host);
	result_init(&r, RESULT_CELL);
	result_for_job(&r, job, arm->name);
	cell = &r.cell;
	snprintf(cell->arch, sizeof(cell->arch), "%.*s", NAME_SIZE - 1, host.machine);
	cell->page_size = (uint64_t)sysconf(_SC_PAGESIZE);
	if (run->judged)
		cell->steady = run->steady ? RESULTS_YES : RESULTS_NO;
	if (job->verify)
		cell->verified = arm->verified ? RESULTS_YES : RESULTS_NO;
	cell->writes_per_slot = run->calls * run->n_workers;
	cell->bytes_per_slot = cell->writes_per_slot * job->block_size;
	cell->involuntary_switches = (double)arm->involuntary;
	if (after->steal_ms != UINT64_MAX && after->steal_ms >= before->steal_ms)
		cell->steal_ms = (double)(after->steal_ms - before->steal_ms);
	cell->cpu_khz[0] = number_or_nan(before->khz);
	cell->cpu_khz[1] = number_or_nan(after->khz);
	cell->millicelsius[0] = number_or_nan(before->millicelsius);
	cell->millicelsius[1] = number_or_nan(after->millicelsius);
	cell->passes_ns = (double)run->passes_ns;
	cell->warmup_ns = (double)run->warmup_ns;
	cell->rounds_ns = (double)run->rounds_ns;
	if (run->rounds) {
		const size_t median = (run->rounds - 1) / 2;

		cell->round_ns = (double)run->round_ns[median];
	}
	set_counts(run, arm, cell);
	set_notes(run, cell);
	if (set_slots(run, arm, cell))
		emit_failure(run, arm->name, "no memory for the samples");
	else
		result_write(stdout, &r);
	result_free(&r);
}

void emit_cells(const struct run *run)
{
	for (unsigned i = 0; i < run->n_arms; i++)
		if (!run->arms[i].failure.text[0])
			emit_cell(run, &run->arms[i]);
	fflush(stdout);
}
