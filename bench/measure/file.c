// SPDX-License-Identifier: GPL-2.0-or-later
/* The file under test: operations, layouts, and the pattern that fills it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "measure/measure.h"

static ssize_t call_write(int fd, const struct iovec *iov, int n, off_t pos)
{
	(void)n;
	(void)pos;
	return write(fd, iov->iov_base, iov->iov_len);
}

static ssize_t call_pwrite(int fd, const struct iovec *iov, int n, off_t pos)
{
	(void)n;
	return pwrite(fd, iov->iov_base, iov->iov_len, pos);
}

static ssize_t call_writev(int fd, const struct iovec *iov, int n, off_t pos)
{
	(void)pos;
	return writev(fd, iov, n);
}

static ssize_t call_read(int fd, const struct iovec *iov, int n, off_t pos)
{
	(void)n;
	(void)pos;
	return read(fd, iov->iov_base, iov->iov_len);
}

const struct operation operations[N_OPS] = {
	[OP_WRITE] = { false, call_write },
	[OP_PWRITE] = { false, call_pwrite },
	[OP_WRITEV] = { false, call_writev },
	[OP_READ] = { true, call_read },
};

ssize_t operation_skip(int fd, const struct iovec *iov, int n, off_t pos)
{
	ssize_t size = 0;

	(void)fd;
	(void)pos;
	for (int i = 0; i < n; i++)
		size += (ssize_t)iov[i].iov_len;
	return size;
}

int file_flags(const struct job *job)
{
	return (job->direct ? O_DIRECT : 0) | (job->dsync ? O_DSYNC : 0);
}

int file_create(int flags)
{
	char name[64];
	int fd;

	/* Unlinked at once: whatever kills the program, no file is left. */
	snprintf(name, sizeof(name), "faultbench.%d", (int)getpid());
	fd = open(name, flags | O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	if (unlink(name)) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

static int next_fresh(struct worker *w, uint64_t size)
{
	int fd;

	(void)size;
	if (!w->pos)
		return 0;
	fd = file_create(file_flags(w->run->job));
	if (fd < 0)
		return fd;
	close(w->fd);
	w->fd = fd;
	w->pos = 0;
	return 0;
}

static int next_extend(struct worker *w, uint64_t size)
{
	if (w->pos + size <= w->high)
		return 0;
	w->pos = 0;
	return ftruncate(w->fd, 0) ? -errno : 0;
}

static int next_overwrite(struct worker *w, uint64_t size)
{
	if (w->pos + size > w->high)
		w->pos = w->low;
	return 0;
}

const struct layout_ops layouts[N_LAYOUTS] = {
	[LAYOUT_FRESH] = { false, next_fresh },
	[LAYOUT_EXTEND] = { false, next_extend },
	[LAYOUT_OVERWRITE] = { true, next_overwrite },
};

/* The finaliser of splitmix64: neighbouring places share no bytes but by chance. */
static uint64_t pattern_word(uint64_t place)
{
	uint64_t z = (place + 1) * UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

void pattern_fill(void *buf, size_t size, uint64_t from)
{
	char *p = buf;

	/* Most are whole words; the compiler makes this one store. */
	for (; from % 8 == 0 && size >= 8; size -= 8, from += 8, p += 8)
		memcpy(p, &(uint64_t){ pattern_word(from / 8) }, 8);
	while (size) {
		uint64_t word = pattern_word(from / sizeof(word));
		size_t skip = from % sizeof(word);
		size_t n = sizeof(word) - skip < size ? sizeof(word) - skip : size;

		memcpy(p, (const char *)&word + skip, n);
		p += n;
		from += n;
		size -= n;
	}
}

int64_t pattern_check(const void *buf, size_t size, uint64_t from)
{
	const char *p = buf;
	char want[4096];

	for (size_t done = 0; done < size;) {
		size_t n = size - done < sizeof(want) ? size - done : sizeof(want);

		pattern_fill(want, n, from + done);
		if (memcmp(p + done, want, n)) {
			for (size_t i = 0; i < n; i++)
				if (p[done + i] != want[i])
					return (int64_t)(done + i);
		}
		done += n;
	}
	return -1;
}

/* O_DIRECT takes whole blocks only; a file may end a little later. */
static uint64_t whole_blocks(uint64_t size)
{
	return (size + 4095) & ~UINT64_C(4095);
}

int file_fill(int fd, uint64_t pos, uint64_t size, uint64_t from, uint64_t chunk)
{
	char *buf = aligned_alloc(4096, whole_blocks(chunk));
	int err = 0;

	if (!buf)
		return -ENOMEM;
	for (uint64_t done = 0; done < size && !err;) {
		size_t n = size - done < chunk ? whole_blocks(size - done) : chunk;
		ssize_t got;

		pattern_fill(buf, n, from + done);
		got = pwrite(fd, buf, n, (off_t)(pos + done));
		if (got < 0)
			err = -errno;
		else if (!got)
			err = -EIO;
		else
			done += (uint64_t)got;
	}
	free(buf);
	return err;
}
