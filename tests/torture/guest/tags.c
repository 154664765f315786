// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes from memory of which a piece has another tag than the pointer: faults
 * that no page table shows. The piece is a page, or one granule of 16 bytes
 * where the machine keeps a tag for each.
 */
#include "guest.h"

#ifdef __aarch64__
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { GRANULE = 16, GOOD = 1, BAD = 2 };

static const char preferred[] = "/sys/devices/system/cpu/cpu0/mte_tcf_preferred";

static char *with_tag(char *p, unsigned int tag)
{
	return (char *)((uintptr_t)p | (uintptr_t)tag << 56);
}

static void set_tags(char *p, size_t size, unsigned int tag)
{
	for (size_t at = 0; at < size; at += GRANULE)
		__asm__ volatile(".arch armv8.5-a+memtag\n\tstg %0, [%0]"
			     : : "r" (with_tag(p + at, tag)) : "memory");
}

static unsigned int tag_of(char *p)
{
	__asm__ volatile(".arch armv8.5-a+memtag\n\tldg %0, [%0]" : "+r" (p) : : "memory");
	return (uintptr_t)p >> 56 & 15;
}

static char *map_tagged(size_t size)
{
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE | PROT_MTE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* QEMU 7.2 has two tags a page, for the even granules and for the odd ones. */
static bool tags_alias(char *p)
{
	set_tags(p, PAGE, GOOD);
	set_tags(p + 2 * GRANULE, GRANULE, BAD);
	for (size_t at = 0; at < PAGE; at += GRANULE)
		if (tag_of(p + at) != (at == 2 * GRANULE ? BAD : GOOD))
			return true;
	return false;
}

const char *allow_tags(void)
{
	if (!(getauxval(AT_HWCAP2) & HWCAP2_MTE))
		return "the CPU has no memory tagging";
	if (prctl(PR_SET_TAGGED_ADDR_CTRL, PR_TAGGED_ADDR_ENABLE | PR_MTE_TCF_SYNC, 0, 0, 0))
		return "prctl(PR_SET_TAGGED_ADDR_CTRL) failed";
	return NULL;
}

/* Returns NULL or why not. */
static const char *set_mode(enum tag_mode mode)
{
	static const unsigned long modes[] = {
		[TAGS_SYNC] = PR_MTE_TCF_SYNC,
		[TAGS_ASYNC] = PR_MTE_TCF_ASYNC,
		[TAGS_ASYMM] = PR_MTE_TCF_SYNC | PR_MTE_TCF_ASYNC,
	};
	int fd;

	if (!(getauxval(AT_HWCAP2) & HWCAP2_MTE))
		return "the CPU has no memory tagging";
	if (mode == TAGS_ASYMM) {
		/* A process may allow both; the CPU's preference then decides. */
		if (!(getauxval(AT_HWCAP2) & HWCAP2_MTE3))
			return "the CPU has no asymmetric mode";
		fd = open(preferred, O_WRONLY | O_CLOEXEC);
		if (write(fd, "asymm", 5) != 5)
			return "mte_tcf_preferred does not take asymm";
		close(fd);
	}
	if (prctl(PR_SET_TAGGED_ADDR_CTRL, PR_TAGGED_ADDR_ENABLE | modes[mode], 0, 0, 0))
		return "prctl(PR_SET_TAGGED_ADDR_CTRL) failed";
	return NULL;
}

/* The piece at @bad gets @tag; with stripes, every other one from there on, too. */
static void set_pieces(const struct test *t, char *p, size_t bad, unsigned int tag)
{
	for (size_t at = bad; at < (t->stripes ? t->size : bad + 1); at += 2 * t->unit)
		set_tags(p + at, t->unit, tag);
}

/* The piece at @bad is wrong, all before right. */
static void try_tags(struct cell *c, int fd, char *p, size_t bad)
{
	const struct test *t = c->test;
	struct report *r = c->report;
	char *good = with_tag(p, GOOD);
	struct attempt a = {
		.count = t->size, .data = new_data,
		.size = t->layout == EXTEND ? 0 : t->size + PAGE,
		/* What O_DIRECT reads does not come through a mapping. */
		.reach = t->mode == TAGS_ASYNC || t->direct ? t->size : bad,
	};
	ssize_t n;
	int err;

	if (reset_file(c, t->layout, a.size)) {
		held(c, 0, "preparing the file: %s", strerror(errno));
		return;
	}
	doing(c, "%zu bytes, wrong at %zu", t->size, bad);
	r->pos = a.pos;
	r->reach = t->reads ? 0 : bad;
	r->size = a.size;
	memcpy(good, new_data, t->size);
	set_pieces(t, p, bad, BAD);
	n = t->reads ? pread(fd, good, t->size, a.pos) : pwrite(fd, good, t->size, a.pos);
	err = errno;
	set_pieces(t, p, bad, GOOD);
	if (t->reads)
		judge_read(c, &a, good, n, err, "tagged");
	else
		judge(c, &a, n, err, "tagged");
}

void run_tags(struct cell *c)
{
	const struct test *t = c->test;
	char *p;
	const char *reason = set_mode(t->mode);
	struct report *r = c->report;
	int fd = open_as_tested(c);
	size_t step = c->quick && t->unit < PAGE ? 7 * t->unit : t->unit;

	if (fd < 0)
		return;
	if (reason) {
		skip(c, reason);
		return;
	}
	p = map_tagged(t->size);
	if (!p) {
		held(c, 0, "PROT_MTE: %s", strerror(errno));
		return;
	}
	/* Through a pointer without a tag, so before there are any. */
	memcpy(p, new_data, t->size);
	if (t->unit < PAGE && !t->stripes && tags_alias(p)) {
		skip(c, "QEMU keeps two tags a page, not one for every 16 bytes");
		return;
	}
	set_tags(p, t->size, GOOD);
	/* One that never ends takes as long as a hundred others. */
	if (r->endless && t->size > PAGE && t->unit < PAGE)
		step *= 31;
	if (t->stripes)
		r->next = t->unit;
	r->end = t->stripes ? r->next + 1 : t->size;
	while (r->next < r->end) {
		size_t bad = r->next;

		r->next += step;
		try_tags(c, fd, p, bad);
	}
	munmap(p, t->size);
}
#else
const char *allow_tags(void)
{
	return "memory tags are arm64's";
}

void run_tags(struct cell *c)
{
	skip(c, "memory tags are arm64's");
}
#endif
