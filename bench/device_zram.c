// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A zram device of our own, added for the run and removed after it. What a
 * kill leaves is removed by the next start, which knows it by its memory
 * limit: one that no machine has memory for and nobody else sets. It is set
 * before the device can hold anything, and a label only once mkfs is done.
 * zram compresses: a source of zeros is "same filled" and nearly free to
 * write back.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device.h"

static const char control[] = "/sys/class/zram-control";

/* Bytes; whole pages whatever their size. */
static const char our_limit[] = "273039860826112";	/* 0xf854 0bea << 16 */

static const char *zram_unsupported(char *reason, size_t size)
{
	if (access(control, F_OK))
		snprintf(reason, size, "no zram here: modprobe zram");
	else if (geteuid())
		snprintf(reason, size, "needs root");
	else
		return NULL;
	return reason;
}

static void zram_remove(const char *path)
{
	char file[96], text[16];
	unsigned number;

	if (sscanf(path, "/dev/zram%u", &number) != 1)
		return;
	snprintf(text, sizeof(text), "%u", number);
	snprintf(file, sizeof(file), "/sys/block/zram%u/reset", number);
	/* Busy for a moment after its last user left. */
	for (int tries = 0; device_set(file, "1") == -EBUSY && tries < 50; tries++)
		usleep(20000);
	snprintf(file, sizeof(file), "%s/hot_remove", control);
	device_set(file, text);
}

/* The fourth number of mm_stat is the limit. */
static bool is_ours(const char *name)
{
	char path[300], limit[32] = "";
	FILE *in;

	snprintf(path, sizeof(path), "/sys/block/%s/mm_stat", name);
	in = fopen(path, "re");
	if (!in)
		return false;
	if (fscanf(in, "%*s %*s %*s %31s", limit) != 1)
		limit[0] = '\0';
	fclose(in);
	return !strcmp(limit, our_limit);
}

/* Remove what is ours. A device that a live run holds open cannot be reset. */
static void zram_reclaim(void)
{
	char path[300];
	struct dirent *entry;
	DIR *dir = opendir("/sys/block");

	while (dir && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "zram", 4) || !is_ours(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
		zram_remove(path);
	}
	if (dir)
		closedir(dir);
}

static int zram_open(struct device *d, const char *path, uint64_t bytes, char *reason, size_t size)
{
	char file[96], text[32] = "";
	int fd, err;

	(void)path;
	zram_reclaim();
	snprintf(file, sizeof(file), "%s/hot_add", control);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0) {
		err = -errno;
		snprintf(reason, size, "%s: %s", file, strerror(-err));
		if (fd >= 0)
			close(fd);
		return err;
	}
	close(fd);
	snprintf(d->path, sizeof(d->path), "/dev/zram%d", atoi(text));
	snprintf(file, sizeof(file), "/sys/block/zram%d/mem_limit", atoi(text));
	err = device_set(file, our_limit);
	snprintf(file, sizeof(file), "/sys/block/zram%d/disksize", atoi(text));
	snprintf(text, sizeof(text), "%llu", (unsigned long long)bytes);
	if (!err)
		err = device_set(file, text);
	d->fd = err ? -1 : open(d->path, O_RDWR | O_CLOEXEC);
	if (d->fd < 0) {
		err = err ? err : -errno;
		snprintf(reason, size, "%s: cannot set disksize: %s", d->path, strerror(-err));
		zram_remove(d->path);
		return err;
	}
	d->size = bytes;
	return 0;
}

static void zram_close(struct device *d)
{
	close(d->fd);
	zram_remove(d->path);
}

const struct device_kind device_zram = {
	.name = "zram", .summary = "a zram device of our own (compresses: zeros cost nothing)",
	.unsupported = zram_unsupported, .open = zram_open, .close = zram_close,
};
