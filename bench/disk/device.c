// SPDX-License-Identifier: GPL-2.0-or-later
/* The kinds of devices, and the rule of what may be formatted. */
#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/table.h"
#include "disk/device.h"
#include "disk/target.h"

const struct device_kind *const device_kinds[] = {
	&device_loop, &device_brd, &device_zram, &device_path, NULL,
};

static const char *device_name(size_t i)
{
	/* The last row is for paths, which have no name. */
	return device_kinds[i] && device_kinds[i] != &device_path ? device_kinds[i]->name : NULL;
}

static const struct table device_table = {
	.what = "device", .name = device_name,
};

const struct device_kind *device_find(const char *name, struct reason *reason)
{
	ssize_t i;

	if (strchr(name, '/'))
		return &device_path;
	i = table_choose(&device_table, name, reason);
	return i < 0 ? NULL : device_kinds[i];
}

/* gfs2 has a lock table, "label:name", in the label's place. */
static bool is_our_label(const char *label)
{
	const size_t len = strlen(TARGET_LABEL);

	return !strncmp(label, TARGET_LABEL, len) && (!label[len] || label[len] == ':');
}

/* 1: carries our label, 0: carries nothing that libblkid knows, -EBUSY: anything else. */
static int probe_label(int fd)
{
	blkid_probe probe = blkid_new_probe();
	const char *label;
	int result = -EBUSY;

	if (!probe)
		return -ENOMEM;
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_LABEL | BLKID_SUBLKS_TYPE);
	blkid_probe_enable_partitions(probe, 1);
	if (!blkid_probe_set_device(probe, fd, 0, 0)) {
		switch (blkid_do_safeprobe(probe)) {
		case 0:
			if (!blkid_probe_lookup_value(probe, "LABEL", &label, NULL) &&
			    is_our_label(label))
				result = 1;
			break;
		case 1:
			result = 0;
			break;
		}
	}
	blkid_free_probe(probe);
	return result;
}

/* Whether every byte is zero. Reading what a RAM disk never held takes no memory. */
static bool is_empty(int fd, uint64_t bytes)
{
	enum { CHUNK = 1 << 20 };
	char *buffer = malloc(CHUNK);
	bool empty = buffer != NULL;

	for (uint64_t at = 0; empty && at < bytes;) {
		ssize_t got = pread(fd, buffer, CHUNK, (off_t)at);

		empty = got > 0 && !buffer[0] && !memcmp(buffer, buffer + 1, (size_t)got - 1);
		at += (uint64_t)got;
	}
	free(buffer);
	return empty;
}

int device_claim(const char *path, bool may_be_empty, uint64_t *bytes, struct reason *reason)
{
	int fd = open(path, O_RDWR | O_EXCL | O_CLOEXEC), label, err = -EBUSY;
	struct stat st;

	if (fd < 0) {
		err = -errno;
		if (err == -EBUSY)
			return reason_fail(reason, err, "%s is mounted or in use; nothing was touched", path);
		return reason_fail(reason, err, "%s: %s", path, strerror(-err));
	}
	if (fstat(fd, &st) || !S_ISBLK(st.st_mode) || ioctl(fd, BLKGETSIZE64, bytes)) {
		reason_set(reason, "%s is not a block device; nothing was touched", path);
		err = -ENOTBLK;
		goto refuse;
	}
	label = probe_label(fd);
	if (label == 1 || (label == 0 && may_be_empty && is_empty(fd, *bytes)))
		return fd;
	if (label < 0 || may_be_empty)
		reason_set(reason, "%s holds data that faultbench did not write; nothing was touched; to hand it "
			   "over: wipefs -a %s && mkfs.ext4 -L " TARGET_LABEL " %s", path, path, path);
	else
		reason_set(reason, "%s was not made by faultbench; nothing was touched; to hand it over: "
			   "mkfs.ext4 -L " TARGET_LABEL " %s", path, path);
refuse:
	close(fd);
	return err;
}
