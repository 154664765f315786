// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * File systems for guests. Names, identities and hash seeds are fixed, so that
 * the same job walks the same trees. mkfs.gfs2 numbers its journal from a
 * random start, on which the kernel's search for its end depends; the numbers
 * are rewritten here. Times of day and further identities remain in a few blocks
 * of the others: no count depends on them.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/gfs2_ondisk.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/proc.h"
#include "format/extent.h"
#include "vm/image.h"

#define UUID "fa017bec-0000-4000-8000-000000000001"

enum { BLOCK = 4096 };

/* CRC-32 as Linux's gfs2_disk_hash() has it. */
static uint32_t crc32(const unsigned char *data, size_t size)
{
	uint32_t crc = UINT32_MAX;

	while (size--) {
		crc ^= *data++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

/* Number the log headers from 0. The hash of one is that of all before it and of itself as 0. */
static void settle_gfs2(char *image)
{
	uint64_t number = 0;

	for (uint64_t at = 0; at < UINT64_C(32) << 20; at += BLOCK) {
		struct gfs2_log_header *log = (struct gfs2_log_header *)(image + at);
		struct gfs2_dinode *inode = (struct gfs2_dinode *)(image + at);

		if (log->lh_header.mh_magic != htobe32(GFS2_MAGIC))
			continue;
		if (log->lh_header.mh_type == htobe32(GFS2_METATYPE_DI))
			inode->di_atime = inode->di_mtime = inode->di_ctime = 0;
		if (log->lh_header.mh_type != htobe32(GFS2_METATYPE_LH))
			continue;
		log->lh_sequence = htobe64(number++);
		log->lh_hash = 0;
		log->lh_hash = htobe32(crc32((unsigned char *)log, offsetof(struct gfs2_log_header, lh_crc)));
	}
}

/* Further options for the mkfs of a target of this kind. */
static const struct recipe {
	const char *fstype;
	/* Option and value; the value is appended after a comma where the target gives the option too. */
	const char *options[2][2];
	bool named;		/* needs the file's own path, which a memfd does not have */
	void (*settle)(char *image);	/* fixes what mkfs has no option for */
} recipes[] = {
	{ .fstype = "ext4", .options = { { "-U", UUID }, { "-E", "hash_seed=" UUID } } },
	{ .fstype = "btrfs", .options = { { "-U", UUID } } },
	{ .fstype = "xfs", .options = { { "-m", "uuid=" UUID } } },
	{ .fstype = "f2fs", .options = { { "-U", UUID } } },
	{ .fstype = "gfs2", .options = { { "-U", UUID }, { "-J", "8" } }, .named = true,
	  .settle = settle_gfs2 },
};

static const struct recipe *find_recipe(const struct target *t)
{
	for (size_t i = 0; i < sizeof(recipes) / sizeof(recipes[0]); i++)
		if (!strcmp(recipes[i].fstype, t->fstype))
			return &recipes[i];
	return NULL;
}

/* An option of @t that @r fixes, so that every run makes the same image, or NULL. A list is joined instead. */
static const char *fixed_option(const struct target *t, const struct recipe *r)
{
	for (int i = 0; i < 2 && r->options[i][0]; i++)
		for (size_t n = 1; !strchr(r->options[i][1], '=') && t->mkfs[n]; n++)
			if (!strcmp(t->mkfs[n], r->options[i][0]))
				return t->mkfs[n];
	return NULL;
}

const char *vm_image_unsupported(const struct target *t, struct reason *reason)
{
	const struct recipe *r = find_recipe(t);

	if (!target_has_device(t))
		return NULL;
	if (r && fixed_option(t, r))
		return reason_set(reason, "%s of %s is fixed in a guest, where every image is the same; remove it",
				  fixed_option(t, r), t->mkfs[0]);
	if (!r)
		return reason_set(reason, "no image of %s can be made for a guest", t->fstype);
	if (!proc_exists(t->mkfs[0]))
		return reason_set(reason, "no %s: apt install %s", t->mkfs[0], t->package);
	return NULL;
}

/* The beginning of names, for the mkfs that needs one. */
#define NAMED "/tmp/faultbench-image."

static bool is_named(int fd, const char *path)
{
	struct stat here, there;

	return !fstat(fd, &here) && !lstat(path, &there) && here.st_ino == there.st_ino &&
	       here.st_dev == there.st_dev;
}

/*
 * A run that was killed during mkfs leaves its file. A run holds a lock on the
 * file that it uses, which ends with the process.
 */
static void reclaim_named(void)
{
	glob_t found;

	if (glob(NAMED "*", 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *path = found.gl_pathv[i];
		int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		struct stat st;

		if (fd < 0)
			continue;
		if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
		    !flock(fd, LOCK_EX | LOCK_NB) && is_named(fd, path))
			unlink(path);
		close(fd);
	}
	globfree(&found);
}

/* A new file at @path, locked; or -1 with errno. */
static int create_named(char *path, size_t size)
{
	reclaim_named();
	for (;;) {
		int fd;

		snprintf(path, size, NAMED "XXXXXX");
		fd = mkostemp(path, O_CLOEXEC);
		if (fd < 0)
			return -1;
		/* Before the lock, another run that starts now may have removed it as left over. */
		if (!flock(fd, LOCK_EX | LOCK_NB) && is_named(fd, path))
			return fd;
		close(fd);
	}
}

struct mkfs {
	const char *argv[24];
	char joined[2][128];
};

/* The command that makes @t here: as on a host, with the options of @r. */
static void mkfs_of(struct mkfs *m, const struct target *t, const struct recipe *r)
{
	size_t n = 0;

	*m = (struct mkfs){ 0 };
	for (; t->mkfs[n]; n++)
		m->argv[n] = t->mkfs[n];
	for (int i = 0; i < 2 && r->options[i][0]; i++) {
		const char *const *add = r->options[i];
		size_t at = 1;

		while (at < n && strcmp(m->argv[at], add[0]))
			at++;
		if (at + 1 < n) {
			snprintf(m->joined[i], sizeof(m->joined[i]), "%s,%s", m->argv[at + 1], add[1]);
			m->argv[at + 1] = m->joined[i];
		} else {
			m->argv[n++] = add[0];
			m->argv[n++] = add[1];
		}
	}
}

/* A sparse file, which goes away with its descriptor. */
static int make(const struct target *t, const struct recipe *r, struct reason *reason)
{
	struct mkfs mkfs;
	char path[64];
	int fd, err;

	if (r->named) {
		fd = create_named(path, sizeof(path));
	} else {
		fd = memfd_create("faultbench-image", MFD_CLOEXEC);
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)getpid(), fd);
	}
	if (fd < 0 || ftruncate(fd, (off_t)VM_DISK_SIZE)) {
		reason_set(reason, "image: %s", strerror(errno));
		err = -EIO;
	} else {
		mkfs_of(&mkfs, t, r);
		err = target_mkfs(mkfs.argv, path, reason);
	}
	if (r->named && fd >= 0)
		unlink(path);
	if (err && fd >= 0)
		close(fd);
	return err ? err : fd;
}

/* Pack the blocks of @image, which maps @fd, that hold more than zeros. */
static int pack(const char *image, int fd, int packed)
{
	static const char zeros[BLOCK];
	struct extent extent = { 0 };
	uint64_t data_end = 0;

	for (uint64_t at = 0; at <= VM_DISK_SIZE; at += BLOCK) {
		bool used;

		if (at >= data_end && !extent.size) {
			/* Reading a hole would fill it with memory. */
			off_t data = lseek(fd, (off_t)at, SEEK_DATA);

			if (data < 0)
				break;
			at = (uint64_t)data & ~(uint64_t)(BLOCK - 1);
			data_end = (uint64_t)lseek(fd, data, SEEK_HOLE);
		}
		used = at < data_end && memcmp(image + at, zeros, BLOCK);
		if (used) {
			if (!extent.size)
				extent.offset = at;
			extent.size += BLOCK;
		} else if (extent.size) {
			if (write(packed, &extent, sizeof(extent)) != sizeof(extent) ||
			    write(packed, image + extent.offset, extent.size) != (ssize_t)extent.size)
				return -EIO;
			extent.size = 0;
		}
	}
	return 0;
}

int vm_image_make(const struct target *t, struct reason *reason)
{
	const struct recipe *r = find_recipe(t);
	int image, packed = -1, err;
	char *map;

	/* mkfs.ext4 reads the time of day from here. */
	setenv("E2FSPROGS_FAKE_TIME", "1704067200", 1);
	image = make(t, r, reason);
	if (image < 0)
		return image;
	map = mmap(NULL, VM_DISK_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, image, 0);
	packed = memfd_create("faultbench-packed", MFD_CLOEXEC);
	err = map == MAP_FAILED || packed < 0 ? -errno : 0;
	if (!err && r->settle)
		r->settle(map);
	if (!err)
		err = pack(map, image, packed);
	if (err) {
		reason_set(reason, "image: %s", strerror(-err));
		if (packed >= 0)
			close(packed);
		packed = err;
	}
	if (map != MAP_FAILED)
		munmap(map, VM_DISK_SIZE);
	close(image);
	return packed;
}
