/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A target on a device of its own, ready for files. */
#ifndef FAULTBENCH_MOUNTED_H
#define FAULTBENCH_MOUNTED_H

#include "disk/device.h"
#include "disk/target.h"

struct mounted {
	const struct target *target;
	uint64_t bytes;
	struct device device;	/* if the target has one */
	int dir;		/* the root of the file system; no path leads to it; -1: it is not mounted */
};

/*
 * Make a device of @bytes with the file system of @target, nothing for tmpfs. It is not
 * mounted yet. Returns 0, or -errno with @reason and nothing left.
 */
int mounted_make(struct mounted *m, const struct target *target, const struct device_choice *choice,
		 uint64_t bytes, struct reason *reason);

/* Mount it. Returns 0, or -errno with @reason and nothing left. */
int mounted_mount(struct mounted *m, struct reason *reason);

/* Undo either. */
void mounted_close(struct mounted *m);

#endif
