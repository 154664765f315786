/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A target on a device of its own, ready for files. */
#ifndef FAULTBENCH_MOUNTED_H
#define FAULTBENCH_MOUNTED_H

#include "disk/device.h"
#include "disk/target.h"

struct mounted {
	struct device device;	/* fd -1: none */
	bool has_device;
	int dir;		/* the root of the file system; no path leads to it */
};

/* Make a device, or tmpfs, of @bytes and its file system. Returns 0, or -errno with @reason and nothing left. */
int mounted_open(struct mounted *m, const struct target *target, const struct device_choice *choice,
		 uint64_t bytes, struct reason *reason);
void mounted_close(struct mounted *m);

#endif
