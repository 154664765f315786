/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel of a guest: its image, release and configuration. Its modules: vm_modules.h. */
#ifndef FAULTBENCH_VM_KERNEL_H
#define FAULTBENCH_VM_KERNEL_H

#include <jansson.h>

#include "vm/vm.h"

/*
 * Find the image, what release it is, and, where it is not kernel/build's own,
 * its modules. Returns 0 or -errno with @reason.
 */
int vm_kernel(struct vm *vm, char *reason, size_t size);

/* SHA-256 of the configuration that it was built with; null if that is not beside it. */
json_t *vm_kernel_config_hash(const struct vm *vm);

/*
 * Open @path, an image or a module, unpacked if it is one that gzip, xz or zstd
 * made. Returns a descriptor or -errno with @reason.
 */
int vm_kernel_open(const char *path, char *reason, size_t size);

#endif
