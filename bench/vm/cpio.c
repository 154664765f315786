// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vm/cpio.h"

static int put(int to, const void *data, size_t size)
{
	const char *at = data;

	while (size) {
		ssize_t got = write(to, at, size);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		at += got;
		size -= (size_t)got;
	}
	return 0;
}

/* Headers and contents start at multiples of four. */
static int pad(int to, uint64_t size)
{
	return put(to, "\0\0\0", -size & 3);
}

static int put_header(int to, const char *name, unsigned mode, uint64_t size)
{
	char head[111 + 256];
	int len;

	if (size > UINT32_MAX || strlen(name) > 255)
		return -EFBIG;
	/* Magic, number, mode, owner, group, links, time, size, device twice, name's length, sum. */
	len = snprintf(head, sizeof(head), "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s",
		       0, mode, 0, 0, 1, 0, (unsigned)size, 0, 0, 0, 0, (unsigned)strlen(name) + 1, 0, name);
	return put(to, head, (size_t)len + 1) ? -EIO : pad(to, (uint64_t)len + 1);
}

int cpio_add(int to, const char *name, unsigned mode, int from, uint64_t size)
{
	char buf[65536];
	int err = put_header(to, name, S_IFREG | mode, size);

	for (uint64_t at = 0; !err && at < size;) {
		ssize_t got = pread(from, buf, size - at < sizeof(buf) ? size - at : sizeof(buf), (off_t)at);

		if (got <= 0)
			return got ? -errno : -EIO;
		err = put(to, buf, (size_t)got);
		at += (uint64_t)got;
	}
	return err ? err : pad(to, size);
}

int cpio_end(int to)
{
	return put_header(to, "TRAILER!!!", 0, 0);
}
