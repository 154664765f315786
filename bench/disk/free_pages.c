// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two things make one free page cost more than another (docs/method.md has the
 * figures). After a compiler run the free lists hand out pages from all over the
 * memory. And in a virtual machine with free page reporting the host takes back
 * free memory, seconds after it was freed; the next touch of such a page costs
 * ten times as much as a write to it. Only blocks of 2 MiB (pageblock_order) and
 * more are reported, so a block stays as long as one page of it is held; and the
 * allocator prefers blocks that are already split.
 *
 * A file system with large folios allocates 1 MiB in one piece. Small pages would
 * come from split blocks and leave the large ones as they are: so huge pages are
 * allocated, and split.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "disk/free_pages.h"
#include "base/clock.h"
#include "base/interrupt.h"

enum { BLOCK = 2 << 20 };

/* A page of a mapping, and its frame number. */
struct frame {
	uint64_t number;
	char *page;
};

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static char *map(size_t size)
{
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

/*
 * Split the huge pages of @memory: MADV_COLD on a part of one does. Linux then
 * drops the pages that are all zeros; touch() left none.
 */
static void split(char *memory, size_t size)
{
	for (size_t i = 0; i < size; i += BLOCK)
		madvise(memory + i, page_size(), MADV_COLD);
}

static void touch(char *memory, size_t size)
{
	for (size_t i = 0; i < size; i += page_size())
		((volatile char *)memory)[i] = 1;
}

/* The @n pages from @memory on. Returns false where frame numbers are hidden: they count up then. */
static bool find_frames(struct frame *frames, char *memory, size_t n)
{
	enum { CHUNK = 4096 };
	const uint64_t number_mask = (UINT64_C(1) << 55) - 1;
	const size_t page = page_size(), first = (uintptr_t)memory / page;
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t entries[CHUNK];
	bool visible = pagemap >= 0;

	for (size_t i = 0; i < n; i++) {
		size_t in_chunk = i % CHUNK, left = n - i < CHUNK ? n - i : CHUNK;

		if (!in_chunk && visible)
			visible = pread(pagemap, entries, left * sizeof(*entries),
					(off_t)((first + i) * sizeof(*entries))) ==
					  (ssize_t)(left * sizeof(*entries)) &&
				  entries[0] & number_mask;
		frames[i] = (struct frame){
			.number = visible ? entries[in_chunk] & number_mask : first + i,
			.page = memory + i * page,
		};
	}
	if (pagemap >= 0)
		close(pagemap);
	return visible;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = ((const struct frame *)a)->number, y = ((const struct frame *)b)->number;

	return (x > y) - (x < y);
}

/* Give back all of @frames but the first of every block, in order. */
static void give_back(const struct frame *frames, size_t n)
{
	const size_t page = page_size(), in_block = BLOCK / page;
	size_t end;

	for (size_t i = 0; i < n; i = end) {
		uint64_t block = frames[i].number / in_block;

		end = i + 1;
		if (!i || frames[i - 1].number / in_block != block)
			continue;
		while (end < n && frames[end].number / in_block == block &&
		       frames[end].page == frames[end - 1].page + page)
			end++;
		madvise(frames[i].page, (end - i) * page, MADV_DONTNEED);
	}
}

void free_pages_settle(struct free_pages *f, uint64_t bytes, uint64_t ns)
{
	const uint64_t until = clock_ns() + ns;
	size_t size, touched = 0, n;
	struct frame *frames;
	char *start;

	*f = (struct free_pages){ .size = (size_t)(bytes / BLOCK + 1) * BLOCK };
	f->memory = map(f->size);
	if (!f->memory)
		return;
	start = (char *)(((uintptr_t)f->memory + BLOCK - 1) & ~((uintptr_t)BLOCK - 1));
	size = f->size - BLOCK;
	/* What cannot be split could not be given back in parts. */
	madvise(start, size, madvise(start, page_size(), MADV_COLD) ? MADV_NOHUGEPAGE : MADV_HUGEPAGE);
	for (; touched < size && clock_ns() < until && !interrupted; touched += BLOCK)
		touch(start + touched, BLOCK);
	split(start, touched);
	n = touched / page_size();
	frames = n ? malloc(n * sizeof(*frames)) : NULL;
	if (!frames) {
		free_pages_let_go(f);
		return;
	}
	find_frames(frames, start, n);
	qsort(frames, n, sizeof(*frames), by_number);
	give_back(frames, n);
	free(frames);
}

void free_pages_let_go(struct free_pages *f)
{
	if (f->memory)
		munmap(f->memory, f->size);
	*f = (struct free_pages){ 0 };
}

int free_pages_adjacent(size_t bytes)
{
	size_t n = bytes / page_size(), adjacent = 0;
	struct frame *frames = malloc(n * sizeof(*frames));
	char *memory = frames ? map(bytes) : NULL;
	int percent = -1;

	if (memory) {
		madvise(memory, bytes, MADV_NOHUGEPAGE);
		touch(memory, bytes);
		if (find_frames(frames, memory, n)) {
			for (size_t i = 1; i < n; i++)
				adjacent += frames[i].number == frames[i - 1].number + 1 ||
					  frames[i].number + 1 == frames[i - 1].number;
			percent = (int)(100 * adjacent / n);
		}
		munmap(memory, bytes);
	}
	free(frames);
	return percent;
}
