/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RAM block devices. A kind is a file and a row in device.c. */
#ifndef FAULTBENCH_DEVICE_H
#define FAULTBENCH_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/reason.h"

struct device {
	const struct device_kind *kind;
	char path[64];
	uint64_t size;	/* bytes, of one that was there before */
	/*
	 * Keeps a new one alive. Open for reading: while a writer has the device open, a
	 * kernel without CONFIG_BLK_DEV_WRITE_MOUNTED does not mount it.
	 */
	int fd;
};

struct device_kind {
	const char *name;
	const char *summary;
	bool many;	/* open() makes a new device; else there is one */
	/*
	 * Why it cannot be used here, or NULL. @path: what --device named, if that
	 * is to be checked too; else NULL.
	 */
	const char *(*unsupported)(const char *path, struct reason *reason);
	/*
	 * Make a device of at least @bytes that nothing else uses, and reclaim
	 * what a killed run left of this kind. @path is what --device named.
	 * Returns 0 or -errno with @reason.
	 */
	int (*open)(struct device *d, const char *path, uint64_t bytes, struct reason *reason);
	void (*close)(struct device *d);	/* NULL: nothing is to be given back */
};

/* What --device and --device-size ask for. */
struct device_choice {
	const struct device_kind *kind;
	const char *path;		/* as it was named */
	uint64_t size;			/* bytes; 0: what the files need */
};

extern const struct device_kind device_loop, device_brd, device_zram, device_path;
extern const struct device_kind *const device_kinds[];	/* NULL-ended */

/* The kind that --device @name asks for: a path is of kind device_path. NULL with @reason if unknown. */
const struct device_kind *device_find(const char *name, struct reason *reason);

/* The name of @kind in results; that of a device given by its @path is what it is. */
const char *device_known_as(const struct device_kind *kind, const char *path);

/*
 * Open block device @path for formatting: exclusively, so that nothing that is
 * mounted or claimed is touched, and only when it holds a file system with the
 * program's label or, where it @may_be_empty, nothing but zeros. Returns
 * the descriptor or -errno with @reason; sets *@bytes.
 */
int device_claim(const char *path, bool may_be_empty, uint64_t *bytes, struct reason *reason);

#endif
