/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Free memory, which is what files of single pages are made of. */
#ifndef FAULTBENCH_FREE_PAGES_H
#define FAULTBENCH_FREE_PAGES_H

#include <stddef.h>
#include <stdint.h>

/* What is held of it. */
struct free_pages {
	char *memory;
	size_t size;	/* bytes */
};

/*
 * Make about @bytes of free memory alike, in at most @ns and a moment: each page
 * is touched, and all are given back in the order of their frames but for one in
 * every 2 MiB, which @f holds. What is allocated next comes from there. Frame
 * numbers are for root; without them the order is that of the addresses.
 */
void free_pages_settle(struct free_pages *f, uint64_t bytes, uint64_t ns);
void free_pages_let_go(struct free_pages *f);

/* How many of 100 fresh pages, of @bytes, lie beside the one before; -1 where that cannot be seen. */
int free_pages_beside(size_t bytes);

#endif
