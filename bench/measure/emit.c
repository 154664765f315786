// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Result lines. Names were checked by the job reader and need no escaping;
 * reasons are our own text, and lose what JSON could stumble over.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "measure/measure.h"

static const long tmpfs_magic = 0x01021994;

static void put_text(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			putchar('\\');
		putchar(c < 0x20 || c > 0x7e ? '?' : c);
	}
	putchar('"');
}

static void put_number_or_null(const char *key, uint64_t value)
{
	if (value == UINT64_MAX)
		printf(",\"%s\":null", key);
	else
		printf(",\"%s\":%" PRIu64, key, value);
}

/* Before and after. */
static void put_pair(const char *key, uint64_t before, uint64_t after)
{
	printf(",\"%s\":[", key);
	printf(before == UINT64_MAX ? "null" : "%" PRIu64, before);
	printf(after == UINT64_MAX ? ",null]" : ",%" PRIu64 "]", after);
}

static void put_identity(const struct run *run, const char *type, const char *strategy)
{
	const struct job *job = run->job;

	printf("{\"type\":\"%s\",\"workload\":\"%s\",\"target\":\"%s\",\"layout\":\"%s\","
	       "\"device\":\"%s\",\"place\":\"%s\",\"strategy\":\"%s\"",
	       type, job->workload, job->target, job->layout, job->device, job->place, strategy);
}

void emit_failure(const struct run *run, const char *arm, const char *reason)
{
	put_identity(run, "failure", arm);
	printf(",\"repetition\":%u,\"reason\":", run->job->repetition);
	put_text(reason);
	printf("}\n");
	fflush(stdout);
}

static void put_counts(const struct run *run, const struct arm *arm)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	bool first = true;

	if (!arm->counted_calls) {
		printf(",\"counts\":null");
		return;
	}
	printf(",\"counts\":{\"pages\":%.17g,\"writes\":%" PRIu64,
	       (double)(arm->counted_calls * run->job->block_size) / (double)page, arm->counted_calls);
	for (int i = 0; i < N_COUNTERS; i++)
		put_number_or_null(counter_names[i],
				   run->counter_reason[i][0] ? UINT64_MAX : arm->counts[i]);
	printf("},\"reasons\":{");
	for (int i = 0; i < N_COUNTERS; i++) {
		if (!run->counter_reason[i][0])
			continue;
		printf("%s\"%s\":", first ? "" : ",", counter_names[i]);
		put_text(run->counter_reason[i]);
		first = false;
	}
	putchar('}');
}

/* What a reader must know to judge the cell, as sentences. */
static void put_notes(const struct run *run)
{
	const struct job *job = run->job;
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t dirty = job->file_size * (job->shared ? 1 : job->threads) / page;
	uint64_t pages = 2 * run->rounds * run->n_arms * run->calls * run->n_workers *
			 job->block_size / page;
	struct statfs fs;
	const char *comma = "";

	printf(",\"notes\":[");
	if (job->file_asked) {
		printf("\"files of %" PRIu64 " MiB instead of %" PRIu64 " MiB\"", job->file_size >> 20,
		       job->file_asked >> 20);
		comma = ",";
	}
	if (run->op->reads || (!statfs(".", &fs) && fs.f_type == tmpfs_magic)) {
		putchar(']');	/* nothing is written back there */
		return;
	}
	if (run->after.dirty_limit != UINT64_MAX && dirty > run->after.dirty_limit) {
		printf("%s\"up to %" PRIu64 " MiB are dirty at once, above the background threshold "
		       "of %" PRIu64 " MiB\"", comma, dirty * page >> 20, run->after.dirty_limit * page >> 20);
		comma = ",";
	}
	/* A hundredth of what was written: below it the journal and others explain it. */
	if (!job->direct && run->rounds && run->after.written != UINT64_MAX &&
	    run->after.written - run->before.written > pages / 100)
		printf("%s\"write-back took %" PRIu64 " pages during the rounds\"", comma,
		       run->after.written - run->before.written);
	putchar(']');
}

static void emit_cell(const struct run *run, const struct arm *arm)
{
	const struct job *job = run->job;
	uint64_t calls = run->calls * run->n_workers;
	struct utsname host;

	uname(&host);
	put_identity(run, "cell", arm->name);
	printf(",\"arch\":");
	put_text(host.machine);
	printf(",\"page_size\":%ld,\"backend\":\"%s\",\"source\":\"%s\",\"block_size\":%" PRIu64
	       ",\"cold_fraction\":%.17g,\"threads\":%u,\"baseline\":\"%s\",\"tier\":\"%s\",\"unit\":\"%s\""
	       ",\"seed\":%" PRIu64 ",\"repetitions\":%u,\"repetition\":%u,\"steady\":%s,\"verified\":%s"
	       ",\"writes_per_slot\":%" PRIu64 ",\"bytes_per_slot\":%" PRIu64 ",\"rounds\":%" PRIu64,
	       sysconf(_SC_PAGESIZE), job->backend, job->source, job->block_size, job->cold_fraction,
	       job->threads, job->baseline, job->tier,
	       strcmp(job->tier, "counts") ? "ns" : "instructions", job->seed, job->repetitions,
	       job->repetition, !run->judged ? "null" : run->steady ? "true" : "false",
	       !job->verify ? "null" : arm->verified ? "true" : "false", calls,
	       calls * job->block_size, run->rounds);
	printf(",\"slots\":[");
	for (uint64_t i = 0; i < 2 * run->rounds; i++)
		printf("%s%" PRIu64, i ? "," : "", arm->slots[i]);
	printf("],\"order\":[");
	for (uint64_t i = 0; i < 2 * run->rounds; i++)
		printf("%s%" PRIu32, i ? "," : "", arm->order[i]);
	putchar(']');
	put_counts(run, arm);
	put_number_or_null("involuntary_switches", arm->involuntary);
	put_number_or_null("steal_ms", run->after.steal_ms == UINT64_MAX || run->after.steal_ms < run->before.steal_ms
			   ? UINT64_MAX : run->after.steal_ms - run->before.steal_ms);
	put_pair("cpu_khz", run->before.khz, run->after.khz);
	put_pair("millicelsius", run->before.millicelsius, run->after.millicelsius);
	put_notes(run);
	printf("}\n");
}

void emit_cells(const struct run *run)
{
	for (unsigned i = 0; i < run->n_arms; i++)
		if (!run->arms[i].failure[0])
			emit_cell(run, &run->arms[i]);
	fflush(stdout);
}
