// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Targets, and how they are made and mounted.
 *
 * Mounts are made with fsmount() and never attached to a path. Such a mount
 * goes away with the last descriptor or process that holds it, so a kill at
 * any moment leaves none, and none is ever seen by another process.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/proc.h"
#include "disk/target.h"

/* Lazy initialisation would write in the background of the first minutes. */
#define EXT4_MKFS { "mkfs.ext4", "-q", "-F", "-L", TARGET_LABEL, \
		    "-E", "lazy_itable_init=0,lazy_journal_init=0" }

const struct target targets[] = {
	{ .name = "ext4", .summary = "ext4, data=ordered", .fstype = "ext4",
	  .package = "e2fsprogs", .mkfs = EXT4_MKFS, .min_size = 64 << 20 },
	{ .name = "ext4-data-journal", .summary = "ext4, data=journal", .fstype = "ext4",
	  .package = "e2fsprogs", .mkfs = EXT4_MKFS, .options = { { "data", "journal" } },
	  .min_size = 64 << 20 },
	{ .name = "btrfs", .summary = "btrfs", .fstype = "btrfs", .package = "btrfs-progs",
	  .mkfs = { "mkfs.btrfs", "-q", "-f", "-L", TARGET_LABEL }, .min_size = 256 << 20 },
	{ .name = "xfs", .summary = "XFS", .fstype = "xfs", .package = "xfsprogs",
	  .mkfs = { "mkfs.xfs", "-q", "-f", "-L", TARGET_LABEL }, .min_size = 320 << 20 },
	{ .name = "f2fs", .summary = "f2fs (own pre-fault, whole count up front)", .fstype = "f2fs",
	  .package = "f2fs-tools", .mkfs = { "mkfs.f2fs", "-q", "-f", "-l", TARGET_LABEL },
	  .min_size = 128 << 20 },
	{ .name = "gfs2", .summary = "gfs2 on one machine (own pre-fault, window by window)",
	  .fstype = "gfs2", .package = "gfs2-utils",
	  .mkfs = { "mkfs.gfs2", "-q", "-O", "-p", "lock_nolock", "-t", TARGET_LABEL ":0", "-j", "1" },
	  .options = { { "lockproto", "lock_nolock" } }, .min_size = 256 << 20 },
	{ .name = "tmpfs", .summary = "tmpfs, no device", .fstype = "tmpfs" },
	{ .name = NULL },
};

const struct target *target_find(const char *name)
{
	for (const struct target *t = targets; t->name; t++)
		if (!strcmp(t->name, name))
			return t;
	return NULL;
}

/* Whether @word ends a line of @path, or stands in it before @suffix. */
static bool file_mentions(const char *path, const char *word, const char *suffix)
{
	char line[512], want[96];
	bool found = false;
	FILE *in = fopen(path, "re");

	if (!in)
		return false;
	while (!found && fgets(line, sizeof(line), in)) {
		char *at;

		line[strcspn(line, "\n")] = '\0';
		if (suffix) {
			snprintf(want, sizeof(want), "/%s%s", word, suffix);
			found = strstr(line, want) != NULL;
		} else {
			at = strrchr(line, '\t');
			found = at && !strcmp(at + 1, word);
		}
	}
	fclose(in);
	return found;
}

static bool kernel_has(const char *fstype)
{
	char path[192];
	struct utsname host;

	if (file_mentions("/proc/filesystems", fstype, NULL))
		return true;
	uname(&host);
	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", host.release);
	return file_mentions(path, fstype, ".ko");
}

const char *target_unsupported(const struct target *t, char *reason, size_t size)
{
	if (!kernel_has(t->fstype))
		snprintf(reason, size, "this kernel has no %s", t->fstype);
	else if (target_has_device(t) && !proc_exists(t->mkfs[0]))
		snprintf(reason, size, "no %s: apt install %s", t->mkfs[0], t->package);
	else if (target_has_device(t) && geteuid())
		snprintf(reason, size, "needs root");
	else
		return NULL;
	return reason;
}

uint64_t target_size(const struct target *t, uint64_t files)
{
	/*
	 * ext4 starts write-back once less than twice the dirty clusters are
	 * free, whatever the dirty limits say (ext4_nonda_switch()): a device
	 * has four times what its files need, and journals beside. Memory is
	 * only taken for what is written.
	 */
	uint64_t bytes = 4 * files + (UINT64_C(256) << 20);

	if (bytes < t->min_size)
		bytes = t->min_size;
	return bytes + (-bytes & ((1 << 20) - 1));
}

int target_mkfs(const char *const mkfs[], const char *path, char *reason, size_t size)
{
	char *argv[32], output[160];
	int n = 0, status;

	/* execvp() takes strings that it does not change as char *. */
	for (; mkfs[n]; n++)
		argv[n] = (char *)(uintptr_t)mkfs[n];
	argv[n++] = (char *)(uintptr_t)path;
	argv[n] = NULL;
	status = proc_run(argv, output, sizeof(output));
	if (!status)
		return 0;
	if (status > 128)
		snprintf(output, sizeof(output), "ended by signal %d", status - 128);
	snprintf(reason, size, "%s %s: %s", mkfs[0], path,
		 status == 127 ? "not found" : output[0] ? output : "failed without a word");
	return -EIO;
}

/* What the kernel says about a failed mount, else errno. */
static void explain(int context, const char *step, char *reason, size_t size)
{
	int err = errno;
	char text[256];
	ssize_t len = context >= 0 ? read(context, text, sizeof(text) - 1) : 0;

	if (len > 2) {
		text[len] = '\0';
		/* "e message": the letter is the severity. */
		snprintf(reason, size, "%s: %s", step, text + 2);
	} else {
		snprintf(reason, size, "%s: %s", step, strerror(err));
	}
}

int target_mount(const struct target *t, const char *device, uint64_t bytes, char *reason, size_t size)
{
	int context = fsopen(t->fstype, FSOPEN_CLOEXEC), mount = -1;
	char number[24];

	if (context < 0) {
		explain(-1, t->fstype, reason, size);
		return -EIO;
	}
	snprintf(number, sizeof(number), "%llu", (unsigned long long)bytes);
	if (device ? fsconfig(context, FSCONFIG_SET_STRING, "source", device, 0)
		   : fsconfig(context, FSCONFIG_SET_STRING, "size", number, 0)) {
		explain(context, "mount", reason, size);
		goto out;
	}
	for (int i = 0; i < 4 && t->options[i][0]; i++) {
		const char *key = t->options[i][0], *value = t->options[i][1];

		if (fsconfig(context, value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, key, value, 0)) {
			explain(context, key, reason, size);
			goto out;
		}
	}
	if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0)) {
		explain(context, "mount", reason, size);
		goto out;
	}
	mount = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOATIME);
	if (mount < 0)
		explain(context, "fsmount", reason, size);
out:
	close(context);
	return mount < 0 ? -EIO : mount;
}
