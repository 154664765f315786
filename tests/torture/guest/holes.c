// SPDX-License-Identifier: GPL-2.0-or-later
/* Sources that can be read in part, are spread over many segments, or cost nothing to look at. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "guest.h"

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

void run_hole(struct cell *c)
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
void run_write_only(struct cell *c)
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
void run_aged(struct cell *c)
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

void run_segments(struct cell *c)
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

/* ---- resident in part ---------------------------------------------------- */

enum { PARTS = 8 };

/* The first @resident pages are mapped, the others are cached and not mapped. */
static void try_part(struct cell *c, int fd, enum layout layout, size_t resident)
{
	struct attempt a = {
		.count = PARTS * PAGE, .reach = PARTS * PAGE, .data = new_data,
		.size = layout == EXTEND ? 0 : PARTS * PAGE,
	};
	char *p = map_pattern(c, NULL, a.count, PROT_READ);
	ssize_t n;

	if (!p || !ready(c, reset_file(c, layout, a.size)))
		return;
	touch(p, a.count);
	/* A fault maps pages around it, too. */
	madvise(p + resident * PAGE, a.count - resident * PAGE, MADV_DONTNEED);
	doing(c, "%zu of %d pages resident", resident, PARTS);
	n = pwrite(fd, p, a.count, a.pos);
	judge(c, &a, n, errno, c->report->doing);
	munmap(p, a.count);
}

void run_part(struct cell *c)
{
	static const enum layout layouts[] = { CACHED, UNCACHED, EXTEND };
	int fd = open_as_tested(c);

	if (fd < 0)
		return;
	for (size_t l = 0; l < ARRAY_SIZE(layouts); l++)
		for (size_t resident = 0; resident < PARTS; resident += c->quick ? 3 : 1)
			try_part(c, fd, layouts[l], resident);
}
