// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Workers and the slot, the only thing that is ever timed.
 *
 * Every arm runs the same instructions around the call: two function
 * pointers, never a branch on the arm. What a slot needs (room in the file,
 * cold pages, vectors) is made ready before the clock starts.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "format/marker.h"
#include "measure/measure.h"

/*
 * End the program if what writes @bytes takes a minute longer than at 16 MiB/s: a machine
 * may be slow, but a livelock never ends. Where the clock counts, a timer would be counted.
 */
static void watch(const struct run *run, uint64_t bytes)
{
	if (!run->counts)
		alarm(60 + (unsigned)(bytes >> 24));
}

static uint64_t slot_bytes(const struct run *run)
{
	return run->calls * run->job->block_size;
}

/* The CPUs the program was given, before it pinned anything. */
static cpu_set_t allowed_cpus;

/*
 * The timed loop. Inlined nowhere, so that every arm runs the same text; and what
 * it needs of the arm is fetched before the clock starts, since arms share cache
 * lines by chance, and after a call each line is fetched anew: A/A runs of
 * 4 KiB writes differed by 0.06 to 0.1 % before.
 */
__attribute__((noinline, aligned(64)))
static void slot_loop(struct worker *w, const struct arm *arm)
{
	const struct iovec *iov = w->iov;
	const int segments = w->run->segments;
	const ssize_t block = (ssize_t)w->run->job->block_size;
	const int zero_fd = w->source.ops->one_block ? w->source.fd : -1;
	const int fd = w->fd;
	void (*const fault_in)(const struct iovec *, int, size_t) = arm->fault_in;
	ssize_t (*const call)(int, const struct iovec *, int, off_t) = arm->call;
	const size_t stride = arm->stride;
	off_t pos = (off_t)w->pos;
	ssize_t got = block;
	uint64_t calls = w->run->calls;
	/* Where nothing is timed, the slots that are counted are those of the result. */
	const bool shows = w->run->in_rounds || (w->run->counters && w->run->job->counts_only);

	marker_begin(shows ? (unsigned)(arm - w->run->arms) : MARKER_NO_ARM);
	w->start = clock_ns();
	while (calls--) {
		if (zero_fd >= 0) {
			got = read(zero_fd, iov->iov_base, iov->iov_len);
			if (got != block)
				break;
		}
		fault_in(iov, segments, stride);
		got = call(fd, iov, segments, pos);
		if (got != block)
			break;
		iov += segments;
		pos += block;
	}
	w->end = clock_ns();
	marker_end();
	w->failed_at = (uint64_t)pos;
	w->failed_with = got == block ? 0 : got < 0 ? -errno : got + 1;
}

static void slot_work(struct worker *w, const struct arm *arm)
{
	struct rusage before, after;

	getrusage(RUSAGE_THREAD, &before);
	slot_loop(w, arm);
	getrusage(RUSAGE_THREAD, &after);
	w->minor = (uint64_t)(after.ru_minflt - before.ru_minflt);
	w->major = (uint64_t)(after.ru_majflt - before.ru_majflt);
	w->involuntary = (uint64_t)(after.ru_nivcsw - before.ru_nivcsw);
}

/* Point the vectors of the longest slot at the source. */
static void lay_out(struct worker *w)
{
	const struct run *run = w->run;
	const struct job *job = run->job;
	char *base = w->source.base;
	size_t segment = job->segment_size ? job->segment_size : job->block_size;
	struct iovec *iov = w->iov;

	if (run->source->follows_file)
		base += w->pos;
	if (base == w->laid_out)
		return;
	w->laid_out = base;
	for (uint64_t call = 0; call < run->max_calls; call++) {
		char *block = run->source->one_block ? base : base + call * job->block_size;

		for (size_t at = 0; at < job->block_size; at += segment, iov++) {
			iov->iov_base = block + at;
			iov->iov_len = job->block_size - at < segment ? job->block_size - at : segment;
		}
	}
}

static int slot_prepare(struct worker *w, struct reason *reason)
{
	const struct run *run = w->run;
	int err = run->layout->next(w, slot_bytes(run));

	if (err)
		return reason_fail(reason, err, "layout %s: %s", layout_names[run->job->layout], strerror(-err));
	lay_out(w);
	if (run->source->make_cold) {
		err = run->source->make_cold(&w->source, run->source->follows_file ? w->pos : 0, slot_bytes(run));
		if (err)
			return reason_fail(reason, err, "source %s: its pages cannot be dropped: %s%s",
				 run->source->name, strerror(-err),
				 err == -EBUSY ? " (the file system keeps them, as tmpfs does)" : "");
	}
	if (lseek(w->fd, (off_t)w->pos, SEEK_SET) < 0)
		return reason_fail(reason, -EIO, "lseek: %s", strerror(errno));
	return 0;
}

/* Why a write may have been short; XFS says so in the next one. */
static bool is_full(const struct worker *w)
{
	struct statvfs fs;

	return !w->run->op->reads && !fstatvfs(w->fd, &fs) &&
	       fs.f_bavail * fs.f_frsize < w->run->job->block_size;
}

static int slot_check(struct worker *w, const struct arm *arm, struct reason *reason)
{
	bool full;

	if (!w->failed_with) {
		if (!arm->strategy->skips_call)
			w->pos += slot_bytes(w->run);
		return 0;
	}
	full = is_full(w);
	if (w->failed_with < 0)
		reason_set(reason, "%s: %s at byte %llu", op_names[w->run->job->op],
			 strerror((int)-w->failed_with), (unsigned long long)w->failed_at);
	else
		reason_set(reason, "%s: only %zd of %llu bytes at byte %llu%s%s",
			 op_names[w->run->job->op], w->failed_with - 1,
			 (unsigned long long)w->run->job->block_size,
			 (unsigned long long)w->failed_at, full ? ": " : "",
			 full ? strerror(ENOSPC) : "");
	return -EIO;
}

static int64_t read_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

enum { SLOT_MARGIN = 200000 };	/* instructions between a look at the clock and a slot */

/*
 * Whether a slot may begin in another second than the last @tick. Until the next tick,
 * the vDSO then subtracts that second from each reading: 6 instructions on x86_64.
 */
static bool in_new_second(int64_t tick)
{
	const int64_t second = 1000000000;

	return tick / second != (read_ns(CLOCK_MONOTONIC) + SLOT_MARGIN) / second;
}

/*
 * Where the clock counts instructions, a timer tick inside a slot is thousands
 * of them, and the first write after a tick also updates the file's times.
 * So a slot that might not end before the next tick waits for that tick, which
 * shows in the coarse clock, and has the times updated: what it then counts is
 * the write. Yielding lets run what all this has woken.
 *
 * It does not sleep: what an idle CPU skips in QEMU depends on the host now
 * and then. nops are almost free under TCG.
 */
static void wait_for_tick(struct run *run)
{
	enum { YIELDS = 4 };
	struct timespec length;
	int64_t last, left, tick;

	clock_getres(CLOCK_MONOTONIC_COARSE, &length);
	last = read_ns(CLOCK_MONOTONIC_COARSE);
	/* At least so much: the coarse clock may lag behind its tick. */
	left = last + length.tv_nsec - read_ns(CLOCK_MONOTONIC);
	if (left > (int64_t)(run->longest + run->longest / 4 + SLOT_MARGIN) && !in_new_second(last))
		return;
	do {
		__asm__ volatile(".rept 1000\n\tnop\n\t.endr");
		tick = read_ns(CLOCK_MONOTONIC_COARSE);
	} while (tick == last || in_new_second(tick));
	for (unsigned i = 0; i < run->n_workers; i++)
		futimens(run->workers[i].fd, NULL);
	for (int i = 0; i < YIELDS; i++)
		sched_yield();
}

int slot_run(struct run *run, const struct arm *arm, uint64_t *ns, struct reason *reason)
{
	uint64_t start = UINT64_MAX, end = 0;

	watch(run, slot_bytes(run) * run->n_workers);
	if (run->switch_fd >= 0 && run->switched != arm) {
		const char *name = arm->strategy->selects ? arm->strategy->selects : arm->name;
		int err = switch_select(run->switch_fd, name);

		if (err)
			return reason_fail(reason, err, "the kernel does not take %s: %s", name, strerror(-err));
		run->switched = arm;
	}
	for (unsigned i = 0; i < run->n_workers; i++)
		if (slot_prepare(&run->workers[i], reason))
			return -EIO;
	if (run->counts)
		wait_for_tick(run);
	if (run->counters && recorder_set(true, reason))
		return -EIO;
	for (unsigned i = 0; run->counters && i < run->n_workers; i++)
		counters_start(&run->counters[i]);
	run->current = arm;
	atomic_store(&run->busy, run->n_workers - 1);
	atomic_fetch_add(&run->generation, 1);
	slot_work(&run->workers[0], arm);
	while (atomic_load(&run->busy))
		sched_yield();
	for (unsigned i = 0; run->counters && i < run->n_workers; i++)
		counters_stop(&run->counters[i]);
	if (run->counters && recorder_set(false, reason))
		return -EIO;
	for (unsigned i = 0; i < run->n_workers; i++) {
		struct worker *w = &run->workers[i];

		if (slot_check(w, arm, reason))
			return -EIO;
		start = w->start < start ? w->start : start;
		end = w->end > end ? w->end : end;
	}
	*ns = end - start;
	if (*ns > run->longest)
		run->longest = *ns;
	return 0;
}

/*
 * Pin the calling thread to the @index-th of the CPUs it may use, counted from
 * the last: the first ones see most interrupts.
 */
static int pin(unsigned index)
{
	cpu_set_t one;

	for (int cpu = CPU_SETSIZE - 1; cpu >= 0; cpu--) {
		if (!CPU_ISSET(cpu, &allowed_cpus) || index--)
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		return sched_setaffinity(0, sizeof(one), &one) ? -errno : 0;
	}
	return -EINVAL;
}

unsigned cpus_allowed(void)
{
	if (!CPU_COUNT(&allowed_cpus) &&
	    sched_getaffinity(0, sizeof(allowed_cpus), &allowed_cpus))
		return 1;
	return (unsigned)CPU_COUNT(&allowed_cpus);
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	struct run *run = w->run;
	uint32_t seen = 0;

	pin(w->index);
	atomic_store(&w->tid, (pid_t)syscall(SYS_gettid));
	for (;;) {
		while (atomic_load(&run->generation) == seen)
			sched_yield();
		seen = atomic_load(&run->generation);
		if (!run->current)
			return NULL;
		slot_work(w, run->current);
		atomic_fetch_sub(&run->busy, 1);
	}
}

static int worker_open(struct worker *w, bool patterned, struct reason *reason)
{
	struct run *run = w->run;
	const struct job *job = run->job;
	uint64_t size = run->max_calls * job->block_size;
	int flags = file_flags(job);
	char path[32];
	int err;

	w->low = job->shared ? job->file_size / run->n_workers * w->index : 0;
	w->low = w->low / job->block_size * job->block_size;
	w->high = w->low + (job->shared ? job->file_size / run->n_workers : job->file_size);
	w->pos = w->low;
	if (job->shared && w->index) {
		/* The same file, but a position of its own. */
		snprintf(path, sizeof(path), "/proc/self/fd/%d", run->workers[0].fd);
		w->fd = open(path, flags | O_RDWR | O_CLOEXEC);
		if (w->fd < 0)
			w->fd = -errno;
	} else {
		w->fd = file_create(flags);
	}
	if (w->fd < 0)
		return reason_fail(reason, w->fd, "cannot create the file under test: %s", strerror(-w->fd));
	if (run->layout->existing || run->op->reads) {
		/*
		 * A write must find something else there than what it brings; a
		 * read, or a write from the file itself, must find the pattern.
		 */
		uint64_t from = run->op->reads || run->source->follows_file ? 0 : 1 << 20;

		err = file_fill(w->fd, w->low, w->high - w->low, from, job->fill_size);
		if (err)
			return reason_fail(reason, err, "cannot write the file under test: %s",
				 strerror(-err));
	}
	w->iov = calloc(run->max_calls * (uint64_t)run->segments, sizeof(*w->iov));
	if (!w->iov)
		return reason_fail(reason, -ENOMEM, "no memory for the vectors of a slot");
	w->source = (struct source){
		.ops = run->source, .job = job, .patterned = patterned,
		.writable = run->op->reads, .file = w->fd, .size = size, .fd = -1,
	};
	err = source_open(&w->source);
	if (err)
		reason_set(reason, "source %s: %s", run->source->name,
			 w->source.why ? w->source.why : strerror(-err));
	return err;
}

int workers_open(struct run *run, uint64_t max_calls, bool patterned, struct reason *reason)
{
	run->n_workers = run->job->threads;
	watch(run, run->job->file_size * run->n_workers);
	run->calls = run->max_calls = max_calls;
	run->longest = 0;
	run->workers = calloc(run->n_workers, sizeof(*run->workers));
	if (!run->workers)
		return reason_fail(reason, -ENOMEM, "no memory for the threads");
	atomic_store(&run->generation, 0);
	for (unsigned i = 0; i < run->n_workers; i++)
		run->workers[i] = (struct worker){ .run = run, .index = i, .fd = -1, .source.fd = -1 };
	for (unsigned i = 0; i < run->n_workers; i++) {
		struct worker *w = &run->workers[i];
		int err = worker_open(w, patterned, reason);

		if (err)
			return err;
		if (!i)
			continue;
		err = pthread_create(&w->thread, NULL, worker_main, w);
		if (err)
			return reason_fail(reason, -err, "cannot start a thread: %s", strerror(err));
		while (!atomic_load(&w->tid))
			sched_yield();
	}
	if (pin(0))
		return reason_fail(reason, -EINVAL, "cannot pin to a CPU (going offline?)");
	return 0;
}

void workers_close(struct run *run)
{
	if (!run->workers)
		return;
	alarm(0);
	run->current = NULL;
	atomic_fetch_add(&run->generation, 1);
	for (unsigned i = 0; i < run->n_workers; i++) {
		struct worker *w = &run->workers[i];

		if (atomic_load(&w->tid))
			pthread_join(w->thread, NULL);
		source_close(&w->source);
		if (w->fd >= 0)
			close(w->fd);
		free(w->iov);
	}
	free(run->workers);
	run->workers = NULL;
}
