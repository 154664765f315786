// SPDX-License-Identifier: GPL-2.0-or-later
#include "vm/image.h"
#include "vm/initrd.h"
#include "vm/share.h"
#include "vm/vm.h"

enum { BOOT_ITEMS_MAX = 48 };	/* RAM disks of a boot: each keeps its pages */

bool vm_has_room(const struct item *item, struct reason *reason)
{
	const struct job *job = &item->job;
	uint64_t files = job_bytes(job), source = job->block_size * job->threads;
	uint64_t memory = VM_MEMORY_FREE - (vm_fills_disk(item) ? VM_DISK_SIZE : 0);

	/* tmpfs takes at most half of the memory, which is also the size of the disk. */
	if (files <= VM_DISK_SIZE && files + source <= memory)
		return true;
	reason_set(reason, "too large for a guest: %llu MiB of files and %llu MiB of source; it has a file "
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
		/* A second one would find no memory left. */
		if (i == BOOT_ITEMS_MAX || filled > 1)
			return i;
	}
	return n;
}

uint64_t vm_weight(const struct item *item)
{
	/* A write that allocates takes about twice as many instructions as one over a cached page. */
	uint64_t pace = item->job.layout == LAYOUT_OVERWRITE ? 1 : 2;

	return pace * item->job.n_arms * (item->job.rounds + 8) * (item->job.block_size + 16384);
}
