/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Free memory, from which the pages of files are allocated. */
#ifndef FAULTBENCH_FREE_PAGES_H
#define FAULTBENCH_FREE_PAGES_H

#include <stddef.h>
#include <stdint.h>

/* The part of it that is held. */
struct free_pages {
	char *memory;
	size_t size;	/* bytes */
};

/*
 * Make about @bytes of free memory uniform, in at most @ns and a moment: each page
 * is touched, and all are freed in the order of their frames except one in every
 * 2 MiB, which @f holds. The next allocations come from there. Only root sees
 * frame numbers; without them the order is that of the addresses.
 */
void free_pages_settle(struct free_pages *f, uint64_t bytes, uint64_t ns);
void free_pages_let_go(struct free_pages *f);

/* How many of 100 new pages, of @bytes, are adjacent to the one before; -1: frame numbers are hidden. */
int free_pages_adjacent(size_t bytes);

#endif
