// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes from a mapping of the file that they write, and reads into one. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"

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

void run_self(struct cell *c)
{
	run_moves(c, write_self, in_place, ARRAY_SIZE(in_place));
}

void run_self_shifted(struct cell *c)
{
	run_moves(c, write_self, shifted, ARRAY_SIZE(shifted));
}

void run_self_direct(struct cell *c)
{
	run_moves(c, write_self, direct_in_place, ARRAY_SIZE(direct_in_place));
}

void run_shifted_direct(struct cell *c)
{
	run_moves(c, write_self, direct_shifted, ARRAY_SIZE(direct_shifted));
}

void run_read_self(struct cell *c)
{
	run_moves(c, read_self, in_place, ARRAY_SIZE(in_place));
	run_moves(c, read_self, shifted, ARRAY_SIZE(shifted));
}

void run_read_direct(struct cell *c)
{
	run_moves(c, read_self, direct_in_place, ARRAY_SIZE(direct_in_place));
	run_moves(c, read_self, direct_shifted, ARRAY_SIZE(direct_shifted));
}
