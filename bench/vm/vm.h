/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machines that guests are, and one that was opened. */
#ifndef FAULTBENCH_VM_H
#define FAULTBENCH_VM_H

#include <stdbool.h>
#include <stdint.h>

#include "place/place.h"

/* Bytes of memory that a guest has. Its kernel and its init leave this much of it to a job. */
#define VM_MEMORY (UINT64_C(1) << 30)
#define VM_MEMORY_FREE (VM_MEMORY - (UINT64_C(64) << 20))

/* An emulated machine. */
struct machine {
	const char *arch;		/* as kernel/build names it */
	const char *uname;
	const char *qemu, *package;
	const char *type, *cpu;		/* fixed: results depend on them */
	const char *console;
	const char *port[2], *port_name;	/* QEMU's device, and its name in the guest */
	const char *cmdline;		/* for this kernel's command line alone, with a blank in front */
	bool pages_16k;			/* its CPU has pages of 16 KiB */
};

/* A vm place that was opened, with its options, as in "kernel=IMAGE,deadline=60". */
struct vm {
	const struct machine *machine;
	char kernel[4096];	/* path of the image */
	char modules[4096];	/* the directory that holds its lib/modules; empty: none */
	char release[128];	/* of the kernel; empty: not found in the image */
	char tree[4096];	/* empty: kernel/build's default */
	char loops[256];	/* that have hooks; empty: none, or not known */
	uint64_t page_size;	/* bytes */
	int lock;		/* of the image; -1: none */
	bool own_kernel;	/* given by the user, not kernel/build's */
	bool kvm;
	unsigned deadline;	/* seconds a job may be silent */
	unsigned shift;		/* by which the start of counted rounds is put off, in units of its own */
};

/* What struct place_kind has as its obstacle() and its run(). */
const char *vm_obstacle(const struct plan *plan, const struct item *item, struct reason *reason);
void vm_session_run(struct plan *plan, const struct observer *observer);

/* Find @kind's machine, and read @options. Returns 0 or -errno with @reason. */
int vm_options(struct vm *vm, const struct place_kind *kind, const char *options, struct reason *reason);

/* The measuring binary of the guest's architecture, open for reading. Or -errno with @reason. */
int vm_binary(const struct vm *vm, struct reason *reason);

/* The command line for the kernel of a guest with @disks RAM disks, in @text, which is returned. */
enum { VM_CMDLINE_SIZE = 320 };
const char *vm_cmdline(char text[VM_CMDLINE_SIZE], const struct vm *vm, unsigned disks);

/* Bytes of the file behind @fd. */
uint64_t vm_size_of(int fd);

/* How much of the path @image is its folder, with the slash: for "%.*sinfo". */
int vm_folder_of(const char *image);

#endif
