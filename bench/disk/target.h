/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Targets: a file system with its options, a row each in target.c; and one on a device of its own. */
#ifndef FAULTBENCH_TARGET_H
#define FAULTBENCH_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/reason.h"
#include "base/table.h"
#include "disk/device.h"

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

/* A target on a device of its own, ready for files. */
struct mounted {
	const struct target *target;
	uint64_t bytes;
	struct device device;	/* if the target has one */
	int dir;		/* the root of the file system; -1: it is not mounted */
};

/*
 * Make a device of @bytes with the file system of @target, nothing for tmpfs. It is not
 * mounted yet. Returns 0, or -errno with @reason and nothing left.
 */
int mounted_make(struct mounted *m, const struct target *target, const struct device_choice *choice,
		 uint64_t bytes, struct reason *reason);

/*
 * Mount it where no path leads to: the mount lives as long as m->dir, or a process in it.
 * Without the right to mount, tmpfs is /dev/shm, if that is one. Returns 0, or -errno with
 * @reason and nothing left.
 */
int mounted_mount(struct mounted *m, struct reason *reason);

/* Undo either. */
void mounted_close(struct mounted *m);

#endif
