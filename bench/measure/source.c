// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The memory that is written from (for reads: read into), and how its pages
 * are made cold before a slot, outside the clock.
 *
 * Cold anonymous memory that is only read maps the shared zero page, so a
 * data check would compare zeros. For the verifying pass such a source is a
 * private mapping of a memfd that holds the pattern; it faults at the same
 * places.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/sysfile.h"
#include "measure/measure.h"

#ifdef __aarch64__
#include <sys/auxv.h>
#include <sys/prctl.h>
#endif

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static size_t round_up(size_t n, size_t unit)
{
	return (n + unit - 1) / unit * unit;
}

/* Map @s->map_size bytes of @fd, or anonymous memory for -1. */
static int map(struct source *s, int flags, int fd)
{
	int prot = s->writable || fd < 0 ? PROT_READ | PROT_WRITE : PROT_READ;
	void *p = mmap(NULL, s->map_size, prot, flags, fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	s->map = p;
	s->base = s->map + s->job->source_offset;
	madvise(s->map, s->map_size, MADV_NOHUGEPAGE);
	return 0;
}

/* Every page of the mapping, the way the kernel will need it. */
static void make_resident(struct source *s)
{
	for (size_t i = 0; i < s->map_size; i += page_size()) {
		if (s->writable)
			((volatile char *)s->map)[i] = 0;
		else
			(void)((volatile char *)s->map)[i];
	}
}

/* A memfd whose bytes from @pos on are the pattern, @size of them. */
static int pattern_memfd(uint64_t pos, size_t size)
{
	int fd = memfd_create("faultbench-pattern", MFD_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = file_fill(fd, pos, size, 0, JOB_FILL_DEFAULT);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

static int open_zero(struct source *s)
{
	int err;

	if (s->patterned) {
		s->fd = pattern_memfd(0, s->size);
	} else {
		s->fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
		if (s->fd < 0)
			s->fd = -errno;
	}
	if (s->fd < 0)
		return s->fd;
	s->map_size = round_up(s->job->source_offset + s->job->block_size, page_size());
	err = map(s, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	if (!err)
		memset(s->map, 0, s->map_size);
	return err;
}

static int rewind_zero(struct source *s, size_t from, size_t size)
{
	(void)from;
	(void)size;
	return lseek(s->fd, 0, SEEK_SET) < 0 ? -errno : 0;
}

static int open_resident(struct source *s)
{
	int err = map(s, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	if (!err)
		pattern_fill(s->base, s->size, 0);
	return err;
}

static int open_anon_cold(struct source *s)
{
	int err;

	if (s->patterned && !s->writable) {
		s->fd = pattern_memfd(s->job->source_offset, s->size);
		err = s->fd < 0 ? s->fd : map(s, MAP_PRIVATE, s->fd);
	} else {
		err = map(s, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	}
	if (!err)
		make_resident(s);
	return err;
}

static int open_file(struct source *s)
{
	int err;

	s->fd = file_create(0);
	if (s->fd < 0)
		return s->fd;
	err = file_fill(s->fd, s->job->source_offset, s->size, 0, JOB_FILL_DEFAULT);
	if (!err && ftruncate(s->fd, (off_t)s->map_size))
		err = -errno;
	/* Only clean pages can leave the page cache. */
	if (!err && fsync(s->fd))
		err = -errno;
	if (!err)
		err = map(s, MAP_SHARED, s->fd);
	if (!err)
		make_resident(s);
	return err;
}

static int open_self(struct source *s)
{
	int err;

	s->map_size = round_up(s->job->file_size, page_size());
	err = map(s, MAP_SHARED, s->file);
	/* What no slot has dropped is resident. */
	if (!err && s->job->cold_fraction < 1)
		make_resident(s);
	return err;
}

/* Bytes of a huge page: 2 MiB, but with 16 KiB pages 32 and with 64 KiB pages 512. */
static size_t huge_size(void)
{
	uint64_t size = 0;

	sysfile_number("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", &size);
	return size ? size : 2 << 20;
}

static const char *huge_unsupported(void)
{
	char text[64] = "";

	if (sysfile_line("/sys/kernel/mm/transparent_hugepage/enabled", text, sizeof(text)))
		return "this kernel has no transparent huge pages";
	if (strstr(text, "[never]"))
		return "transparent huge pages are off: "
		       "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled";
	if (huge_size() > 32 << 20)
		return "a huge page of this kernel has more than 32 MiB";
	return NULL;
}

static uint64_t faults_so_far(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return (uint64_t)usage.ru_minflt;
}

static int open_huge(struct source *s)
{
	const size_t unit = huge_size();
	uint64_t faults, pages;
	char *raw;
	uintptr_t start;

	/* Map one unit more, so that an aligned part can be cut out of it. */
	s->map_size = round_up(s->job->source_offset + s->size, unit);
	raw = mmap(NULL, s->map_size + unit, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (raw == MAP_FAILED)
		return -errno;
	start = round_up((uintptr_t)raw, unit);
	munmap(raw, start - (uintptr_t)raw);
	munmap((char *)start + s->map_size, (uintptr_t)raw + unit - start);
	s->map = (char *)start;
	s->base = s->map + s->job->source_offset;
	if (madvise(s->map, s->map_size, MADV_HUGEPAGE))
		return -errno;
	faults = faults_so_far();
	if (s->job->cold_fraction > 0 && !s->patterned)
		make_resident(s);
	else
		memset(s->map, 0, s->map_size);
	faults = faults_so_far() - faults;
	/*
	 * The kernel need not have had any free. A fault a huge page; one that
	 * came in small ones took as many more as it has of them.
	 */
	pages = s->map_size / unit;
	if (faults > pages + unit / page_size() / 2) {
		s->why = "too few huge pages were free: echo 1 > /proc/sys/vm/compact_memory";
		return -ENOMEM;
	}
	if (s->job->cold_fraction <= 0 || s->patterned)
		pattern_fill(s->base, s->size, 0);
	return 0;
}

/* Drop the mapping of [from, from + size), and the page cache behind it. */
static int drop_range(struct source *s, size_t from, size_t size, bool evict)
{
	unsigned char in_cache[256];
	const size_t page = page_size();

	if (madvise(s->map + from, size, MADV_DONTNEED))
		return -errno;
	if (!evict)
		return 0;
	if (s->writable && fdatasync(s->fd))
		return -errno;
	if (posix_fadvise(s->fd, (off_t)from, (off_t)size, POSIX_FADV_DONTNEED))
		return -EINVAL;
	for (size_t at = from; at < from + size; at += sizeof(in_cache) * page) {
		size_t left = from + size - at;
		size_t n = left < sizeof(in_cache) * page ? left / page : sizeof(in_cache);

		if (mincore(s->map + at, n * page, in_cache))
			return -errno;
		for (size_t i = 0; i < n; i++)
			if (in_cache[i] & 1)
				return -EBUSY;	/* as tmpfs does: it has no backing store */
	}
	return 0;
}

/*
 * Drop the cold share of the units of the @size bytes used from @from on, spread evenly:
 * unit i is cold where the running share i * fraction passes a whole number.
 * The others stay as the last slot left them, resident.
 */
static int drop(struct source *s, size_t from, size_t size, size_t unit, bool evict)
{
	const size_t first = s->job->source_offset + from;
	double share = s->job->cold_fraction;
	size_t low = first / unit, high = (first + size + unit - 1) / unit, start = low;
	int err;

	if (share >= 1)
		return drop_range(s, low * unit, (high - low) * unit, evict);
	for (size_t i = low; i <= high; i++) {
		bool cold = i < high &&
			    (uint64_t)((double)(i + 1) * share) > (uint64_t)((double)i * share);

		if (cold)
			continue;
		if (start < i) {
			err = drop_range(s, start * unit, (i - start) * unit, evict);
			if (err)
				return err;
		}
		start = i + 1;
	}
	return 0;
}

static int drop_pages(struct source *s, size_t from, size_t size)
{
	return drop(s, from, size, page_size(), false);
}

static int drop_huge(struct source *s, size_t from, size_t size)
{
	/* The verifying pass needs its pattern, which only written pages hold. */
	if (s->patterned || s->job->cold_fraction <= 0)
		return 0;
	return drop(s, from, size, huge_size(), false);
}

static int evict_pages(struct source *s, size_t from, size_t size)
{
	return drop(s, from, size, page_size(), true);
}

#ifdef __aarch64__
static const char *mte_unsupported(void)
{
	return getauxval(AT_HWCAP2) & HWCAP2_MTE ? NULL : "this CPU has no MTE";
}

/* One random tag for the whole mapping; s->base carries it. */
__attribute__((target("arch=armv8.5-a+memtag")))
static int open_mte(struct source *s)
{
	/* Tagged addresses, synchronous checks, every tag but 0: linux/prctl.h. */
	unsigned long mode = PR_TAGGED_ADDR_ENABLE | 1UL << 1 | 0xfffeUL << 3;
	char *tagged;
	int err;

	if (prctl(PR_SET_TAGGED_ADDR_CTRL, mode, 0, 0, 0))
		return -errno;
	err = map(s, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	if (err)
		return err;
	if (mprotect(s->map, s->map_size, PROT_READ | PROT_WRITE | PROT_MTE))
		return -errno;
	__asm__("irg %0, %1" : "=r"(tagged) : "r"(s->map));
	for (size_t i = 0; i < s->map_size; i += 16)
		__asm__ volatile("stg %0, [%0]" : : "r"(tagged + i) : "memory");
	s->base = tagged + s->job->source_offset;
	pattern_fill(s->base, s->size, 0);
	return 0;
}
#else
static const char *mte_unsupported(void)
{
	return "MTE is a feature of arm64";
}

static int open_mte(struct source *s)
{
	(void)s;
	return -EOPNOTSUPP;
}
#endif

/* Dropping a page of an mte mapping would take its tags with it: never cold. */
const struct source_ops sources[] = {
	{ .name = "zero", .summary = "read() of /dev/zero into one buffer, as dd does",
	  .open = open_zero, .make_cold = rewind_zero, .one_block = true },
	{ .name = "resident", .summary = "anonymous memory, populated",
	  .open = open_resident, .destination = true },
	{ .name = "anon-cold", .summary = "anonymous memory, dropped before each slot",
	  .open = open_anon_cold, .make_cold = drop_pages,
	  .destination = true, .may_be_cold = true, .default_cold = 1 },
	{ .name = "file-cached", .summary = "mapped file, in the page cache but not in the page table",
	  .open = open_file, .make_cold = drop_pages,
	  .destination = true, .may_be_cold = true, .default_cold = 1 },
	{ .name = "file-cold", .summary = "mapped file, not in the page cache either",
	  .open = open_file, .make_cold = evict_pages, .evicts = true,
	  .destination = true, .may_be_cold = true, .default_cold = 1 },
	{ .name = "self", .summary = "a mapping of the file that is being written",
	  .open = open_self, .make_cold = drop_pages, .follows_file = true,
	  .may_be_cold = true, .default_cold = 1 },
	{ .name = "huge", .summary = "anonymous memory in transparent huge pages",
	  .unsupported = huge_unsupported, .open = open_huge, .make_cold = drop_huge,
	  .destination = true, .may_be_cold = true },
	{ .name = "mte", .summary = "anonymous memory with memory tags (arm64)",
	  .unsupported = mte_unsupported, .open = open_mte, .destination = true },
	{ .name = NULL },
};

static const char *source_name(size_t i)
{
	return sources[i].name;
}

/* Of the @i-th row that can be read into. */
static const char *destination_name(size_t i)
{
	const struct source_ops *ops = sources;

	for (; ops->name; ops++)
		if (ops->destination && !i--)
			break;
	return ops->name;
}

const struct table source_table = {
	.what = "source", .where = "'faultbench list sources'", .name = source_name,
};
const struct table destination_table = {
	.what = "destination", .where = "'faultbench list sources'", .name = destination_name,
};

const struct source_ops *source_find(const char *name)
{
	ssize_t i = table_find(&source_table, name);

	return i < 0 ? NULL : &sources[i];
}

int source_open(struct source *s)
{
	s->map_size = round_up(s->job->source_offset + s->size, page_size());
	return s->ops->open(s);
}

void source_close(struct source *s)
{
	if (s->map)
		munmap(s->map, s->map_size);
	if (s->fd >= 0)
		close(s->fd);
}
