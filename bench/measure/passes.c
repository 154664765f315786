// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The passes before the timed one: verifying, sizing the slot, counting.
 * None of them is timed for a result.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "measure/measure.h"

/* Bytes a slot may walk, and vectors it may need: they bound the harness's memory. */
static const uint64_t max_region = 32 << 20;
static const uint64_t max_vectors = 1 << 18;

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* How many calls a thread's file, or its part of a shared one, has room for. */
static uint64_t calls_room(const struct job *job)
{
	return (job->shared ? job->file_size / job->threads : job->file_size) / job->block_size;
}

/* The most calls a slot can have here; at least one. */
static uint64_t calls_limit(const struct run *run, uint64_t region)
{
	const struct job *job = run->job;
	uint64_t calls = least(region / job->block_size, max_vectors / (uint64_t)run->segments);

	calls = least(calls, calls_room(job));
	return calls ? calls : 1;
}

/* What the last slot wrote, read back through the page cache. */
static int verify_file(struct worker *w, uint64_t size, struct reason *reason)
{
	enum { CHUNK = 1 << 20 };
	const struct run *run = w->run;
	char path[32], *buf = malloc(CHUNK);
	struct stat st;
	int fd, err = 0;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", w->fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (!buf || fd < 0 || fstat(fd, &st))
		err = reason_fail(reason, -EIO, "verify: cannot read the file back: %s", strerror(errno));
	else if (!run->layout->existing && (uint64_t)st.st_size != size)
		err = reason_fail(reason, -EIO, "verify: the file has %lld bytes, %llu were written",
				  (long long)st.st_size, (unsigned long long)size);
	for (uint64_t at = 0; !err && at < size;) {
		ssize_t got = pread(fd, buf, least(size - at, CHUNK), (off_t)(w->low + at));
		int64_t wrong = got > 0 ? pattern_check(buf, (size_t)got, at) : -1;

		if (got <= 0)
			err = reason_fail(reason, -EIO, "verify: cannot read byte %llu of the file",
					  (unsigned long long)(w->low + at));
		else if (wrong >= 0)
			err = reason_fail(reason, -EIO, "verify: byte %llu of the file differs from the source",
					  (unsigned long long)(w->low + at + (uint64_t)wrong));
		at += (uint64_t)got;
	}
	if (fd >= 0)
		close(fd);
	free(buf);
	return err;
}

static int verify_memory(struct worker *w, uint64_t size, struct reason *reason)
{
	int64_t wrong = pattern_check(w->source.base, size, 0);

	if (wrong < 0)
		return 0;
	return reason_fail(reason, -EIO, "verify: byte %lld of the destination differs from the file",
			   (long long)wrong);
}

static int verify_arm(struct run *run, const struct arm *arm, uint64_t calls, struct reason *reason)
{
	uint64_t ns;
	int err = workers_open(run, calls, true, reason);

	if (!err)
		err = slot_run(run, arm, &ns, reason);
	for (unsigned i = 0; !err && i < run->n_workers; i++) {
		uint64_t size = run->calls * run->job->block_size;

		err = run->op->reads ? verify_memory(&run->workers[i], size, reason)
				     : verify_file(&run->workers[i], size, reason);
	}
	workers_close(run);
	return err;
}

static bool same_strategy(const struct arm *a, const struct arm *b)
{
	return a->strategy == b->strategy && a->stride == b->stride;
}

void pass_verify(struct run *run)
{
	const struct job *whole = run->job;
	struct job small = *whole;
	/* A slot's worth of file is enough and quick to fill, a byte a call or a MiB. */
	uint64_t calls = least(calls_limit(run, run->counts ? 1 << 16 : 1 << 20), 1 << 13);

	small.file_size = calls * small.block_size * (small.shared ? small.threads : 1);
	run->job = &small;
	for (unsigned i = 0; i < run->n_arms; i++) {
		struct arm *arm = &run->arms[i];

		if (arm->failure.text[0] || arm->strategy->skips_call)
			continue;
		/* Emulation is slow, and what is repeated has been verified. */
		if (run->counts && i && same_strategy(arm, arm - 1)) {
			arm->verified = arm[-1].verified;
			arm->failure = arm[-1].failure;
		} else {
			arm->verified = !verify_arm(run, arm, calls, &arm->failure);
		}
	}
	run->job = whole;
}

/* Of the last slot, by the worker that took longest: how they started does not count. */
static uint64_t longest_work(const struct run *run)
{
	uint64_t longest = 0;

	for (unsigned i = 0; i < run->n_workers; i++) {
		uint64_t ns = run->workers[i].end - run->workers[i].start;

		longest = ns > longest ? ns : longest;
	}
	return longest;
}

int pass_size(struct run *run, struct reason *reason)
{
	const struct job *job = run->job;
	const struct arm *arm = &run->arms[run->baseline];
	uint64_t limit = calls_limit(run, job->block_size < 1 << 20 ? max_region : job->block_size);
	uint64_t ns, start;
	int err;

	if (job->slot_calls) {
		/* A caller that fixes the slot knows what memory it takes. */
		limit = job->slot_calls;
		if (limit > calls_room(job))
			return reason_fail(reason, -EINVAL, "%llu calls a slot do not fit in %s",
					   (unsigned long long)limit,
					   job->shared ? "a thread's part of the file" : "the file");
	}
	err = workers_open(run, limit, false, reason);
	if (err || job->slot_calls)
		return err;
	start = clock_ns();
	run->calls = 1;
	for (;;) {
		uint64_t best = UINT64_MAX;

		for (int i = 0; i < 3; i++) {
			err = slot_run(run, arm, &ns, reason);
			if (err)
				return err;
			best = least(best, longest_work(run));
		}
		if (best >= job->slot_ns || run->calls == limit)
			break;
		/* A tenth more than the rule of three, by a factor of 2 to 16. */
		double factor = 1.1 * (double)job->slot_ns / (double)(best ? best : 1);

		factor = factor < 2 ? 2 : factor > 16 ? 16 : factor;
		run->calls = least(limit, (uint64_t)((double)run->calls * factor));
	}
	run->passes_ns += clock_ns() - start;
	return 0;
}

/*
 * Without a tracepoint the hooks count: every fault resolved by an access was an
 * exception, and so was every copy that failed on one. Where a hook faulted in by
 * GUP, as almost all of a read do, the faults were resolved by that; gfs2 and f2fs fault in by an access of
 * their own and leave a hook nothing to do. Checked against the tracepoint where
 * there is one (tests/vm).
 */
static void exceptions_from_hooks(struct run *run)
{
	if (run->switch_fd < 0 || !run->counter_reason[COUNT_EXCEPTIONS_KERNEL].text[0] ||
	    run->counter_reason[COUNT_COPY_EXCEPTIONS].text[0])
		return;
	for (unsigned a = 0; a < run->n_arms; a++) {
		const struct strategy *s = run->arms[a].strategy;
		uint64_t *counts = run->arms[a].counts;
		bool by_gup = s && (run->op->reads ? !s->by_access_into : s->by_gup);

		counts[COUNT_EXCEPTIONS_KERNEL] = counts[COUNT_COPY_EXCEPTIONS];
		if (!by_gup || !counts[COUNT_FAULT_INS])
			counts[COUNT_EXCEPTIONS_KERNEL] += counts[COUNT_MINOR_FAULTS] +
							   counts[COUNT_MAJOR_FAULTS];
	}
	run->counter_reason[COUNT_EXCEPTIONS_KERNEL].text[0] = '\0';
}

int pass_count(struct run *run, struct reason *reason)
{
	/* Counts repeat exactly there. Elsewhere 16 calls, or fewer of those that take long. */
	const uint64_t most = run->counts && run->job->block_size >= 1 << 20 ? 2 : 16;
	const uint64_t in_64_mib = (UINT64_C(64) << 20) / run->job->block_size;
	const uint64_t enough_calls = in_64_mib >= most ? most : in_64_mib > 2 ? in_64_mib : 2;
	struct counters *counters = calloc(run->n_workers, sizeof(*counters));
	int err = 0;

	if (!counters)
		return reason_fail(reason, -ENOMEM, "no memory for the counters");
	for (unsigned i = 0; i < run->n_workers; i++)
		counters_open(&counters[i], i ? atomic_load(&run->workers[i].tid) : 0);
	for (unsigned a = 0; !err && a < run->n_arms; a++) {
		struct arm *arm = &run->arms[a];
		uint64_t ns;

		if (arm->failure.text[0])
			continue;
		/* Discard one slot: it faults in the arm's code. */
		err = slot_run(run, arm, &ns, reason);
		run->counters = counters;
		while (!err && (arm->counted_calls < enough_calls || arm->counted_calls < 2 * run->calls)) {
			err = slot_run(run, arm, &ns, reason);
			for (unsigned i = 0; i < run->n_workers; i++) {
				arm->counts[COUNT_MINOR_FAULTS] += run->workers[i].minor;
				arm->counts[COUNT_MAJOR_FAULTS] += run->workers[i].major;
				for (int c = 0; c < N_COUNTERS; c++)
					arm->counts[c] += counters[i].value[c];
			}
			arm->counted_calls += run->calls * run->n_workers;
		}
		run->counters = NULL;
	}
	/* A counter that one thread lacks is missing from the sum; the hooks' are all in the first's. */
	for (unsigned i = 0; i < run->n_workers; i++)
		for (int c = 0; c < N_COUNTERS; c++)
			if (!run->counter_reason[c].text[0] && !(i && c >= COUNT_SHORT_COPIES))
				run->counter_reason[c] = counters[i].reason[c];
	exceptions_from_hooks(run);
	for (unsigned i = 0; i < run->n_workers; i++)
		counters_close(&counters[i]);
	free(counters);
	return err;
}
