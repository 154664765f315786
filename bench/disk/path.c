// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Devices that existed before: /dev/ram0 of brd, or one named by its path.
 * Only RAM block devices are taken, and only when they have our label or, for
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

#include "base/rights.h"
#include "base/sysfile.h"
#include "disk/device.h"

static const char dev[] = "/dev/";
static const char brd_path[] = "/dev/ram0";

/* Without mounting, no device is of use. */
static const char *need_admin(struct reason *reason)
{
	return rights_admin() ? NULL : reason_set(reason, "not permitted: %s", rights_way_out());
}

static const char *brd_unsupported(const char *path, struct reason *reason)
{
	(void)path;
	if (access(brd_path, F_OK))
		return reason_set(reason, "no %s: modprobe brd rd_size=3145728", brd_path);
	return need_admin(reason);
}

/* Whether "loop7" is in memory: over a memfd, or a file on tmpfs. */
static bool loop_in_memory(const char *name)
{
	static const char memfd[] = "/memfd:";
	char path[64], file[PATH_MAX];
	struct statfs fs;

	snprintf(path, sizeof(path), "/sys/block/%.16s/loop/backing_file", name);
	if (sysfile_line(path, file, sizeof(file)))
		return false;
	return !strncmp(file, memfd, sizeof(memfd) - 1) || (!statfs(file, &fs) && fs.f_type == TMPFS_MAGIC);
}

/* The kind of "/dev/ram0", "/dev/zram1", ...: devices in memory. NULL: something else. */
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

static int claim(struct device *d, bool may_be_empty, uint64_t bytes, struct reason *reason)
{
	int fd = device_claim(d->path, may_be_empty, &d->size, reason);
	unsigned long long mib;

	if (fd < 0)
		return fd;
	/* mkfs and mount open it exclusively. */
	close(fd);
	if (d->size >= bytes)
		return 0;
	mib = d->size >> 20;
	return reason_fail(reason, -ENOSPC, "%s has %llu MiB, this needs %llu: take a larger device or a smaller "
			   "file_size; --device-size %lluM uses it as it is", d->path, mib,
			   (unsigned long long)(bytes >> 20), mib);
}

static int path_open(struct device *d, const char *path, uint64_t bytes, struct reason *reason)
{
	char real[PATH_MAX];

	if (!realpath(path, real))
		return reason_fail(reason, -errno, "%s: %s", path, strerror(errno));
	if (strlen(real) >= sizeof(d->path) || !kind_of(real))
		return reason_fail(reason, -ENOTBLK, "%s is not a RAM block device (ram, zram, nullb, pmem, or loop "
				   "over a file in memory); nothing was touched", path);
	strcpy(d->path, real);
	return claim(d, false, bytes, reason);
}

/* Nothing is written before it is known that it may be. */
static const char *path_unsupported(const char *path, struct reason *reason)
{
	struct device d;

	if (need_admin(reason) || (path && path_open(&d, path, 0, reason)))
		return reason->text;
	return NULL;
}

static int brd_open(struct device *d, const char *path, uint64_t bytes, struct reason *reason)
{
	(void)path;
	strcpy(d->path, brd_path);
	return claim(d, true, bytes, reason);
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
	.name = "brd", .summary = "/dev/ram0, if it is empty or was made by faultbench",
	.unsupported = brd_unsupported, .open = brd_open, .close = brd_close,
};

const struct device_kind device_path = {
	.name = "PATH", .summary = "a RAM block device with the label faultbench",
	.unsupported = path_unsupported, .open = path_open,
};
