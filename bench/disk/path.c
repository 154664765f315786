// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Devices that were there before: /dev/ram0 of brd, or one named by its path.
 * Only RAM block devices are taken, and only when they carry our label or, for
 * brd, hold nothing at all.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "disk/device.h"

static const char dev[] = "/dev/";
static const char brd_path[] = "/dev/ram0";

static const char *need_root(char *reason, size_t size)
{
	if (!geteuid())
		return NULL;
	snprintf(reason, size, "needs root");
	return reason;
}

static const char *brd_unsupported(const char *path, char *reason, size_t size)
{
	(void)path;
	if (access(brd_path, F_OK)) {
		snprintf(reason, size, "no %s: modprobe brd rd_size=3145728", brd_path);
		return reason;
	}
	return need_root(reason, size);
}

/* "loop7" lies in memory when what is behind it does: a memfd, or a file on tmpfs. */
static bool loop_in_memory(const char *name)
{
	static const char memfd[] = "/memfd:";
	char path[64], file[PATH_MAX];
	struct statfs fs;
	FILE *in;

	snprintf(path, sizeof(path), "/sys/block/%.16s/loop/backing_file", name);
	in = fopen(path, "re");
	if (!in)
		return false;
	if (!fgets(file, sizeof(file), in))
		file[0] = '\0';
	fclose(in);
	file[strcspn(file, "\n")] = '\0';
	if (!strncmp(file, memfd, sizeof(memfd) - 1))
		return true;
	return !statfs(file, &fs) && fs.f_type == TMPFS_MAGIC;
}

/* The kind of "/dev/ram0", "/dev/zram1", ...: what lies in memory. NULL: something else. */
static const char *kind_of(const char *path)
{
	static const char *const kinds[][2] = {
		{ "ram", "brd" }, { "zram", "zram" }, { "loop", "loop" }, { "nullb", "nullb" }, { "pmem", "pmem" },
	};
	const char *name = path + strlen(dev);

	if (strncmp(path, dev, strlen(dev)))
		return NULL;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t len = strlen(kinds[i][0]);

		if (strncmp(name, kinds[i][0], len) || !isdigit((unsigned char)name[len]))
			continue;
		return strcmp(kinds[i][0], "loop") || loop_in_memory(name) ? kinds[i][1] : NULL;
	}
	return NULL;
}

const char *device_known_as(const struct device_kind *kind, const char *path)
{
	char real[PATH_MAX];
	const char *name = kind == &device_path && realpath(path, real) ? kind_of(real) : NULL;

	return name ? name : kind->name;
}

static int claim(struct device *d, bool may_be_empty, uint64_t bytes, char *reason, size_t size)
{
	d->fd = device_claim(d->path, may_be_empty, &d->size, reason, size);
	if (d->fd < 0)
		return d->fd;
	/* mkfs and mount want it to themselves. */
	close(d->fd);
	if (d->size >= bytes)
		return 0;
	snprintf(reason, size, "%s has %llu MiB, this needs %llu: take a larger device or a smaller file_size; "
		 "--device-size %lluM makes do with what it has", d->path, (unsigned long long)(d->size >> 20),
		 (unsigned long long)(bytes >> 20), (unsigned long long)(d->size >> 20));
	return -ENOSPC;
}

static int path_open(struct device *d, const char *path, uint64_t bytes, char *reason, size_t size)
{
	char real[PATH_MAX];

	if (!realpath(path, real)) {
		snprintf(reason, size, "%s: %s", path, strerror(errno));
		return -errno;
	}
	if (strlen(real) >= sizeof(d->path) || !kind_of(real)) {
		snprintf(reason, size, "%s is no RAM block device (ram, zram, nullb, pmem, or loop over "
			 "a file in memory); nothing was touched", path);
		return -ENOTBLK;
	}
	strcpy(d->path, real);
	return claim(d, false, bytes, reason, size);
}

/* Nothing is written before it is known that it may be. */
static const char *path_unsupported(const char *path, char *reason, size_t size)
{
	struct device d = { .fd = -1 };

	if (need_root(reason, size) || (path && path_open(&d, path, 0, reason, size)))
		return reason;
	return NULL;
}

static int brd_open(struct device *d, const char *path, uint64_t bytes, char *reason, size_t size)
{
	(void)path;
	strcpy(d->path, brd_path);
	return claim(d, true, bytes, reason, size);
}

static void path_close(struct device *d)
{
	(void)d;
}

/* Give the pages back: discarding since 6.13, before that by flushing its buffers. */
static void brd_close(struct device *d)
{
	uint64_t range[2] = { 0, d->size };
	int fd = open(d->path, O_RDWR | O_EXCL | O_CLOEXEC);

	if (fd < 0)
		return;
	if (ioctl(fd, BLKDISCARD, range))
		ioctl(fd, BLKFLSBUF, 0);
	close(fd);
}

const struct device_kind device_brd = {
	.name = "brd", .summary = "/dev/ram0, when it is empty or ours",
	.unsupported = brd_unsupported, .open = brd_open, .close = brd_close,
};

const struct device_kind device_path = {
	.name = "PATH", .summary = "a RAM block device that carries the label faultbench",
	.unsupported = path_unsupported, .open = path_open, .close = path_close,
};
