// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A loop device over a memfd, with autoclear: it goes away with its last
 * user, and the memory with it. Nothing of it has a name, so nothing is left.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/loop.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/rights.h"
#include "disk/device.h"

/* Open the control device. Returns the descriptor or -errno with @reason. */
static int open_control(struct reason *reason)
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), err = -errno;

	if (control >= 0)
		return control;
	if (err == -ENOENT)
		return reason_fail(reason, err, "no /dev/loop-control: modprobe loop, or mknod /dev/loop-control c 10 237");
	return reason_fail(reason, err, "/dev/loop-control: %s: %s", strerror(-err), rights_way_out());
}

/* The path of loop device @number into d->path; fails where a static /dev has no node for it. */
static int find_node(struct device *d, int number, struct reason *reason)
{
	snprintf(d->path, sizeof(d->path), "/dev/loop%d", number);
	if (access(d->path, F_OK))
		return reason_fail(reason, -ENOENT, "no %s: mknod %s b 7 %d", d->path, d->path, number);
	return 0;
}

/* Whether /dev has a node of any loop device. */
static bool has_nodes(void)
{
	glob_t found;
	bool has = !glob("/dev/loop[0-9]*", 0, NULL, &found);

	globfree(&found);
	return has;
}

static const char *loop_unsupported(const char *path, struct reason *reason)
{
	int control = open_control(reason), number, err = 0;
	struct device d;

	(void)path;
	if (control < 0)
		return reason->text;
	/* Asking may add a device, so a machine that has nodes is not asked. */
	if (!has_nodes()) {
		number = ioctl(control, LOOP_CTL_GET_FREE);
		err = number < 0 ? reason_fail(reason, -errno, "/dev/loop-control: %s: %s", strerror(errno),
					       rights_way_out())
				 : find_node(&d, number, reason);
	}
	close(control);
	return err ? reason->text : NULL;
}

/* Attach @memory to loop device d->path. Returns 0 or -errno. */
static int attach_to(struct device *d, int memory)
{
	struct loop_config config = { .fd = (unsigned)memory, .info.lo_flags = LO_FLAGS_AUTOCLEAR };
	int writer = open(d->path, O_RDWR | O_CLOEXEC), err;

	if (writer < 0)
		return -errno;
	err = ioctl(writer, LOOP_CONFIGURE, &config) ? -errno : 0;
	if (!err) {
		d->fd = open(d->path, O_RDONLY | O_CLOEXEC);
		err = d->fd < 0 ? -errno : 0;
	}
	close(writer);
	return err;
}

/* Attach @memory to a free loop device. Another process may be quicker: try again. */
static int attach(struct device *d, int memory, struct reason *reason)
{
	int control = open_control(reason), err = -EBUSY;

	if (control < 0)
		return control;
	for (int tries = 0; tries < 64 && err == -EBUSY; tries++) {
		int number = ioctl(control, LOOP_CTL_GET_FREE);

		if (number < 0) {
			err = reason_fail(reason, -errno, "/dev/loop-control: %s", strerror(errno));
			break;
		}
		err = find_node(d, number, reason);
		if (err)
			break;
		err = attach_to(d, memory);
		if (err)
			reason_set(reason, "%s: cannot attach memory: %s", d->path, strerror(-err));
	}
	close(control);
	return err;
}

static int loop_open(struct device *d, const char *path, uint64_t bytes, struct reason *reason)
{
	int memory = memfd_create("faultbench", MFD_CLOEXEC), err;

	(void)path;
	if (memory < 0 || ftruncate(memory, (off_t)bytes))
		err = reason_fail(reason, -errno, "memfd: %s", strerror(errno));
	else
		err = attach(d, memory, reason);
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
	.name = "loop", .many = true, .summary = "loop over a memfd; leaves nothing behind (the default)",
	.unsupported = loop_unsupported, .open = loop_open, .close = loop_close,
};
