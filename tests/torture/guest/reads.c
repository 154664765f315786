// SPDX-License-Identifier: GPL-2.0-or-later
/* Destinations that can be written in part, and that of btrfs's search. */
#include <errno.h>
#include <fcntl.h>
#include <linux/btrfs.h>
#include <linux/btrfs_tree.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"

enum { BEFORE_HOLE = 4 * PAGE, HOLE = 4 * PAGE };
enum hole { UNMAPPED, NO_ACCESS, READ_ONLY, NR_HOLES };

static const char *const holes[] = { "unmapped", "PROT_NONE", "PROT_READ" };

/* A cold page of the pattern before the hole; NULL on failure. */
static char *map_destination(struct cell *c, enum hole kind)
{
	char *p = mmap(NULL, BEFORE_HOLE + HOLE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || !map_pattern(c, p, BEFORE_HOLE, PROT_READ | PROT_WRITE) ||
	    (kind == READ_ONLY && !map_pattern(c, p + BEFORE_HOLE, HOLE, PROT_READ))) {
		held(c, 0, "mmap: %s", strerror(errno));
		return NULL;
	}
	if (kind == UNMAPPED)
		munmap(p + BEFORE_HOLE, HOLE);
	return p;
}

static void try_hole(struct cell *c, int fd, enum hole kind, size_t reach)
{
	struct attempt a = {
		.reach = reach, .data = new_data + BEFORE_HOLE - reach,
		.size = 8 * PAGE, .count = (reach / PAGE + 2) * PAGE,
	};
	char *p, *dest;
	ssize_t n;

	if (!ready(c, reset_file(c, c->test->layout, a.size)))
		return;
	p = map_destination(c, kind);
	if (!p)
		return;
	dest = p + BEFORE_HOLE - reach;
	doing(c, "%zu writable before %s", reach, holes[kind]);
	n = pread(fd, dest, a.count, a.pos);
	judge_read(c, &a, dest, n, errno, holes[kind]);
	munmap(p, BEFORE_HOLE + HOLE);
}

void run_read_hole(struct cell *c)
{
	static const size_t reaches[] = {
		0, 512, PAGE - 512, PAGE, PAGE + 512, 2 * PAGE, 3 * PAGE, 4 * PAGE,
		/* not for O_DIRECT */
		1, 16, 100, PAGE - 1, PAGE + 1, 2 * PAGE + 7, 4 * PAGE - 9,
	};
	size_t n = c->test->direct ? 8 : ARRAY_SIZE(reaches);
	int fd = open_as_tested(c);

	for (size_t i = 0; fd >= 0 && i < n; i++)
		for (enum hole kind = UNMAPPED; kind < NR_HOLES; kind++)
			try_hole(c, fd, kind, reaches[i]);
}

/* ---- BTRFS_IOC_TREE_SEARCH_V2 ----------------------------------------------- */

enum { FOUND = 16 * PAGE };

static int search(int fd, struct btrfs_ioctl_search_args_v2 *args)
{
	args->key = (struct btrfs_ioctl_search_key) {
		.tree_id = BTRFS_CHUNK_TREE_OBJECTID, .max_objectid = -1ULL, .max_offset = -1ULL,
		.max_transid = -1ULL, .max_type = 255, .nr_items = 1000,
	};
	args->buf_size = FOUND;
	return ioctl(fd, BTRFS_IOC_TREE_SEARCH_V2, args);
}

/* What it finds is the same in memory that is resident, cold, or cannot be written. */
void run_search(struct cell *c)
{
	enum { SIZE = sizeof(struct btrfs_ioctl_search_args_v2) + FOUND };
	static char known[SIZE];
	struct btrfs_ioctl_search_args_v2 *args = (void *)known;
	char *p = mmap(NULL, 32 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t found = 0;

	if (p == MAP_FAILED || search(c->fd, args)) {
		held(c, 0, "search: %s", strerror(errno));
		return;
	}
	for (unsigned int i = 0; i < args->key.nr_items; i++) {
		struct btrfs_ioctl_search_header *h = (void *)((char *)args->buf + found);

		found += sizeof(*h) + h->len;
	}
	args = (void *)p;
	if (search(c->fd, args) || !found || memcmp(args->buf, known + sizeof(*args), found))
		held(c, 0, "search: cold: %s, %zu bytes", strerror(errno), found);
	else
		held(c, WHOLE | NOTHING | BOUNDED, "search: %zu bytes", found);
	/* All of the buffer must be writable, although what is found fits in front. */
	mprotect(p + 8 * PAGE, PAGE, PROT_READ);
	if (!search(c->fd, args) || errno != EFAULT)
		held(c, 0, "search: PROT_READ: %s", strerror(errno));
	munmap(p, 32 * PAGE);
}
