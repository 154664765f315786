// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "vm/image.h"
#include "vm/initrd.h"
#include "vm/share.h"
#include "vm/vm.h"

enum { BOOT_ITEMS_MAX = 48 };	/* RAM disks of a boot: each keeps its pages */

bool vm_has_room(const struct item *item, char *reason, size_t size)
{
	const struct job *job = &item->job;
	uint64_t files = job->file_size * (job->shared ? 1 : job->threads);
	uint64_t source = job->block_size * job->threads;
	uint64_t memory = VM_MEMORY_FREE - (vm_fills_disk(item) ? VM_DISK_SIZE : 0);

	/* tmpfs takes no more than half of the memory, which the disk has, too. */
	if (files <= VM_DISK_SIZE && files + source <= memory)
		return true;
	snprintf(reason, size, "too large for a guest: %llu MiB of files and %llu MiB of source; it has a file "
		 "system of %llu MiB and %llu MiB of memory for both", (unsigned long long)files >> 20,
		 (unsigned long long)source >> 20, (unsigned long long)VM_DISK_SIZE >> 20,
		 (unsigned long long)memory >> 20);
	return false;
}

unsigned vm_boot_items(const struct plan *plan, const unsigned *items, unsigned n)
{
	unsigned filled = 0;

	for (unsigned i = 0; i < n; i++) {
		filled += vm_fills_disk(&plan->items[items[i]]);
		/* The second would find no memory left. */
		if (i == BOOT_ITEMS_MAX || filled > 1)
			return i;
	}
	return n;
}

uint64_t vm_weight(const struct item *item)
{
	/* A write that allocates takes about twice what one over a cached page does. */
	uint64_t pace = strcmp(item->job.layout, "overwrite") ? 2 : 1;

	return pace * item->job.n_arms * (item->job.rounds + 8) * (item->job.block_size + 16384);
}
