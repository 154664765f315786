// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The switch of a kernel that has the strategies built in, and the files of
 * such a kernel. docs/kernel-strategies.md describes the strategies.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/gfs2_ondisk.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "measure/measure.h"

int open_kernel_fs(const char *type, const char *path, const char *name)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int context, mount, err;

	if (fd >= 0)
		return fd;
	context = fsopen(type, FSOPEN_CLOEXEC);
	if (context < 0)
		return -errno;
	mount = fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) ? -1 : fsmount(context, FSMOUNT_CLOEXEC, 0);
	err = -errno;
	close(context);
	if (mount < 0)
		return err;
	fd = openat(mount, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	close(mount);
	return fd < 0 ? -errno : fd;
}

static int open_file(const char *name, int flags)
{
	int dir = open_kernel_fs("debugfs", "/sys/kernel/debug/faultbench", "faultbench");
	int fd, err;

	if (dir < 0)
		return dir;
	fd = openat(dir, name, flags | O_CLOEXEC);
	err = -errno;
	close(dir);
	return fd < 0 ? err : fd;
}

const char *switch_missing(void)
{
	int fd = open_file("strategy", O_RDONLY);

	if (fd == -EPERM || fd == -EACCES)
		return "needs root with CAP_SYS_ADMIN, to see whether this kernel has the switch";
	if (fd < 0)
		return "this kernel has no strategies to switch: faultbench kernel build, or --on vm:x86_64";
	close(fd);
	return NULL;
}

int switch_open(struct reason *reason)
{
	const char *missing = switch_missing();
	int fd = missing ? -ENOENT : open_file("strategy", O_RDWR);

	if (fd < 0)
		return reason_fail(reason, fd, "%s", missing ? missing : fd == -EBUSY ?
				   "another program holds the kernel's switch" : strerror(-fd));
	return fd;
}

/* The function with the hooks of a file system; NULL: there is none to hook. */
static const struct hooked {
	unsigned magic;
	const char *write, *read, *direct_read;
} hooked[] = {
	{ BTRFS_SUPER_MAGIC, "btrfs_buffered_write", NULL, "btrfs_direct_read" },
	{ XFS_SUPER_MAGIC, "iomap_write_iter", NULL, NULL },
	{ GFS2_MAGIC, "iomap_write_iter", "gfs2_file_read_iter", "gfs2_file_direct_read" },
	/* All others. */
	{ 0, "generic_perform_write", NULL, NULL },
};

static const char *hooked_function(const struct job *job)
{
	const struct hooked *h = hooked;
	struct statfs fs = { 0 };

	statfs(".", &fs);
	while (h->magic && h->magic != (unsigned)fs.f_type)
		h++;
	if (!operations[job->op].reads)
		return h->write;
	return job->direct ? h->direct_read : h->read;
}

const char *switch_loop_missing(const struct job *job, struct reason *reason)
{
	const char *function = hooked_function(job);
	int fd = open_file("loops", O_RDONLY);
	char text[1024];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	if (!function)
		return reason_set(reason, "strategies in the kernel reach reads of gfs2, and of btrfs with direct = yes; "
				  "elsewhere name user-space ones too, as in -s native,touch");
	text[n < 0 ? 0 : n] = '\0';
	if (n < 0 || strstr(text, function))
		return NULL;
	return reason_set(reason, "this kernel has no hooks in %s(): faultbench kernel build says why", function);
}

int switch_select(int fd, const char *name)
{
	return write(fd, name, name_stem(name)) < 0 ? -errno : 0;
}

int switch_open_counters(void)
{
	return open_file("counters", O_RDONLY);
}
