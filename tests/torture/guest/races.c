// SPDX-License-Identifier: GPL-2.0-or-later
/* Sources that go away during the write, and fatal signals that it must hear. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"

/* ---- sources that go away during the write ------------------------------- */

enum { RACE_SIZE = 64 * 1024, MOST_THREADS = 4 };

/*
 * Threads that overtake the writer wherever the kernel lets them, since they
 * have real-time priority and there is one CPU.
 */
struct disturber {
	atomic_bool stop, acted;
	void (*act)(struct disturber *d);
	unsigned int rest_us;	/* the longest between two acts of a thread */
	unsigned int threads, running;
	pthread_t thread[MOST_THREADS];
	char *source;
	int fd;			/* what is mapped there */
	int prot;
	int file;		/* of a read */
};

static void nap(unsigned int most_us)
{
	const struct timespec ts = { .tv_nsec = 1000L * (1 + (long)(next_random() % most_us)) };

	nanosleep(&ts, NULL);
}

static void drop(struct disturber *d)
{
	madvise(d->source, RACE_SIZE, MADV_DONTNEED);
}

static void remap(struct disturber *d)
{
	munmap(d->source, RACE_SIZE);
	nap(8);
	if (mmap(d->source, RACE_SIZE, d->prot, MAP_PRIVATE | MAP_FIXED, d->fd, 0) == MAP_FAILED)
		abort();
}

static void cut(struct disturber *d)
{
	if (ftruncate(d->fd, 0))
		abort();
	nap(8);
	if (ftruncate(d->fd, RACE_SIZE))
		abort();
}

static void *disturb(void *arg)
{
	struct disturber *d = arg;

	while (!atomic_load(&d->stop)) {
		nap(d->rest_us);
		atomic_store(&d->acted, true);
		d->act(d);
	}
	return NULL;
}

int start_thread(pthread_t *thread, void *(*run)(void *), void *arg)
{
	const struct sched_param first = { .sched_priority = 1 };
	pthread_attr_t attr;
	int err;

	pthread_attr_init(&attr);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
	pthread_attr_setschedparam(&attr, &first);
	err = pthread_create(thread, &attr, run, arg);
	pthread_attr_destroy(&attr);
	return -err;
}

/* Returns 0 or -errno. */
static int start_disturber(struct disturber *d)
{
	int err = 0;

	atomic_store(&d->stop, false);
	atomic_store(&d->acted, false);
	while (!err && d->running < d->threads) {
		err = start_thread(&d->thread[d->running], disturb, d);
		d->running += !err;
	}
	return err;
}

static void stop_disturber(struct disturber *d)
{
	atomic_store(&d->stop, true);
	while (d->running)
		pthread_join(d->thread[--d->running], NULL);
}

/* Whether the disturber acted during the write. */
static bool race_once(struct cell *c, struct disturber *d, enum layout layout)
{
	struct attempt a = {
		.pos = next_random() % 2 ? 0 : 100, .count = RACE_SIZE, .reach = RACE_SIZE,
		.data = new_data, .size = layout == EXTEND ? 0 : RACE_SIZE + PAGE,
		.or_zero = d->act == cut, .lost = true,
	};
	bool disturbed;
	ssize_t n;
	int err;

	if (a.size == 0 || c->test->direct)
		a.pos = 0;
	if (c->test->reads)
		drop(d);
	if (!ready(c, reset_file(c, layout, a.size)) || !ready(c, start_disturber(d)))
		return false;
	n = c->test->reads ? pread(d->file, d->source, a.count, a.pos) :
	    pwrite(c->fd, d->source, a.count, a.pos);
	err = errno;
	disturbed = atomic_load(&d->acted);
	stop_disturber(d);
	if (c->test->reads)
		judge_read(c, &a, d->source, n, err, "disturbed");
	else
		judge(c, &a, n, err, "disturbed");
	return disturbed;
}

static void race(struct cell *c, struct disturber *d)
{
	unsigned int rounds = c->quick ? 4 : 24, disturbed = 0;

	for (unsigned int i = 0; i < rounds; i++) {
		if (d->act == cut && pwrite(d->fd, new_data, RACE_SIZE, 0) != RACE_SIZE) {
			held(c, 0, "filling the source: %s", strerror(errno));
			return;
		}
		disturbed += race_once(c, d, i % 8 == 7 ? UNCACHED :
				       i % 2 && !c->test->reads ? EXTEND : CACHED);
	}
	if (2 * disturbed < rounds)
		held(c, 0, "%u of %u writes were disturbed", disturbed, rounds);
}

static void run_race(struct cell *c, void (*act)(struct disturber *d), unsigned int rest_us)
{
	struct disturber d = {
		.act = act, .rest_us = rest_us, .threads = 1, .fd = c->pattern, .prot = PROT_READ,
	};

	if (c->test->reads) {
		d.prot |= PROT_WRITE;
		d.file = open_as_tested(c);
		if (d.file < 0)
			return;
	}
	d.source = map_pattern(c, NULL, RACE_SIZE, d.prot);
	if (d.source)
		race(c, &d);
	else
		held(c, 0, "mmap: %s", strerror(errno));
}

void run_drop(struct cell *c)
{
	run_race(c, drop, 20);
}

void run_remap(struct cell *c)
{
	run_race(c, remap, 40);
}

/* The source is a file next to the one that is written. */
void run_truncate(struct cell *c)
{
	struct disturber d = { .act = cut, .rest_us = 40, .threads = 1 };

	d.fd = open("/mnt/source", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	d.source = d.fd < 0 ? MAP_FAILED :
		   mmap(NULL, RACE_SIZE, PROT_READ, MAP_SHARED, d.fd, 0);
	if (d.source == MAP_FAILED)
		held(c, 0, "source: %s", strerror(errno));
	else
		race(c, &d);
	close(d.fd);
	unlink("/mnt/source");
}

/* ---- fatal signals ------------------------------------------------------- */

enum { LONG_WRITE = DATA_SIZE, SOON = 50 };

/* Whether @pid ended within SOON ms. */
static bool ends_soon(pid_t pid, int *status)
{
	for (int ms = 0; ms < SOON; ms++) {
		if (waitpid(pid, status, WNOHANG) == pid)
			return true;
		usleep(1000);
	}
	return false;
}

/* Never comes to an end: its source is dropped before every write. */
static void __attribute__((noreturn)) write_for_ever(const struct cell *c)
{
	char *p = map_pattern(c, NULL, LONG_WRITE, PROT_READ);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (p && pwrite(c->fd, p, LONG_WRITE, 0) >= 0)
		madvise(p, LONG_WRITE, MADV_DONTNEED);
	_exit(1);
}

/* However far it came, that far it is whole. */
static void judge_killed(struct cell *c, int status, unsigned int rules)
{
	struct attempt a = { .count = LONG_WRITE, .data = new_data };
	struct stat st;

	fstat(c->fd, &st);
	if (!WIFSIGNALED(status) || differs(c, &a, st.st_size, false) >= 0)
		rules = 0;
	held(c, rules, "status %#x, %zd bytes written", (unsigned int)status, (ssize_t)st.st_size);
}

static void try_kill(struct cell *c)
{
	int status = 0;
	pid_t pid;

	if (!ready(c, reset_file(c, EXTEND, 0)))
		return;
	pid = fork();
	if (!pid)
		write_for_ever(c);
	nap(1000);
	kill(pid, SIGKILL);
	if (ends_soon(pid, &status))
		judge_killed(c, status, KILLED);
	else
		c->report->unkillable = true;
}

void run_kill(struct cell *c)
{
	for (int i = 0; i < (c->quick ? 3 : 20) && !c->report->unkillable; i++)
		try_kill(c);
}

struct starved {
	struct cell *cell;
	char *source;
	atomic_bool returned;
};

static int write_once(void *arg)
{
	struct starved *s = arg;

	pwrite(s->cell->fd, s->source, RACE_SIZE, 0);
	atomic_store(&s->returned, true);
	return 0;
}

/*
 * A source that is dropped whenever the kernel can be interrupted, so that the
 * write does not get on. The writer shares the memory, not the signals: the
 * fatal one is its alone.
 */
void run_starve(struct cell *c)
{
	static char stack[16 * PAGE] __attribute__((aligned(PAGE)));
	struct disturber d = { .act = drop, .rest_us = 1, .threads = MOST_THREADS };
	struct starved s = { .cell = c };
	bool heard;
	int status = 0;
	pid_t pid;

	s.source = d.source = map_pattern(c, NULL, RACE_SIZE, PROT_READ);
	if (!d.source || !ready(c, reset_file(c, EXTEND, 0)) || !ready(c, start_disturber(&d)))
		return;
	pid = clone(write_once, stack + sizeof(stack), CLONE_VM | SIGCHLD, &s);
	usleep(5000);
	kill(pid, SIGKILL);
	heard = ends_soon(pid, &status);
	stop_disturber(&d);
	if (heard || ends_soon(pid, &status))
		judge_killed(c, status, atomic_load(&s.returned) ? 0 : heard ? KILLED : DEAF);
	else
		c->report->unkillable = true;
}
