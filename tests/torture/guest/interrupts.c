// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes during which somebody else faults: interrupts, in which perf follows the
 * frame pointer of the writer into memory that it cannot read; and another task,
 * between a fault of the copy and what the loop does about it. Their faults must not
 * be taken for the fault of the copy.
 */
#include <errno.h>
#include <linux/futex.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"

#ifndef PROT_MTE
#define PROT_MTE 0
#endif

enum { SIZE = 64 * 1024, PERIOD_NS = 10000 };

/* pwrite(), with a frame pointer that leads to @frame. */
static ssize_t write_with_frame(int fd, const void *data, size_t size, off_t pos, const void *frame)
{
#ifdef __x86_64__
	register long r10 __asm__("r10") = pos;
	long n = SYS_pwrite64;

	__asm__ volatile("mov %%rbp, %%r12\n\tmov %[frame], %%rbp\n\tsyscall\n\tmov %%r12, %%rbp"
			 : "+a" (n)
			 : "D" ((long)fd), "S" (data), "d" (size), "r" (r10), [frame] "r" (frame)
			 : "r12", "rcx", "r11", "memory");
#else
	register long x8 __asm__("x8") = SYS_pwrite64;
	register long n __asm__("x0") = fd;
	register const void *x1 __asm__("x1") = data;
	register size_t x2 __asm__("x2") = size;
	register long x3 __asm__("x3") = pos;

	__asm__ volatile("mov x19, x29\n\tmov x29, %[frame]\n\tsvc 0\n\tmov x29, x19"
			 : "+r" (n)
			 : "r" (x8), "r" (x1), "r" (x2), "r" (x3), [frame] "r" (frame)
			 : "x19", "memory");
#endif
	if (n < 0)
		errno = (int)-n;
	return n < 0 ? -1 : n;
}

/* Samples this task's call chain often. Returns the descriptor or -1. */
static int open_sampler(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr), .config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = PERIOD_NS, .sample_type = PERF_SAMPLE_CALLCHAIN,
	};
	int fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);

	if (fd >= 0 && mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED)
		return -1;
	return fd;
}

static void try_interrupted(struct cell *c, char *source, bool tags)
{
	struct attempt a = {
		.count = SIZE, .reach = SIZE, .data = new_data, .size = SIZE + PAGE,
	};
	uintptr_t frame = (uintptr_t)source;
	ssize_t n;

	/* A resident page of the source, through another tag; or else behind it all, where there is nothing. */
	frame += tags ? (next_random() % (SIZE / PAGE) | 1) * PAGE | (uintptr_t)1 << 56 : SIZE;
	if (!ready(c, reset_file(c, CACHED, a.size)))
		return;
	touch(source, SIZE);
	for (size_t at = 0; at < SIZE; at += 2 * PAGE)
		madvise(source + at, PAGE, MADV_DONTNEED);
	n = write_with_frame(c->fd, source, a.count, a.pos, (void *)frame);
	judge(c, &a, n, errno, "interrupted");
}

void run_interrupted(struct cell *c)
{
	bool tags = !allow_tags();
	unsigned long before = counter("foreign_exceptions");
	char *source = mmap(NULL, SIZE + PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int sampler = open_sampler();

	if (sampler < 0 || source == MAP_FAILED ||
	    !map_pattern(c, source, SIZE, PROT_READ | (tags ? PROT_MTE : 0))) {
		held(c, 0, "preparing: %s", strerror(errno));
		return;
	}
	for (int i = 0; i < (c->quick ? 8 : 64); i++)
		try_interrupted(c, source, tags);
	close(sampler);
	if (counter("foreign_exceptions") == before)
		held(c, 0, "no interrupt has faulted");
}

/* ---- another task -------------------------------------------------------- */

enum { STEP_NS = 250, LAST_NS = 200000, MET = 8 };

/* Reads from the source of a write, with faults disabled, what it may not read. */
struct intruder {
	char *source, *forbidden;	/* the same memory, through the wrong tag */
	long delay_ns;
	unsigned long exceptions, short_copies;	/* before the write */
	bool between, failed;
};

static void *intrude(void *arg)
{
	struct intruder *t = arg;
	const struct timespec delay = { .tv_nsec = t->delay_ns };

	nanosleep(&delay, NULL);
	t->between = counter("copy_exceptions") > t->exceptions &&
		     counter("short_copies") == t->short_copies;
	/* A page that is not there has no tags. */
	touch(t->source, 1);
	t->failed = syscall(SYS_futex, t->forbidden, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0) < 0 &&
		    errno == EFAULT;
	return NULL;
}

/* A write of one page: there is one address at which its copy can fault. */
static void try_preempted(struct cell *c, struct intruder *t)
{
	struct attempt a = {
		.count = PAGE, .reach = PAGE, .data = new_data, .size = 2 * PAGE,
	};
	pthread_t thread;
	ssize_t n;
	int err;

	if (!ready(c, reset_file(c, CACHED, a.size)))
		return;
	madvise(t->source, PAGE, MADV_DONTNEED);
	t->exceptions = counter("copy_exceptions");
	t->short_copies = counter("short_copies");
	if (!ready(c, start_thread(&thread, intrude, t)))
		return;
	n = pwrite(c->fd, t->source, a.count, a.pos);
	err = errno;
	pthread_join(thread, NULL);
	if (t->failed)
		judge(c, &a, n, err, "preempted");
	else
		held(c, 0, "the other task could read the memory");
}

/* The other task wakes up at all times, until it has met the writer there some times. */
void run_preempted(struct cell *c)
{
	const char *reason = allow_tags();
	struct intruder t = { .source = map_pattern(c, NULL, PAGE, PROT_READ | PROT_MTE) };
	int met = 0;

	if (reason) {
		skip(c, reason);
		return;
	}
	if (!t.source) {
		held(c, 0, "PROT_MTE: %s", strerror(errno));
		return;
	}
	t.forbidden = (char *)((uintptr_t)t.source | (uintptr_t)1 << 56);
	for (; t.delay_ns < LAST_NS && met < (c->quick ? 1 : MET); t.delay_ns += STEP_NS) {
		try_preempted(c, &t);
		met += t.between;
	}
	if (!met)
		held(c, 0, "no task came between fault and fault-in");
}
