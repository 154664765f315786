// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A loop device over a memfd, with autoclear: it goes away with its last
 * user, and the memory with it. Nothing of it has a name that could be left.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "disk/device.h"

static const char *loop_unsupported(const char *path, char *reason, size_t size)
{
	(void)path;
	if (access("/dev/loop-control", F_OK))
		snprintf(reason, size, "no /dev/loop-control: modprobe loop");
	else if (access("/dev/loop-control", R_OK | W_OK))
		snprintf(reason, size, "needs root");
	else
		return NULL;
	return reason;
}

/* Attach @memory to a free loop device. Another process may be quicker: try again. */
static int attach(struct device *d, int memory, char *reason, size_t size)
{
	struct loop_config config = { .fd = (unsigned)memory, .info.lo_flags = LO_FLAGS_AUTOCLEAR };
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), writer, err = -EBUSY;

	if (control < 0) {
		err = -errno;
		snprintf(reason, size, "/dev/loop-control: %s", strerror(-err));
		return err;
	}
	for (int tries = 0; tries < 64 && err == -EBUSY; tries++) {
		int number = ioctl(control, LOOP_CTL_GET_FREE);

		if (number < 0) {
			err = -errno;
			break;
		}
		snprintf(d->path, sizeof(d->path), "/dev/loop%d", number);
		writer = open(d->path, O_RDWR | O_CLOEXEC);
		if (writer < 0) {
			err = -errno;
			break;
		}
		err = ioctl(writer, LOOP_CONFIGURE, &config) ? -errno : 0;
		if (!err) {
			d->fd = open(d->path, O_RDONLY | O_CLOEXEC);
			err = d->fd < 0 ? -errno : 0;
		}
		close(writer);
	}
	close(control);
	if (err)
		snprintf(reason, size, "%s: cannot attach memory: %s",
			 d->path[0] ? d->path : "/dev/loop-control", strerror(-err));
	return err;
}

static int loop_open(struct device *d, const char *path, uint64_t bytes, char *reason, size_t size)
{
	int memory = memfd_create("faultbench", MFD_CLOEXEC), err;

	(void)path;
	d->path[0] = '\0';
	if (memory < 0 || ftruncate(memory, (off_t)bytes)) {
		err = -errno;
		snprintf(reason, size, "memfd: %s", strerror(-err));
	} else {
		err = attach(d, memory, reason, size);
		d->size = bytes;
	}
	/* The loop device holds the memory from here on. */
	if (memory >= 0)
		close(memory);
	return err;
}

static void loop_close(struct device *d)
{
	close(d->fd);
}

const struct device_kind device_loop = {
	.name = "loop", .summary = "loop over a memfd; leaves nothing behind (the default)",
	.unsupported = loop_unsupported, .open = loop_open, .close = loop_close,
};
