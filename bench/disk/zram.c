// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A zram device: a free one, as zramctl --find takes it, else one added for the
 * run. The next start resets a device left by a killed run. It recognises the
 * device by its memory limit, which no machine has memory for and no other
 * program sets. The limit is set before the device can hold anything; a label
 * would exist only after mkfs.
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
#include <sys/file.h>
#include <unistd.h>

#include "base/rights.h"
#include "base/sysfile.h"
#include "disk/device.h"

static const char control[] = "/sys/class/zram-control";

/* Bytes; whole pages whatever their size. */
static const char our_limit[] = "273039860826112";	/* 0xf8540bea << 16 */

/* The device that this process has added; -1: it took one that was there. */
static int added = -1;

static const char *zram_unsupported(const char *path, struct reason *reason)
{
	(void)path;
	if (access(control, F_OK))
		return sysfile_missing(control) == -ENOENT ? reason_set(reason, "no zram here: modprobe zram")
							   : sysfile_why(reason, control, -ENODEV);
	return rights_admin() ? NULL : reason_set(reason, "not permitted: %s", rights_way_out());
}

/* The file of an attribute of device @number, in @file, which is returned. */
static const char *zram_file(char file[96], int number, const char *attribute)
{
	snprintf(file, 96, "/sys/block/zram%d/%s", number, attribute);
	return file;
}

static int zram_set(int number, const char *attribute, const char *value)
{
	char file[96];

	return sysfile_set(zram_file(file, number, attribute), value);
}

static void zram_reset(int number)
{
	/* Busy for a moment after its last user left: the mount of a killed run goes away late. */
	for (int tries = 0; zram_set(number, "reset", "1") == -EBUSY && tries < 50; tries++)
		usleep(20000);
}

/* Call @fn for every zram device until it returns true. Returns that device, or -1. */
static int each_zram(bool (*fn)(int number, const char *bytes), const char *bytes)
{
	DIR *dir = opendir("/sys/block");
	struct dirent *entry;
	int number, found = -1;

	while (dir && found < 0 && (entry = readdir(dir)))
		if (sscanf(entry->d_name, "zram%d", &number) == 1 && fn(number, bytes))
			found = number;
	if (dir)
		closedir(dir);
	return found;
}

/* Reset what a killed run left. A device that a live run holds open refuses it. */
static bool reclaim(int number, const char *bytes)
{
	char file[96], line[256], limit[32];

	(void)bytes;
	if (!sysfile_line(zram_file(file, number, "mm_stat"), line, sizeof(line)) &&
	    sscanf(line, "%*s %*s %*s %31s", limit) == 1 && !strcmp(limit, our_limit))
		zram_reset(number);
	return false;
}

static bool is_free(int number)
{
	char file[96];
	uint64_t size;

	return !sysfile_number(zram_file(file, number, "disksize"), &size) && !size;
}

/* Make a free device ours, of @bytes. The kernel refuses the size where somebody was quicker. */
static bool take(int number, const char *bytes)
{
	if (!is_free(number) || zram_set(number, "mem_limit", our_limit))
		return false;
	if (!zram_set(number, "disksize", bytes))
		return true;
	/* Else the next start would take it for one of ours. */
	zram_set(number, "mem_limit", "0");
	return false;
}

static int zram_add(void)
{
	char file[96];
	uint64_t number;

	/* Reading adds one. */
	snprintf(file, sizeof(file), "%s/hot_add", control);
	return sysfile_number(file, &number) ? -1 : (int)number;
}

static void zram_remove(int number)
{
	char file[96], text[16];

	if (number != added)
		return;
	snprintf(file, sizeof(file), "%s/hot_remove", control);
	snprintf(text, sizeof(text), "%d", number);
	sysfile_set(file, text);
	added = -1;
}

static void zram_release(int number)
{
	zram_reset(number);
	zram_remove(number);
}

/*
 * One run at a time takes a device or gives one back: another one would reset a device
 * that is not open yet, or take one that is about to be removed. Closing the file unlocks.
 */
static int lock(void)
{
	int fd = open(control, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	while (fd >= 0 && flock(fd, LOCK_EX) && errno == EINTR)
		;
	return fd;
}

static int open_locked(struct device *d, uint64_t bytes, struct reason *reason)
{
	static bool reclaimed;
	char text[32];
	int number, err;

	/* Once: it waits for each device that another run has. */
	if (!reclaimed)
		each_zram(reclaim, NULL);
	reclaimed = true;
	snprintf(text, sizeof(text), "%llu", (unsigned long long)bytes);
	number = each_zram(take, text);
	if (number < 0) {
		number = added = zram_add();
		if (number < 0 || !take(number, text)) {
			if (number >= 0 && is_free(number))
				zram_remove(number);
			return reason_fail(reason, -EBUSY, "%s: no zram device is available", control);
		}
	}
	snprintf(d->path, sizeof(d->path), "/dev/zram%d", number);
	d->fd = open(d->path, O_RDONLY | O_CLOEXEC);
	if (d->fd >= 0)
		return 0;
	err = reason_fail(reason, -errno, "%s: %s", d->path, strerror(errno));
	zram_release(number);
	return err;
}

static int zram_open(struct device *d, const char *path, uint64_t bytes, struct reason *reason)
{
	int locked = lock(), err = open_locked(d, bytes, reason);

	(void)path;
	if (locked >= 0)
		close(locked);
	return err;
}

static void zram_close(struct device *d)
{
	int locked = lock();

	close(d->fd);
	zram_release(atoi(d->path + strlen("/dev/zram")));
	if (locked >= 0)
		close(locked);
}

const struct device_kind device_zram = {
	.name = "zram", .summary = "a zram device (compresses: zeros cost nothing)",
	.unsupported = zram_unsupported, .open = zram_open, .close = zram_close,
};
