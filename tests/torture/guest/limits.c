// SPDX-License-Identifier: GPL-2.0-or-later
/* Little memory and little space. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"

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
void run_cgroup(struct cell *c)
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

void run_enospc(struct cell *c)
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
