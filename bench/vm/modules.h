/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The modules of a user's own kernel; those of kernel/build have everything built in. */
#ifndef FAULTBENCH_VM_MODULES_H
#define FAULTBENCH_VM_MODULES_H

#include "vm/vm.h"

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
