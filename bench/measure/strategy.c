// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The strategies. Those of the user back end run just before the call, on a
 * stock kernel: they bound what the same work costs inside the kernel, and
 * are not it. Those of the kernel back end are a plain call; the kernel's switch
 * selects the strategy beforehand.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "measure/measure.h"

static size_t page_size(void)
{
	static size_t size;

	if (!size)
		size = (size_t)sysconf(_SC_PAGESIZE);
	return size;
}

static void leave_alone(const struct iovec *iov, int n, size_t stride)
{
	(void)iov;
	(void)n;
	(void)stride;
}

/* The first byte, then every multiple of the stride: what the kernel's fault-in probes. */
static void touch_reading(const struct iovec *iov, int n, size_t stride)
{
	for (int i = 0; i < n; i++) {
		const volatile char *p = iov[i].iov_base;
		const volatile char *end = p + iov[i].iov_len;

		while (p < end) {
			(void)*p;
			p = (const volatile char *)(((uintptr_t)p & ~(stride - 1)) + stride);
		}
	}
}

/* Writes a zero, as fault_in_writeable() does: the bytes are about to be overwritten. */
static void touch_writing(const struct iovec *iov, int n, size_t stride)
{
	for (int i = 0; i < n; i++) {
		volatile char *p = iov[i].iov_base;
		volatile char *end = p + iov[i].iov_len;

		while (p < end) {
			*p = 0;
			p = (volatile char *)(((uintptr_t)p & ~(stride - 1)) + stride);
		}
	}
}

static void touch_first_reading(const struct iovec *iov, int n, size_t stride)
{
	(void)n;
	(void)stride;
	(void)*(const volatile char *)iov->iov_base;
}

static void touch_first_writing(const struct iovec *iov, int n, size_t stride)
{
	(void)n;
	(void)stride;
	*(volatile char *)iov->iov_base = 0;
}

static void populate(const struct iovec *iov, int n, int advice)
{
	for (int i = 0; i < n; i++) {
		uintptr_t low = (uintptr_t)iov[i].iov_base & ~(page_size() - 1);
		uintptr_t high = (uintptr_t)iov[i].iov_base + iov[i].iov_len;

		/* A failure leaves the pages to the call itself, which reports it. */
		madvise((void *)low, high - low, advice);
	}
}

static void populate_reading(const struct iovec *iov, int n, size_t stride)
{
	(void)stride;
	populate(iov, n, MADV_POPULATE_READ);
}

static void populate_writing(const struct iovec *iov, int n, size_t stride)
{
	(void)stride;
	populate(iov, n, MADV_POPULATE_WRITE);
}

static const char *populate_unsupported(void)
{
	void *page = mmap(NULL, page_size(), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int err;

	if (page == MAP_FAILED)
		return "mmap fails";
	err = madvise(page, page_size(), MADV_POPULATE_READ);
	munmap(page, page_size());
	return err ? "MADV_POPULATE_READ needs Linux 5.14" : NULL;
}

/* The kernel's switch does the work: for what it writes from, or for what it reads into, too. */
#define IN_KERNEL(row, text, ...) \
	{ .name = row, .backend = BACKEND_KERNEL, .summary = text, \
	  .unsupported = switch_missing, __VA_ARGS__ }
#define FOR_WRITES	.for_reading = leave_alone
#define FOR_READS	.for_writing = leave_alone
#define FOR_BOTH	FOR_WRITES, FOR_READS

const struct strategy strategies[] = {
	{ .name = "native", .backend = BACKEND_USER, .by_default = "native",
	  .summary = "a plain call: the kernel's own strategy",
	  .for_reading = leave_alone, .for_writing = leave_alone },
	{ .name = "touch", .backend = BACKEND_USER, .by_default = "touch",
	  .summary = "reads (for reads: writes) a byte of every page",
	  .for_reading = touch_reading, .for_writing = touch_writing },
	{ .name = "touch:N", .backend = BACKEND_USER, .by_default = "touch:16",
	  .summary = "a byte every N bytes, a power of two (16: an MTE granule)",
	  .for_reading = touch_reading, .for_writing = touch_writing },
	{ .name = "touch-first", .backend = BACKEND_USER, .by_default = "touch-first",
	  .on_one_page = "touch", .summary = "the first byte only",
	  .for_reading = touch_first_reading, .for_writing = touch_first_writing },
	{ .name = "populate", .backend = BACKEND_USER, .by_default = "populate",
	  .summary = "MADV_POPULATE_READ (for reads: MADV_POPULATE_WRITE)",
	  .unsupported = populate_unsupported,
	  .for_reading = populate_reading, .for_writing = populate_writing },
	{ .name = "null", .backend = BACKEND_USER, .by_default = "null",
	  .summary = "everything except the call: the cost of the harness",
	  .for_reading = leave_alone, .for_writing = leave_alone, .skips_call = true },
	IN_KERNEL("native", "what the tree itself does", FOR_BOTH, .by_default = "native"),
	IN_KERNEL("pre", "before each copy, reads a byte of every page", FOR_WRITES, .by_default = "pre"),
	IN_KERNEL("post", "copies first; after a copy of nothing, as pre", FOR_BOTH,
		  .by_access_into = true, .by_default = "post"),
	IN_KERNEL("gup", "as post, but through one batched get_user_pages()", FOR_BOTH, .by_gup = true,
		  .by_default = "gup"),
	IN_KERNEL("gup-probe", "as gup, then accesses the next byte: no endless retry", FOR_BOTH,
		  .by_gup = true, .by_default = "gup-probe"),
	IN_KERNEL("gup-page", "as gup, page by page", FOR_BOTH, .by_gup = true),
	IN_KERNEL("errcode", "as gup, but gives up if the fault cannot be fixed", FOR_BOTH,
		  .by_gup = true, .by_default = "errcode"),
	IN_KERNEL("probe:N", "as pre (reads: gup-page), every N bytes, a power of two", FOR_BOTH,
		  .by_default = "probe:16"),
	IN_KERNEL("probe-each:N", "as probe:N, but with a user-access section per byte", FOR_BOTH),
	IN_KERNEL("first", "as pre, but only the next byte", FOR_WRITES, .by_default = "first"),
	IN_KERNEL("post-first", "as post, but only the next byte", FOR_WRITES, .by_default = "post-first"),
	IN_KERNEL("populate", "only for reads: what MADV_POPULATE_WRITE does", FOR_READS),
	IN_KERNEL("null", "everything except the call: the cost of the harness", FOR_BOTH,
		  .selects = "native", .skips_call = true),
	{ .name = NULL },
};

/* The name of the @i-th strategy of @backend, or NULL. */
static const char *name_of(enum backend backend, size_t i)
{
	const struct strategy *s = strategies;

	for (; s->name; s++)
		if (s->backend == backend && !i--)
			break;
	return s->name;
}

static const char *user_name(size_t i)
{
	return name_of(BACKEND_USER, i);
}

static const char *kernel_name(size_t i)
{
	return name_of(BACKEND_KERNEL, i);
}

const struct table strategy_tables[] = {
	[BACKEND_USER] = { .what = "strategy", .where = "'faultbench list strategies'", .name = user_name },
	[BACKEND_KERNEL] = { .what = "strategy", .where = "'faultbench list kernel'", .name = kernel_name },
};

const struct strategy *strategy_find(enum backend backend, const char *name, size_t *stride)
{
	size_t len = name_stem(name);

	*stride = page_size();
	for (const struct strategy *s = strategies; s->name; s++) {
		size_t stem = strcspn(s->name, ":");
		unsigned long value;
		char *end;

		if (s->backend != backend)
			continue;
		if (!s->name[stem]) {
			if (stem == len && !strncmp(name, s->name, len))
				return s;
			continue;
		}
		/* "touch:N" */
		if (len < stem + 2 || strncmp(name, s->name, stem + 1) || name[stem + 1] < '1' ||
		    name[stem + 1] > '9')
			continue;
		value = strtoul(name + stem + 1, &end, 10);
		if (end != name + len || value > (1UL << 30) || value & (value - 1))
			return NULL;
		*stride = value;
		return s;
	}
	return NULL;
}
