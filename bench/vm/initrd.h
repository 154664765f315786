/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's initial file system: the measuring binary, images, modules and jobs. */
#ifndef FAULTBENCH_VM_INITRD_H
#define FAULTBENCH_VM_INITRD_H

#include "vm/vm.h"

/* Parts of it, made once for all guests of a run. */
struct vm_parts {
	const struct vm *vm;
	int binary;		/* the guest's first process */
	struct {
		const struct target *target;
		int fd;		/* packed */
	} images[64];
	unsigned n_images;
};

/* Find the measuring binary. Returns 0 or -errno with @reason; vm_parts_close() follows in either case. */
int vm_parts_open(struct vm_parts *parts, const struct vm *vm, struct reason *reason);
void vm_parts_close(struct vm_parts *parts);

/* Make the image of @t if it has one and there is none yet. Returns 0 or -errno with @reason. */
int vm_parts_image(struct vm_parts *parts, const struct target *t, struct reason *reason);

/* Whether @item needs all pages of the disk: half of a guest's memory, which the disk keeps. */
bool vm_fills_disk(const struct item *item);

/*
 * The initial file system of the guest that measures the @n items of @plan whose indices
 * are at @items; the images of their targets have been made. Same parts and items, same
 * bytes. Returns a memfd, or -errno with @reason.
 */
int vm_initrd_make(const struct vm_parts *parts, const struct plan *plan, const unsigned *items, unsigned n,
		   struct reason *reason);

#endif
