/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel of a guest: its image, release, configuration and modules. */
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

/* Modules: those of a user's own kernel, for those of kernel/build have everything built in (modules.c). */

/*
 * Find the modules of vm->release: below vm->modules where that was given, else
 * seen from the image. Leaves vm->modules empty where there are none, and
 * returns -errno with @reason where they cannot be used.
 */
int vm_modules_find(struct vm *vm, struct reason *reason);

/* Files to be loaded, in order. */
struct vm_modules {
	struct vm_module {
		char *path;
		char name[64];	/* of the file, up to its dot */
	} *of;
	unsigned n;
};

/*
 * Append module @name, behind all that it needs, as far as they are not in
 * @list: nothing if there is none of that name, or it is built in. Returns 0,
 * -ENOMEM, or -ENOENT with @reason where modprobe cannot tell.
 */
int vm_modules_add(struct vm_modules *list, const struct vm *vm, const char *name, struct reason *reason);
/* Append the file at @path unless it is there. Returns 0 or -ENOMEM. */
int vm_modules_append(struct vm_modules *list, const char *path);
void vm_modules_free(struct vm_modules *list);

#endif
