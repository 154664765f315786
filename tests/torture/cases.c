// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases: writes whose source goes away, has holes, or is the file itself.
 * Every write is followed by a comparison of the whole file with what must be
 * in it, and every cell by one with the disk. Which promise ought to hold is
 * not known here: a case tells which did.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"

char old_data[DATA_SIZE] __attribute__((aligned(PAGE)));
char new_data[DATA_SIZE] __attribute__((aligned(PAGE)));

void fill_data(void)
{
	for (unsigned int i = 0; i < DATA_SIZE; i++) {
		old_data[i] = (char)((i * 2654435761U >> 11) % 127 + 1);
		new_data[i] = (char)(128 + (i * 2246822519U >> 13) % 128);
	}
}

/* The same in every run. */
unsigned int next_random(void)
{
	static unsigned int x = 1;

	x = x * 1664525 + 1013904223;
	return x >> 8;
}

void touch(const char *p, size_t size)
{
	for (size_t at = 0; at < size; at += PAGE)
		(void)*(const volatile char *)(p + at);
}

/* ---- judging ------------------------------------------------------------- */

void held(struct cell *c, unsigned int rules, const char *fmt, ...)
{
	struct report *r = c->report;
	va_list ap;

	if (r->rules & ~rules) {
		va_start(ap, fmt);
		vsnprintf(r->detail, sizeof(r->detail), fmt, ap);
		va_end(ap);
	}
	r->rules &= rules;
	r->writes++;
}

/* For the case that nothing more is heard. */
void doing(struct cell *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->report->doing, sizeof(c->report->doing), fmt, ap);
	va_end(ap);
}

void skip(struct cell *c, const char *reason)
{
	snprintf(c->report->skip, sizeof(c->report->skip), "%s", reason);
}

/*
 * Leaves @size bytes of the file on the disk alone, which tmpfs has not.
 * Returns 0 or -errno; -EBUSY if a page is still in the page cache.
 */
static int drop_cache(const struct cell *c, size_t size)
{
	static unsigned char resident[2 * DATA_SIZE / PAGE];
	char *map;
	int err;

	if (fsync(c->fd))
		return -errno;
	err = posix_fadvise(c->fd, 0, 0, POSIX_FADV_DONTNEED);
	if (err || !size || !strcmp(c->fs, "tmpfs"))
		return -err;
	map = mmap(NULL, size, PROT_READ, MAP_SHARED, c->fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	err = mincore(map, size, resident) ? errno : 0;
	munmap(map, size);
	for (size_t page = 0; page * PAGE < size && !err; page++)
		if (resident[page] & 1)
			err = EBUSY;
	return -err;
}

/* Returns 0 or -errno. */
int reset_file(struct cell *c, enum layout layout, size_t size)
{
	if (layout == EXTEND)
		return ftruncate(c->fd, 0) ? -errno : 0;
	if (pwrite(c->fd, old_data, size, 0) != (ssize_t)size || ftruncate(c->fd, (off_t)size))
		return -errno;
	return layout == UNCACHED ? drop_cache(c, size) : 0;
}

/*
 * The first byte of the file that is not as it must be, or -1. With @spilt,
 * what was not counted may have been written all the same.
 */
static ssize_t differs(const struct cell *c, const struct attempt *a, ssize_t n, bool spilt)
{
	static char back[2 * DATA_SIZE];
	size_t pos = (size_t)a->pos, end = n > 0 ? pos + (size_t)n : 0;
	size_t size = end > a->size ? end : a->size;
	ssize_t got = pread(c->fd, back, sizeof(back), 0);

	if (got < 0)
		return 0;
	/* As it mostly is; to look at each byte would be most of a guest's work. */
	if ((size_t)got == size && pos <= a->size &&
	    !memcmp(back, old_data, n > 0 ? pos : size) &&
	    (n <= 0 || (!memcmp(back + pos, a->data, (size_t)n) &&
			(end == size || !memcmp(back + end, old_data + end, size - end)))))
		return -1;
	for (size_t i = 0; i < (size_t)got && i < size; i++) {
		bool was_there = i < pos || i >= end;
		bool may_be_new = i >= pos && i < (spilt ? pos + a->reach : end);

		if (was_there && back[i] == (i < a->size ? old_data[i] : 0))
			continue;
		if (may_be_new && (back[i] == a->data[i - pos] || (a->or_zero && !back[i])))
			continue;
		return (ssize_t)i;
	}
	return (size_t)got == size ? -1 : got;
}

static unsigned int rules_of(const struct attempt *a, ssize_t n, int err)
{
	size_t past = (size_t)a->pos + a->reach;
	ssize_t pages = (ssize_t)(past - past % PAGE) - a->pos;
	bool efault = n < 0 && err == EFAULT;
	unsigned int rules = 0;

	if (n == (ssize_t)a->count)
		rules |= WHOLE;
	if (a->reach ? n == (ssize_t)a->reach : efault)
		rules |= PREFIX;
	if (efault)
		rules |= NOTHING;
	if (pages > 0 ? n == pages : efault)
		rules |= PAGES;
	if (efault || (n >= 8 * PAGE && n % PAGE == 0 && n <= (ssize_t)a->reach))
		rules |= CHUNKS;
	if (efault || (n > 0 && n <= (ssize_t)a->reach))
		rules |= BOUNDED | SPILT;
	return rules;
}

/* What the write of @a, which returned @n, promised and kept. */
void judge(struct cell *c, const struct attempt *a, ssize_t n, int err, const char *what)
{
	ssize_t bad = differs(c, a, n, false);
	int at = (int)a->pos, reach = (int)a->reach;

	if (bad >= 0)
		held(c, differs(c, a, n, true) < 0 ? rules_of(a, n, err) & SPILT : 0,
		     "%s at %d, %d readable: %zd, file differs at %zd", what, at, reach, n, bad);
	else
		held(c, rules_of(a, n, err), "%s at %d, %d readable: %zd%s%s", what, at, reach, n,
		     n < 0 ? " " : "", n < 0 ? strerror(err) : "");
}

/* A write out of new_data of which nobody knows how far it came. */
bool kept_to_reach(int fd, const struct report *r)
{
	static char back[2 * DATA_SIZE];
	ssize_t got = pread(fd, back, sizeof(back), 0);

	if (got != (ssize_t)r->size)
		return false;
	for (size_t i = 0; i < r->size; i++) {
		size_t at = i - (size_t)r->pos;

		if (back[i] != old_data[i] && (at >= r->reach || back[i] != new_data[at]))
			return false;
	}
	return true;
}

/* What is in the page cache must also be what reaches the disk. */
void compare_with_disk(struct cell *c)
{
	static char cache[2 * DATA_SIZE], disk[2 * DATA_SIZE];
	ssize_t in_cache = pread(c->fd, cache, sizeof(cache), 0), on_disk;
	int err = in_cache < 0 ? -errno : drop_cache(c, (size_t)in_cache);

	if (err) {
		held(c, 0, "dropping the page cache: %s", strerror(-err));
		return;
	}
	on_disk = pread(c->fd, disk, sizeof(disk), 0);
	if (in_cache != on_disk || memcmp(cache, disk, (size_t)in_cache))
		held(c, 0, "the disk holds something else than the page cache");
}

static bool ready(struct cell *c, int err)
{
	if (err)
		held(c, 0, "preparing the file: %s", strerror(-err));
	return !err;
}

/* ---- sources ------------------------------------------------------------- */

/* new_data from a file, so that what is dropped comes back as it was. */
static char *map_pattern(const struct cell *c, void *at, size_t size, int prot)
{
	char *p = mmap(at, size, prot, MAP_PRIVATE | (at ? MAP_FIXED : 0), c->pattern, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* ---- holes --------------------------------------------------------------- */

enum { BEFORE_HOLE = 4 * PAGE, HOLE = 4 * PAGE };

static const char hole_kinds[][10] = { "unmapped", "PROT_NONE" };

/* A write that begins @reach bytes before a hole of kind @kind. */
static void try_hole(struct cell *c, int kind, off_t pos, size_t reach)
{
	const struct test *t = c->test;
	struct attempt a = {
		.pos = pos,
		.reach = reach,
		.data = new_data + BEFORE_HOLE - reach,
		.size = t->layout == EXTEND ? 0 : 8 * PAGE,
		/* To the end of a page, so that the one with the hole would be full. */
		.count = t->layout == CACHED ? reach + 300 :
			 (reach / PAGE + 2) * PAGE,
	};
	char *p;
	ssize_t n;

	if (!ready(c, reset_file(c, t->layout, a.size)))
		return;
	p = mmap(NULL, BEFORE_HOLE + HOLE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED || !map_pattern(c, p, BEFORE_HOLE, PROT_READ)) {
		held(c, 0, "mmap: %s", strerror(errno));
		return;
	}
	if (!t->cold)
		touch(p, BEFORE_HOLE);
	if (!kind)
		munmap(p + BEFORE_HOLE, HOLE);
	n = pwrite(c->fd, p + BEFORE_HOLE - reach, a.count, pos);
	judge(c, &a, n, errno, hole_kinds[kind]);
	munmap(p, BEFORE_HOLE + HOLE);
}

static void run_hole(struct cell *c)
{
	/*
	 * So that the hole passes a page boundary of the file at every offset,
	 * and is at the first byte too.
	 */
	static const struct {
		off_t pos;
		size_t from, to;
	} sweeps[] = {
		{ 0, PAGE - 17, PAGE + 17 }, { 0, 0, 17 }, { 0, 2 * PAGE - 9, 2 * PAGE + 9 },
		{ 100, PAGE - 117, PAGE - 83 }, { PAGE - 6, 0, 23 },
		{ PAGE - 6, PAGE - 11, PAGE + 23 },
	};
	bool aligned = c->test->layout != CACHED;
	unsigned int step = c->quick ? 7 : 1;

	for (size_t i = 0; i < ARRAY_SIZE(sweeps); i++) {
		if (aligned && sweeps[i].pos)
			continue;
		for (size_t reach = sweeps[i].from; reach <= sweeps[i].to; reach += step)
			for (size_t kind = 0; kind < ARRAY_SIZE(hole_kinds); kind++)
				/* In a quick run they take turns. */
				if (!c->quick || kind == reach % 2)
					try_hole(c, (int)kind, sweeps[i].pos, reach);
	}
}

/*
 * A mapping that may be written and not be read. The processor reads it all
 * the same, and so does a copy; get_user_pages() refuses it.
 */
static void run_write_only(struct cell *c)
{
	static const size_t sizes[] = { 1, 100, PAGE, PAGE + 1, BEFORE_HOLE };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct attempt a = {
			.count = sizes[i], .reach = sizes[i], .data = new_data, .size = 8 * PAGE,
		};
		char *p = map_pattern(c, NULL, BEFORE_HOLE, PROT_WRITE);
		ssize_t n;

		if (!p || !ready(c, reset_file(c, CACHED, a.size)))
			return;
		n = pwrite(c->fd, p, a.count, 0);
		judge(c, &a, n, errno, "PROT_WRITE");
		munmap(p, BEFORE_HOLE);
	}
}

/*
 * Resident pages that are marked old, as fork() leaves them in the child and
 * the search for unused pages leaves them anywhere. A CPU that does not mark
 * them young by itself faults on them; get_user_pages() finds them present and
 * leaves them old. be_cell() has not touched this source since the fork.
 */
static void run_aged(struct cell *c)
{
	struct attempt a = {
		.count = DATA_SIZE, .reach = DATA_SIZE, .data = new_data, .size = DATA_SIZE,
	};
	ssize_t n;

	if (!ready(c, reset_file(c, CACHED, a.size)))
		return;
	c->report->reach = a.reach;
	c->report->size = a.size;
	n = pwrite(c->fd, new_data, a.count, 0);
	judge(c, &a, n, errno, "aged");
}

/* ---- many segments ------------------------------------------------------- */

enum { SEGMENTS = 32 };

/* One byte of each page, the page of @bad not readable (SEGMENTS: none). */
static void try_segments(struct cell *c, enum layout layout, unsigned int bad)
{
	struct iovec iov[SEGMENTS];
	char data[SEGMENTS];
	struct attempt a = {
		.pos = 50, .count = SEGMENTS, .reach = bad, .data = data,
		.size = layout == EXTEND ? 0 : PAGE,
	};
	char *p = map_pattern(c, NULL, SEGMENTS * PAGE, PROT_READ);
	ssize_t n;

	if (!p || !ready(c, reset_file(c, layout, a.size)))
		return;
	for (unsigned int i = 0; i < SEGMENTS; i++) {
		/* The last byte of a page every other time. */
		size_t at = i * PAGE + (i % 2 ? PAGE - 1 : i);

		data[i] = new_data[at];
		iov[i] = (struct iovec) { p + at, 1 };
	}
	if (bad < SEGMENTS)
		mprotect(p + bad * PAGE, PAGE, PROT_NONE);
	if (!c->test->cold)
		touch(p, bad * PAGE);
	n = pwritev(c->fd, iov, SEGMENTS, a.pos);
	judge(c, &a, n, errno, "segments");
	munmap(p, SEGMENTS * PAGE);
}

static void run_segments(struct cell *c)
{
	if (c->test->hole) {
		for (unsigned int bad = 0; bad < SEGMENTS; bad += c->quick ? 7 : 1)
			try_segments(c, CACHED, bad);
		return;
	}
	try_segments(c, CACHED, SEGMENTS);
	try_segments(c, EXTEND, SEGMENTS);
	try_segments(c, UNCACHED, SEGMENTS);
}

/* ---- the file itself ----------------------------------------------------- */

enum { SELF_SIZE = 8 * PAGE };

enum residence { MAPPED, IN_CACHE, ON_DISK, NR_RESIDENCES };

static const char *const residences[] = { "mapped", "in the page cache", "on the disk" };

struct self_move {
	size_t from, size, to;
};

static const struct self_move in_place[] = {
	{ 0, PAGE, 0 }, { 0, 4 * PAGE, 0 }, { PAGE, 2 * PAGE, PAGE }, { 100, PAGE, 100 },
	{ PAGE - 96, 200, PAGE - 96 }, { 7 * PAGE, PAGE, 7 * PAGE },
};

static const struct self_move shifted[] = {
	{ 0, 1024, 2048 }, { 2048, 1024, 0 }, { 3600, 1000, 5600 }, { 0, PAGE, PAGE },
	{ PAGE, PAGE, 0 }, { 0, 2 * PAGE, 2 * PAGE }, { 100, 4000, 2 * PAGE },
	/* overlapping */
	{ 0, PAGE, 1 }, { 1, PAGE, 0 }, { 0, 2 * PAGE, PAGE }, { 0, 3 * PAGE, 100 },
};

static const struct self_move direct_in_place[] = {
	{ 0, PAGE, 0 }, { 0, 4 * PAGE, 0 }, { PAGE, 2 * PAGE, PAGE }, { 7 * PAGE, PAGE, 7 * PAGE },
};

static const struct self_move direct_shifted[] = {
	{ 0, PAGE, PAGE }, { PAGE, PAGE, 0 }, { 0, 2 * PAGE, 2 * PAGE },
	{ 0, 2 * PAGE, PAGE }, { PAGE, 3 * PAGE, 0 },
};

/*
 * Whether the move may leave @byte at @at. The order of an overlapping copy is
 * nobody's promise: what it reads may be what it has just written, and then
 * the byte comes from as many moves before.
 */
static bool may_hold(const struct self_move *m, size_t at, char byte)
{
	while (at >= m->to && at < m->to + m->size) {
		at = at - m->to + m->from;
		if (old_data[at] == byte)
			return true;
		if (m->from == m->to)
			return false;
	}
	return false;
}

static ssize_t move_differs(int fd, const struct self_move *m)
{
	char back[SELF_SIZE + 1];
	ssize_t got = pread(fd, back, sizeof(back), 0);

	if (got != SELF_SIZE)
		return got < 0 ? 0 : got;
	for (size_t i = 0; i < SELF_SIZE; i++) {
		bool moved = i >= m->to && i < m->to + m->size;

		if (moved ? !may_hold(m, i, back[i]) : back[i] != old_data[i])
			return (ssize_t)i;
	}
	return -1;
}

typedef ssize_t (*move_fn)(int fd, char *map, const struct self_move *m);

static ssize_t write_self(int fd, char *map, const struct self_move *m)
{
	return pwrite(fd, map + m->from, m->size, (off_t)m->to);
}

static ssize_t read_self(int fd, char *map, const struct self_move *m)
{
	return pread(fd, map + m->to, m->size, (off_t)m->from);
}

static void try_self(struct cell *c, int fd, move_fn move, const struct self_move *m,
		     enum residence residence)
{
	char *map;
	ssize_t n, bad;
	int err;

	if (!ready(c, reset_file(c, residence == ON_DISK ? UNCACHED : CACHED, SELF_SIZE)))
		return;
	map = mmap(NULL, SELF_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, c->fd, 0);
	if (map == MAP_FAILED) {
		held(c, 0, "mmap: %s", strerror(errno));
		return;
	}
	doing(c, "%zu bytes from %zu to %zu, %s", m->size, m->from, m->to, residences[residence]);
	if (residence == MAPPED)
		touch(map, SELF_SIZE);
	n = move(fd, map, m);
	err = errno;
	munmap(map, SELF_SIZE);
	bad = move_differs(c->fd, m);
	held(c, bad < 0 && n == (ssize_t)m->size ? WHOLE : 0, "%s: %zd%s%s, file %s %zd",
	     c->report->doing, n, n < 0 ? " " : "", n < 0 ? strerror(err) : "",
	     bad < 0 ? "as it must be:" : "differs at", bad);
}

static void run_moves(struct cell *c, move_fn move, const struct self_move *moves, size_t n)
{
	int fd = open("/mnt/file", O_RDWR | O_CLOEXEC | (c->test->direct ? O_DIRECT : 0));

	if (fd < 0) {
		held(c, errno == EINVAL ? REFUSED : 0, "open: %s", strerror(errno));
		return;
	}
	for (size_t i = 0; i < n; i++)
		for (enum residence r = MAPPED; r < NR_RESIDENCES; r++)
			try_self(c, fd, move, &moves[i], r);
	close(fd);
}

static void run_self(struct cell *c)
{
	run_moves(c, write_self, in_place, ARRAY_SIZE(in_place));
}

static void run_self_shifted(struct cell *c)
{
	run_moves(c, write_self, shifted, ARRAY_SIZE(shifted));
}

static void run_self_direct(struct cell *c)
{
	run_moves(c, write_self, direct_in_place, ARRAY_SIZE(direct_in_place));
}

static void run_shifted_direct(struct cell *c)
{
	run_moves(c, write_self, direct_shifted, ARRAY_SIZE(direct_shifted));
}

static void run_read_self(struct cell *c)
{
	run_moves(c, read_self, in_place, ARRAY_SIZE(in_place));
	run_moves(c, read_self, shifted, ARRAY_SIZE(shifted));
}

static void run_read_direct(struct cell *c)
{
	run_moves(c, read_self, direct_in_place, ARRAY_SIZE(direct_in_place));
	run_moves(c, read_self, direct_shifted, ARRAY_SIZE(direct_shifted));
}

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
	if (mmap(d->source, RACE_SIZE, PROT_READ, MAP_PRIVATE | MAP_FIXED, d->fd, 0) == MAP_FAILED)
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

/* Returns 0 or -errno. */
static int start_disturber(struct disturber *d)
{
	const struct sched_param first = { .sched_priority = 1 };
	pthread_attr_t attr;
	int err = 0;

	atomic_store(&d->stop, false);
	atomic_store(&d->acted, false);
	pthread_attr_init(&attr);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
	pthread_attr_setschedparam(&attr, &first);
	while (!err && d->running < d->threads) {
		err = pthread_create(&d->thread[d->running], &attr, disturb, d);
		d->running += !err;
	}
	pthread_attr_destroy(&attr);
	return -err;
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
		.or_zero = d->act == cut,
	};
	bool disturbed;
	ssize_t n;
	int err;

	if (a.size == 0)
		a.pos = 0;
	if (!ready(c, reset_file(c, layout, a.size)) || !ready(c, start_disturber(d)))
		return false;
	n = pwrite(c->fd, d->source, a.count, a.pos);
	err = errno;
	disturbed = atomic_load(&d->acted);
	stop_disturber(d);
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
		disturbed += race_once(c, d, i % 8 == 7 ? UNCACHED : i % 2 ? EXTEND : CACHED);
	}
	if (2 * disturbed < rounds)
		held(c, 0, "%u of %u writes were disturbed", disturbed, rounds);
}

static void run_race(struct cell *c, void (*act)(struct disturber *d), unsigned int rest_us)
{
	struct disturber d = { .act = act, .rest_us = rest_us, .threads = 1, .fd = c->pattern };

	d.source = map_pattern(c, NULL, RACE_SIZE, PROT_READ);
	if (d.source)
		race(c, &d);
	else
		held(c, 0, "mmap: %s", strerror(errno));
}

static void run_drop(struct cell *c)
{
	run_race(c, drop, 20);
}

static void run_remap(struct cell *c)
{
	run_race(c, remap, 40);
}

/* The source is a file beside the one that is written. */
static void run_truncate(struct cell *c)
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

static void run_kill(struct cell *c)
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
static void run_starve(struct cell *c)
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

/* ---- little memory, little space ----------------------------------------- */

enum { BLOCK = 64 * 1024 };

static bool block_is_new(int fd, off_t at, size_t size)
{
	static char back[BLOCK];

	return pread(fd, back, size, at) == (ssize_t)size && !memcmp(back, new_data, size);
}

/* A file of @size bytes, new_data over and over, on the disk alone. */
static int make_source(const char *path, size_t size)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	for (size_t at = 0; fd >= 0 && at < size; at += BLOCK)
		if (pwrite(fd, new_data, BLOCK, (off_t)at) != BLOCK)
			return -1;
	if (fd >= 0 && (fsync(fd) || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED)))
		return -1;
	return fd;
}

/* How often the limit of the small cgroup was met. */
static unsigned long limit_met(void)
{
	char text[256];
	int fd = open("/cgroup/small/memory.events", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	char *at;

	close(fd);
	text[n < 0 ? 0 : n] = '\0';
	at = strstr(text, "\nmax ");
	return at ? strtoul(at + 5, NULL, 10) : 0;
}

/*
 * A limit of 2 MiB for source and file together: pages of both go to the disk,
 * those of tmpfs into the swap, and come back.
 */
static void run_cgroup(struct cell *c)
{
	size_t size = c->quick ? 5 << 19 : 6 << 20;
	int procs = open("/cgroup/small/cgroup.procs", O_WRONLY | O_CLOEXEC);
	int source = write(procs, "0", 1) == 1 ? make_source("/mnt/source", size) : -1;
	unsigned long before = limit_met();
	char *p = source < 0 ? MAP_FAILED :
		  mmap(NULL, size, PROT_READ, MAP_SHARED, source, 0);

	if (p == MAP_FAILED) {
		held(c, 0, "source or cgroup: %s", strerror(errno));
		return;
	}
	for (size_t at = 0; at < size; at += BLOCK) {
		ssize_t n;

		doing(c, "at %zu", at);
		n = pwrite(c->fd, p + at, BLOCK, (off_t)at);
		held(c, n == BLOCK ? WHOLE : 0, "at %zu: %zd %s", at, n,
		     n < 0 ? strerror(errno) : "");
	}
	for (size_t at = 0; at < size; at += BLOCK)
		held(c, block_is_new(c->fd, (off_t)at, BLOCK) ? WHOLE : 0, "at %zu: data differ",
		     at);
	if (limit_met() == before)
		held(c, 0, "the limit was never met");
	munmap(p, size);
	close(source);
	unlink("/mnt/source");
	if (ftruncate(c->fd, 0))
		held(c, 0, "ftruncate: %s", strerror(errno));
}

/* Leaves about 1 MiB of the file system, once for all strategies. */
static void fill_disk(void)
{
	int fd = open("/mnt/filler", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	off_t at = 0;

	if (fd < 0)
		return;
	for (off_t size = 1 << 26; size >= 1 << 16; size /= 2)
		while (!fallocate(fd, 0, at, size))
			at += size;
	if (at > 1 << 20 && !ftruncate(fd, at - (1 << 20)))
		fsync(fd);
	close(fd);
}

static void run_enospc(struct cell *c)
{
	static const size_t most = 64 << 20;
	size_t size = 0;
	int err = 0;

	fill_disk();
	while (size < most && !err) {
		/* Behind a short write the block is completed. */
		size_t done = size % BLOCK;
		char *p = map_pattern(c, NULL, BLOCK, PROT_READ);
		ssize_t n = p ? pwrite(c->fd, p + done, BLOCK - done, (off_t)size) : -1;

		if (n < 0)
			err = errno;
		else
			size += (size_t)n;
		munmap(p, BLOCK);
	}
	held(c, err == ENOSPC ? FULL : 0, "after %zu bytes: %s", size, strerror(err));
	if (fsync(c->fd))
		held(c, 0, "fsync: %s", strerror(errno));
	for (size_t at = 0; at < size; at += BLOCK)
		held(c, block_is_new(c->fd, (off_t)at, size - at < BLOCK ? size - at : BLOCK) ?
		     FULL : 0, "at %zu: data differ", at);
	if (ftruncate(c->fd, 0) || fsync(c->fd))
		held(c, 0, "making room: %s", strerror(errno));
	sync();
}

/* ---- what the host must survive ------------------------------------------ */

static void run_hang(struct cell *c)
{
	c->report->hang = true;
}

/* The end of the first process is a panic. */
static void run_panic(struct cell *c)
{
	c->report->panic = true;
}

/* ---- the table ----------------------------------------------------------- */

#define HOLES		(PREFIX | NOTHING | PAGES | CHUNKS | BOUNDED)
#define TEST(name_, run_, rules_, ...) \
	{ .name = name_, .run = run_, .rules = rules_, __VA_ARGS__ }
/* Endless is what makes no progress for much longer than a whole write takes. */
#define TAGS(name_, mode_, size_, unit_) \
	{ .name = name_, .run = run_tags, .rules = WHOLE | HOLES, .patience = 6, \
	  .mode = mode_, .size = size_, .unit = unit_ }

const struct test tests[] = {
	TEST("hole-cached", run_hole, HOLES, .layout = CACHED),
	TEST("hole-uncached", run_hole, HOLES, .layout = UNCACHED),
	TEST("hole-extend", run_hole, HOLES, .layout = EXTEND),
	TEST("hole-cold", run_hole, HOLES, .layout = CACHED, .cold = true),
	TEST("write-only", run_write_only, WHOLE | NOTHING),
	TEST("aged", run_aged, WHOLE | NOTHING | BOUNDED, .aged = true,
	     .patience = 15),
	TEST("segments", run_segments, WHOLE | NOTHING | BOUNDED),
	TEST("segments-cold", run_segments, WHOLE | NOTHING | BOUNDED, .cold = true),
	TEST("segments-hole", run_segments, HOLES, .hole = true),
	TEST("self", run_self, WHOLE),
	TEST("self-shifted", run_self_shifted, WHOLE),
	TEST("self-direct", run_self_direct, WHOLE | REFUSED, .direct = true),
	TEST("self-shifted-direct", run_shifted_direct, WHOLE | REFUSED, .direct = true),
	TEST("read-self", run_read_self, WHOLE),
	TEST("read-self-direct", run_read_direct, WHOLE | REFUSED, .direct = true,
	     .patience = 50),
	TEST("drop", run_drop, WHOLE | BOUNDED),
	TEST("remap", run_remap, BOUNDED | SPILT),
	TEST("truncate", run_truncate, BOUNDED | SPILT),
	TEST("kill", run_kill, KILLED),
	TEST("starve", run_starve, KILLED | DEAF, .patience = 500),
	TEST("cgroup", run_cgroup, WHOLE, .patience = 1000),
	TAGS("tags-4k-sync", TAGS_SYNC, PAGE, PAGE),
	TAGS("tags-4k-async", TAGS_ASYNC, PAGE, PAGE),
	TAGS("tags-4k-asymm", TAGS_ASYMM, PAGE, PAGE),
	TAGS("tags-64k-sync", TAGS_SYNC, 16 * PAGE, PAGE),
	TAGS("tags-64k-async", TAGS_ASYNC, 16 * PAGE, PAGE),
	TAGS("tags-64k-asymm", TAGS_ASYMM, 16 * PAGE, PAGE),
	TAGS("granules-4k-sync", TAGS_SYNC, PAGE, 16),
	TAGS("granules-4k-async", TAGS_ASYNC, PAGE, 16),
	TAGS("granules-4k-asymm", TAGS_ASYMM, PAGE, 16),
	TAGS("granules-64k-sync", TAGS_SYNC, 16 * PAGE, 16),
	TAGS("granules-64k-async", TAGS_ASYNC, 16 * PAGE, 16),
	TAGS("granules-64k-asymm", TAGS_ASYMM, 16 * PAGE, 16),
	/* Leaves the file system full. */
	TEST("enospc", run_enospc, FULL, .patience = 1000),
	TEST("runner-hang", run_hang, WHOLE),
	TEST("runner-panic", run_panic, WHOLE),
	{ .name = NULL },
};
