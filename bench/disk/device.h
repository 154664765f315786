/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RAM block devices. A kind is a file device_*.c and a row in device.c. */
#ifndef FAULTBENCH_DEVICE_H
#define FAULTBENCH_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct device {
	const struct device_kind *kind;
	char path[64];
	uint64_t size;	/* bytes */
	/*
	 * Keeps it alive. For reading: beside a writer a kernel without
	 * CONFIG_BLK_DEV_WRITE_MOUNTED mounts nothing.
	 */
	int fd;
};

struct device_kind {
	const char *name;
	const char *summary;
	/*
	 * Why it cannot be used here, into @reason; or NULL. @path: what --device
	 * named, if that is asked about too; else NULL.
	 */
	const char *(*unsupported)(const char *path, char *reason, size_t size);
	/*
	 * Make a device of at least @bytes that nothing else uses, and reclaim
	 * what a killed run left of this kind. @path is what --device named.
	 * Returns 0 or -errno with @reason.
	 */
	int (*open)(struct device *d, const char *path, uint64_t bytes, char *reason, size_t size);
	void (*close)(struct device *d);
};

extern const struct device_kind device_loop, device_brd, device_zram, device_path;
extern const struct device_kind *const device_kinds[];

/* The kind that --device @name asks for: a path is of kind "path". NULL if there is none. */
const struct device_kind *device_find(const char *name);

/* What results call @kind; a device given by its @path is called after what it is. */
const char *device_known_as(const struct device_kind *kind, const char *path);

/*
 * Open block device @path for formatting: exclusively, so that nothing that is
 * mounted or claimed is touched, and only when it holds a file system with the
 * program's label or, where it @may_be_empty, nothing but zeros. Returns
 * the descriptor or -errno with @reason; sets *@bytes.
 */
int device_claim(const char *path, bool may_be_empty, uint64_t *bytes, char *reason, size_t size);

/* Write @text into the file @path, as /sys takes it. Returns 0 or -errno. */
int device_set(const char *path, const char *text);

#endif
