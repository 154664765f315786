/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machines that guests are, and what a person asked of one. */
#ifndef FAULTBENCH_VM_H
#define FAULTBENCH_VM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "place/place.h"

/* Bytes of memory that a guest has. Its kernel and we ourselves leave this much of it to a job. */
#define VM_MEMORY (UINT64_C(1) << 30)
#define VM_MEMORY_FREE (VM_MEMORY - (UINT64_C(64) << 20))

/* A machine that is emulated. */
struct machine {
	const char *place;
	const char *arch;		/* as kernel/build names it */
	const char *uname;
	const char *qemu, *package;
	const char *type, *cpu;		/* fixed: part of what repeats */
	const char *console;
	const char *port[2], *port_name;	/* QEMU's device, and its name in the guest */
	const char *cmdline;		/* what only this kernel has to be told, with a blank in front */
};

/* What stands behind the place's name, as in "kernel=IMAGE,deadline=60". */
struct vm {
	const struct machine *machine;
	char kernel[4096];	/* path of the image */
	char modules[4096];	/* what its lib/modules lies in; empty: it has none */
	char release[128];	/* of the kernel; empty: the image does not tell */
	char tree[256];
	bool own_kernel;	/* it was given, and is not kernel/build's */
	bool kvm;
	unsigned deadline;	/* seconds a job may be silent */
};

/* Read @options of @place. Returns 0 or -errno with @reason. */
int vm_options(struct vm *vm, const struct place *place, const char *options, char *reason, size_t size);

/* The measuring binary of the guest's architecture, open for reading. Or -errno with @reason. */
int vm_binary(const struct vm *vm, char *reason, size_t size);

/* What the kernel of a guest with @disks RAM disks is told; the caller frees it. */
char *vm_cmdline(const struct vm *vm, unsigned disks);

/* Bytes of the file behind @fd. */
uint64_t vm_size_of(int fd);

#endif
