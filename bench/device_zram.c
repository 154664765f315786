// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A zram device of our own, added for the run and removed after it. What a
 * kill leaves carries our label, by which the next start knows and removes it.
 * zram compresses: a source of zeros is "same filled" and nearly free to
 * write back.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device.h"

static const char control[] = "/sys/class/zram-control";

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

/* Remove the zram devices that carry our label and that nothing uses. */
static void zram_reclaim(void)
{
	char path[300], ignored[256];
	struct dirent *entry;
	uint64_t bytes;
	DIR *dir = opendir("/sys/block");

	while (dir && (entry = readdir(dir))) {
		int fd;

		if (strncmp(entry->d_name, "zram", 4))
			continue;
		snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
		fd = device_claim(path, 0, &bytes, ignored, sizeof(ignored));
		if (fd < 0)
			continue;
		close(fd);
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
	snprintf(file, sizeof(file), "/sys/block/zram%d/disksize", atoi(text));
	snprintf(text, sizeof(text), "%llu", (unsigned long long)bytes);
	err = device_set(file, text);
	if (err) {
		snprintf(reason, size, "%s: cannot set disksize: %s", d->path, strerror(-err));
		zram_remove(d->path);
		return err;
	}
	d->size = bytes;
	d->fd = -1;	/* an open descriptor would keep it from being reset */
	return 0;
}

static void zram_close(struct device *d)
{
	zram_remove(d->path);
}

const struct device_kind device_zram = {
	.name = "zram", .summary = "a zram device of our own (compresses: zeros cost nothing)",
	.unsupported = zram_unsupported, .open = zram_open, .close = zram_close,
};
