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
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/proc.h"
#include "base/rights.h"
#include "base/sysfile.h"
#include "disk/target.h"
#include "format/names.h"

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
	{ .name = "f2fs", .summary = "f2fs; pre-faults the whole write by itself", .fstype = "f2fs",
	  .package = "f2fs-tools", .mkfs = { "mkfs.f2fs", "-q", "-f", "-l", TARGET_LABEL },
	  .min_size = 128 << 20 },
	{ .name = "gfs2", .summary = "gfs2 on one machine; pre-faults by itself, part by part",
	  .fstype = "gfs2", .package = "gfs2-utils",
	  .mkfs = { "mkfs.gfs2", "-q", "-O", "-p", "lock_nolock", "-t", TARGET_LABEL ":0", "-j", "1" },
	  .options = { { "lockproto", "lock_nolock" } }, .min_size = 256 << 20 },
	{ .name = "tmpfs", .summary = "tmpfs, no device", .fstype = "tmpfs" },
	{ .name = NULL },
};

static const char *target_name(size_t i)
{
	return targets[i].name;
}

const struct table target_table = {
	.what = "target", .where = "'faultbench list targets'", .name = target_name,
};

const struct target *target_find(const char *name, struct reason *reason)
{
	ssize_t i;

	if (strchr(name, '+') || name_is_file(name))
		return target_custom(name, reason);
	i = table_choose(&target_table, name, reason);
	return i < 0 ? NULL : &targets[i];
}

/* Whether file @path has a line that ends in @word after a tab, or that contains "/WORD.ko". */
static int file_mentions(const char *path, const char *word)
{
	char line[512], want[96];
	FILE *in = fopen(path, "re");
	int found = 0;

	if (!in)
		return -errno;
	snprintf(want, sizeof(want), "/%s.ko", word);
	while (!found && fgets(line, sizeof(line), in)) {
		const char *at;

		line[strcspn(line, "\n")] = '\0';
		at = strrchr(line, '\t');
		found = (at && !strcmp(at + 1, word)) || strstr(line, want);
	}
	fclose(in);
	return found;
}

static const char filesystems[] = "/proc/filesystems";

/* 1: registered; 2: a module that can be loaded; 0: neither; or -errno. */
static int kernel_has(const char *fstype)
{
	int found = file_mentions(filesystems, fstype);
	struct utsname host;
	char path[192];

	if (found)
		return found;
	uname(&host);
	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", host.release);
	return file_mentions(path, fstype) > 0 ? 2 : 0;
}

bool target_loaded(const char *fstype)
{
	return kernel_has(fstype) == 1;
}

bool target_may_mount(const char *fstype)
{
	int context = fsopen(fstype, FSOPEN_CLOEXEC), err;

	if (context < 0)
		return false;
	err = fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) ? errno : 0;
	close(context);
	/* Without a device it fails in another way, if it is permitted. */
	return err != EPERM && err != EACCES;
}

static const char shm_path[] = "/dev/shm";

/* /dev/shm in place of @t, for a process that may not mount; files there are unlinked at once. */
static int open_shm(const struct target *t, struct reason *reason)
{
	int dir = open(shm_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (dir < 0)
		return reason_fail(reason, -errno, "may not mount, and %s: %s: %s", shm_path, strerror(errno),
				   rights_way_out());
	if (t->options[0][0])
		reason_set(reason, "may not mount, and %s does not have the options of %s: %s", shm_path, t->name,
			   rights_way_out());
	else if (fstatfs(dir, &fs) || fs.f_type != TMPFS_MAGIC)
		reason_set(reason, "may not mount, and %s is not tmpfs: %s", shm_path, rights_way_out());
	else if (faccessat(dir, ".", W_OK | X_OK, AT_EACCESS))
		reason_set(reason, "may not mount, and %s is not writable: %s", shm_path, rights_way_out());
	else
		return dir;
	close(dir);
	return -EACCES;
}

const char *target_unsupported(const struct target *t, struct reason *reason)
{
	int has = kernel_has(t->fstype), shm;
	struct reason why;

	if (has < 0)
		return reason_set(reason, "%s: %s", sysfile_why(&why, filesystems, has), rights_capability() ?
				  "mount -t proc proc /proc" : "start the container with /proc");
	if (!has)
		return reason_set(reason, "this kernel has no %s", t->fstype);
	if (target_has_device(t) && !proc_exists(t->mkfs[0]))
		return reason_set(reason, "no %s: apt install %s", t->mkfs[0], t->package);
	/* A trial would load the module. */
	if (has == 2 ? rights_admin() : target_may_mount(t->fstype))
		return NULL;
	if (target_has_device(t))
		return reason_set(reason, "may not mount %s: %s", t->fstype, rights_way_out());
	shm = open_shm(t, reason);
	if (shm < 0)
		return reason->text;
	close(shm);
	return NULL;
}

const char *target_full(const struct target *t, uint64_t bytes, struct reason *reason)
{
	struct statfs fs;
	uint64_t left;

	if (target_has_device(t) || target_may_mount(t->fstype) || statfs(shm_path, &fs))
		return NULL;
	left = (uint64_t)fs.f_bavail * (uint64_t)fs.f_bsize;
	return left >= bytes ? NULL : reason_set(reason, "%s has %llu MiB left, and files of %llu MiB are written: use a "
						 "smaller file_size, or see 'faultbench doctor shm'", shm_path,
						 (unsigned long long)(left >> 20), (unsigned long long)(bytes >> 20));
}

uint64_t target_size(const struct target *t, uint64_t files)
{
	/*
	 * ext4 starts write-back once less than twice the dirty clusters are
	 * free, whatever the dirty limits say (ext4_nonda_switch()): a device
	 * has four times what its files need, besides journals. Memory is
	 * only taken for what is written.
	 */
	uint64_t bytes = 4 * files + (UINT64_C(256) << 20);

	if (bytes < t->min_size)
		bytes = t->min_size;
	return bytes + (-bytes & ((1 << 20) - 1));
}

int target_mkfs(const char *const mkfs[], const char *path, struct reason *reason)
{
	const char *argv[32];
	char output[160];
	int n = 0, status;

	for (; mkfs[n]; n++)
		argv[n] = mkfs[n];
	argv[n++] = path;
	argv[n] = NULL;
	status = proc_run(argv, output, sizeof(output));
	if (!status)
		return 0;
	if (status > 128)
		return reason_fail(reason, -EIO, "%s %s: killed by signal %d", mkfs[0], path, status - 128);
	return reason_fail(reason, -EIO, "%s %s: %s", mkfs[0], path, status == 127 ? "not found" :
			   output[0] ? output : "failed without output");
}

/* The kernel's message about a failed step of a mount, else errno. */
static int explain(int context, const char *step, struct reason *reason)
{
	int err = errno;
	char text[256];
	ssize_t len = read(context, text, sizeof(text) - 1);

	if (len <= 2)
		return reason_fail(reason, -EIO, "%s: %s", step, strerror(err));
	text[len] = '\0';
	text[strcspn(text, "\n")] = '\0';
	/* "e message": the letter is the severity. */
	return reason_fail(reason, -EIO, "%s: %s", step, text + 2);
}

/* Returns the descriptor of the mount or -errno with @reason. */
static int mount_context(int context, const struct mounted *m, struct reason *reason)
{
	const struct target *t = m->target;
	const bool on_device = target_has_device(t);
	char number[24];
	int mount;

	snprintf(number, sizeof(number), "%llu", (unsigned long long)m->bytes);
	if (fsconfig(context, FSCONFIG_SET_STRING, on_device ? "source" : "size", on_device ? m->device.path : number, 0))
		return explain(context, "mount", reason);
	for (int i = 0; i < TARGET_OPTIONS_MAX && t->options[i][0]; i++) {
		const char *key = t->options[i][0], *value = t->options[i][1];

		if (fsconfig(context, value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, key, value, 0))
			return explain(context, key, reason);
	}
	if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return explain(context, "mount", reason);
	mount = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOATIME);
	return mount < 0 ? explain(context, "fsmount", reason) : mount;
}

int mounted_make(struct mounted *m, const struct target *target, const struct device_choice *choice,
		 uint64_t bytes, struct reason *reason)
{
	int err;

	*m = (struct mounted){ .target = target, .bytes = bytes, .device.kind = choice->kind, .dir = -1 };
	if (!target_has_device(target))
		return 0;
	err = choice->kind->open(&m->device, choice->path, bytes, reason);
	if (err)
		return err;
	err = target_mkfs(target->mkfs, m->device.path, reason);
	if (err)
		mounted_close(m);
	return err;
}

int mounted_mount(struct mounted *m, struct reason *reason)
{
	const char *fstype = m->target->fstype;
	int context;

	if (!target_has_device(m->target) && !target_may_mount(fstype)) {
		m->dir = open_shm(m->target, reason);
	} else if ((context = fsopen(fstype, FSOPEN_CLOEXEC)) < 0) {
		m->dir = reason_fail(reason, -errno, "%s: %s", fstype, strerror(errno));
	} else {
		m->dir = mount_context(context, m, reason);
		close(context);
	}
	if (m->dir >= 0)
		return 0;
	mounted_close(m);
	return m->dir;
}

void mounted_close(struct mounted *m)
{
	if (m->dir >= 0)
		close(m->dir);
	if (target_has_device(m->target) && m->device.kind->close)
		m->device.kind->close(&m->device);
}
