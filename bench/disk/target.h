/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Targets: a file system with its options. A row each in target.c. */
#ifndef FAULTBENCH_TARGET_H
#define FAULTBENCH_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/reason.h"
#include "base/table.h"

/* The label by which faultbench recognises what it formatted. */
#define TARGET_LABEL "faultbench"

enum { TARGET_MKFS_MAX = 15, TARGET_OPTIONS_MAX = 4 };

struct target {
	const char *name;
	const char *summary;
	const char *fstype;
	const char *package;		/* Debian's, for its mkfs; NULL: nothing to make */
	const char *mkfs[TARGET_MKFS_MAX + 1];	/* the device follows; empty: no device */
	const char *options[TARGET_OPTIONS_MAX][2];	/* mount options: key, value (NULL: a flag) */
	uint64_t min_size;		/* bytes of the smallest device that mkfs takes */
};

extern const struct target targets[];
extern const struct table target_table;

/*
 * The target called @name: a row of the table, or one with options of its own, as
 * "ext4+nodelalloc" or the path of a file (custom.c). NULL with @reason if there is none.
 */
const struct target *target_find(const char *name, struct reason *reason);

/* For target_find(): a target made of a row. Lives as long as the program. */
const struct target *target_custom(const char *text, struct reason *reason);

static inline bool target_has_device(const struct target *t)
{
	return t->mkfs[0] != NULL;
}

/* Whether the kernel has @fstype without loading a module. */
bool target_loaded(const char *fstype);

/* Whether this process may mount @fstype, by trying what fails before anything is mounted. */
bool target_may_mount(const char *fstype);

/* Why @t cannot be used on this host (kernel, mkfs, rights), or NULL. */
const char *target_unsupported(const struct target *t, struct reason *reason);

/*
 * Why files of @bytes do not fit where @t is without a device, which is /dev/shm for a
 * process that may not mount, or NULL.
 */
const char *target_full(const struct target *t, uint64_t bytes, struct reason *reason);

/* Bytes of a device (of memory for tmpfs) that holds @files bytes of files. */
uint64_t target_size(const struct target *t, uint64_t files);

/*
 * Run @mkfs on @path, a device or an image that the caller has made or
 * recognised as its own. Returns 0 or -errno with @reason.
 */
int target_mkfs(const char *const mkfs[], const char *path, struct reason *reason);

/*
 * Mount @device (NULL for tmpfs of @bytes) where no path leads to: the mount
 * lives as long as the descriptor that is returned, or a process in it. Without
 * the right to mount, tmpfs is /dev/shm, if that is one. Or -errno with @reason.
 */
int target_mount(const struct target *t, const char *device, uint64_t bytes, struct reason *reason);

#endif
