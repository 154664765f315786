/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel of a guest: its image, release and configuration. Its modules: modules.h. */
#ifndef FAULTBENCH_VM_KERNEL_H
#define FAULTBENCH_VM_KERNEL_H

#include "vm/vm.h"

/*
 * Find the image, its release and page size, and, if it is the user's own, its
 * modules. Returns 0 or -errno with @reason.
 */
int vm_kernel(struct vm *vm, struct reason *reason);

/*
 * Keep 'kernel remove' from removing @image while the returned descriptor is open. -1: not
 * locked; that is no error.
 */
int vm_kernel_lock(const char *image);

/* SHA-256 of the configuration that it was built with; NULL if that is not next to it. The caller frees it. */
char *vm_kernel_config_hash(const struct vm *vm);

/*
 * Open @path, an image or a module, unpacked if gzip, xz or zstd packed it.
 * Returns a descriptor or -errno with @reason.
 */
int vm_kernel_open(const char *path, struct reason *reason);

#endif
