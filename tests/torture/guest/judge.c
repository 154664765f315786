// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the cases share: their data, their file, and the comparison of the whole
 * file with what must be in it after every write, and with the disk at the end.
 * Which promise ought to hold is not known here: what is told is which did.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"

char old_data[DATA_SIZE] __attribute__((aligned(PAGE)));
char new_data[DATA_SIZE] __attribute__((aligned(PAGE)));

void fill_data(void)
{
	for (unsigned int i = 0; i < DATA_SIZE; i++) {
		old_data[i] = (char)((i * 2654435761U >> 11) % 127 + 1);
		new_data[i] = (char)(128 + (i * 2246822519U >> 13) % 128);
	}
}

/* The same in every run. */
unsigned int next_random(void)
{
	static unsigned int x = 1;

	x = x * 1664525 + 1013904223;
	return x >> 8;
}

void touch(const char *p, size_t size)
{
	for (size_t at = 0; at < size; at += PAGE)
		(void)*(const volatile char *)(p + at);
}

/* ---- judging ------------------------------------------------------------- */

void held(struct cell *c, unsigned int rules, const char *fmt, ...)
{
	struct report *r = c->report;
	va_list ap;

	if (r->rules & ~rules) {
		va_start(ap, fmt);
		vsnprintf(r->detail, sizeof(r->detail), fmt, ap);
		va_end(ap);
	}
	r->rules &= rules;
	r->writes++;
}

/* For the case that nothing more is heard. */
void doing(struct cell *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->report->doing, sizeof(c->report->doing), fmt, ap);
	va_end(ap);
}

void skip(struct cell *c, const char *reason)
{
	snprintf(c->report->skip, sizeof(c->report->skip), "%s", reason);
}

/* Returns 0 or -errno; -EBUSY if a page is still in the page cache. */
static int try_drop_cache(const struct cell *c, size_t size)
{
	static unsigned char resident[2 * DATA_SIZE / PAGE];
	char *map;
	int err;

	if (fsync(c->fd))
		return -errno;
	err = posix_fadvise(c->fd, 0, 0, POSIX_FADV_DONTNEED);
	if (err || !size || !strcmp(c->fs, "tmpfs"))
		return -err;
	map = mmap(NULL, size, PROT_READ, MAP_SHARED, c->fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	err = mincore(map, size, resident) ? errno : 0;
	munmap(map, size);
	for (size_t page = 0; page * PAGE < size && !err; page++)
		if (resident[page] & 1)
			err = EBUSY;
	return -err;
}

/*
 * Leaves @size bytes of the file on the disk alone, which tmpfs has not. Pages
 * that a file system is still busy with stay: btrfs of 6.12 ends its writing
 * behind the back of fsync(). Returns 0 or -errno.
 */
static int drop_cache(const struct cell *c, size_t size)
{
	int err;

	for (int tries = 0; (err = try_drop_cache(c, size)) == -EBUSY && tries < 100; tries++)
		usleep(1000);
	return err;
}

/* Returns 0 or -errno. */
int reset_file(struct cell *c, enum layout layout, size_t size)
{
	if (layout == EXTEND)
		return ftruncate(c->fd, 0) ? -errno : 0;
	if (pwrite(c->fd, old_data, size, 0) != (ssize_t)size || ftruncate(c->fd, (off_t)size))
		return -errno;
	return layout == UNCACHED ? drop_cache(c, size) : 0;
}

/*
 * The first byte of the file that is not as it must be, or -1. With @spilt,
 * what was not counted may have been written all the same.
 */
ssize_t differs(const struct cell *c, const struct attempt *a, ssize_t n, bool spilt)
{
	static char back[2 * DATA_SIZE];
	size_t pos = (size_t)a->pos, end = n > 0 ? pos + (size_t)n : 0;
	size_t size = end > a->size ? end : a->size;
	ssize_t got = pread(c->fd, back, sizeof(back), 0);

	if (got < 0)
		return 0;
	/* As it mostly is; to look at each byte would be most of a guest's work. */
	if ((size_t)got == size && pos <= a->size &&
	    !memcmp(back, old_data, n > 0 ? pos : size) &&
	    (n <= 0 || (!memcmp(back + pos, a->data, (size_t)n) &&
			(end == size || !memcmp(back + end, old_data + end, size - end)))))
		return -1;
	for (size_t i = 0; i < (size_t)got && i < size; i++) {
		bool was_there = i < pos || i >= end;
		bool may_be_new = i >= pos && i < (spilt ? pos + a->reach : end);

		if (was_there && back[i] == (i < a->size ? old_data[i] : 0))
			continue;
		if (may_be_new && (back[i] == a->data[i - pos] || (a->or_zero && !back[i])))
			continue;
		return (ssize_t)i;
	}
	return (size_t)got == size ? -1 : got;
}

static unsigned int rules_of(const struct attempt *a, ssize_t n, int err)
{
	size_t past = (size_t)a->pos + a->reach;
	ssize_t pages = (ssize_t)(past - past % PAGE) - a->pos;
	bool efault = n < 0 && err == EFAULT;
	unsigned int rules = 0;

	if (n == (ssize_t)a->count)
		rules |= WHOLE;
	if (a->reach ? n == (ssize_t)a->reach : efault)
		rules |= PREFIX;
	if (efault)
		rules |= NOTHING;
	if (pages > 0 ? n == pages : efault)
		rules |= PAGES;
	if (efault || (n >= 8 * PAGE && n % PAGE == 0 && n <= (ssize_t)a->reach))
		rules |= CHUNKS;
	if (efault || (n > 0 && n <= (ssize_t)a->reach))
		rules |= BOUNDED | SPILT;
	return rules;
}

/* What the write of @a, which returned @n, promised and kept. */
void judge(struct cell *c, const struct attempt *a, ssize_t n, int err, const char *what)
{
	ssize_t bad = differs(c, a, n, false);
	int at = (int)a->pos, reach = (int)a->reach;

	c->counted = n > 0 ? (size_t)(a->pos + n) : 0;
	if (bad >= 0)
		held(c, differs(c, a, n, true) < 0 ? rules_of(a, n, err) & SPILT : 0,
		     "%s at %d, %d readable: %zd, file differs at %zd", what, at, reach, n, bad);
	else
		held(c, rules_of(a, n, err), "%s at %d, %d readable: %zd%s%s", what, at, reach, n,
		     n < 0 ? " " : "", n < 0 ? strerror(err) : "");
}

/*
 * What the read of @a into @dest, which held a->data, promised and kept. Behind the
 * count there may be bytes of the file: what was not counted may have been copied.
 */
void judge_read(struct cell *c, const struct attempt *a, const char *dest, ssize_t n, int err,
		const char *what)
{
	size_t at = 0;

	while (at < a->reach && (dest[at] == old_data[(size_t)a->pos + at] ||
				 ((a->lost || (ssize_t)at >= n) && dest[at] == a->data[at])))
		at++;
	held(c, at < a->reach ? 0 : rules_of(a, n, err), "%s, %zu writable: %zd%s%s, memory %s %zu",
	     what, a->reach, n, n < 0 ? " " : "", n < 0 ? strerror(err) : "",
	     at < a->reach ? "differs at" : "as it must be:", at);
}

int open_as_tested(struct cell *c)
{
	int fd = c->test->direct ? open("/mnt/file", O_RDWR | O_CLOEXEC | O_DIRECT) : c->fd;

	if (fd < 0)
		held(c, errno == EINVAL ? REFUSED : 0, "open: %s", strerror(errno));
	return fd;
}

/* A write out of new_data of which nobody knows how far it came. */
bool kept_to_reach(int fd, const struct report *r)
{
	static char back[2 * DATA_SIZE];
	ssize_t got = pread(fd, back, sizeof(back), 0);

	if (got != (ssize_t)r->size)
		return false;
	for (size_t i = 0; i < r->size; i++) {
		size_t at = i - (size_t)r->pos;

		if (back[i] != old_data[i] && (at >= r->reach || back[i] != new_data[at]))
			return false;
	}
	return true;
}

/* Whether only bytes that the last write did not count are still old on the disk. */
static bool spilt_in_cache(const struct cell *c, const char *cache, const char *disk, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (cache[i] != disk[i] && (i < c->counted || disk[i] != old_data[i]))
			return false;
	return true;
}

/* What is in the page cache must also be what reaches the disk. */
void compare_with_disk(struct cell *c)
{
	static char cache[2 * DATA_SIZE], disk[2 * DATA_SIZE];
	ssize_t in_cache = pread(c->fd, cache, sizeof(cache), 0), on_disk;
	int err = in_cache < 0 ? -errno : drop_cache(c, (size_t)in_cache);

	if (err) {
		held(c, 0, "dropping the page cache: %s", strerror(-err));
		return;
	}
	on_disk = pread(c->fd, disk, sizeof(disk), 0);
	if (in_cache != on_disk || memcmp(cache, disk, (size_t)in_cache))
		held(c, in_cache == on_disk && spilt_in_cache(c, cache, disk, (size_t)in_cache) ? SPILT : 0,
		     "the disk holds something else than the page cache");
}

bool ready(struct cell *c, int err)
{
	if (err)
		held(c, 0, "preparing the file: %s", strerror(-err));
	return !err;
}

/* ---- sources ------------------------------------------------------------- */

/* new_data from a file, so that what is dropped comes back as it was. */
char *map_pattern(const struct cell *c, void *at, size_t size, int prot)
{
	char *p = mmap(at, size, prot, MAP_PRIVATE | (at ? MAP_FIXED : 0), c->pattern, 0);

	return p == MAP_FAILED ? NULL : p;
}
