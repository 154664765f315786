/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest gets: its initial file system, with the measuring binary, images, modules and jobs. */
#ifndef FAULTBENCH_VM_INITRD_H
#define FAULTBENCH_VM_INITRD_H

#include "vm/vm.h"

/* What goes into it, made once for all guests of a run. */
struct vm_parts {
	const struct vm *vm;
	int binary;		/* the guest's first process */
	int images[64];		/* packed, by index of the target's row; -1: not made */
};

/* Find the measuring binary. Returns 0 or -errno with @reason; vm_parts_close() in either case. */
int vm_parts_open(struct vm_parts *parts, const struct vm *vm, char *reason, size_t size);
void vm_parts_close(struct vm_parts *parts);

/* Make the image of @t if it has one and there is none yet. Returns 0 or -errno with @reason. */
int vm_parts_image(struct vm_parts *parts, const struct target *t, char *reason, size_t size);

/* Whether all of the disk must exist for @item: half of a guest's memory, which it keeps. */
bool vm_fills_disk(const struct item *item);

/* What one guest is given to do; the images of its targets are made. */
struct vm_work {
	const struct plan *plan;
	const unsigned *items;	/* indices into it */
	unsigned n;
};

/*
 * A guest's initial file system: same parts and work, same bytes. Returns a
 * memfd, or -errno with @reason.
 */
int vm_initrd_make(const struct vm_parts *parts, const struct vm_work *work, char *reason, size_t size);

#endif
