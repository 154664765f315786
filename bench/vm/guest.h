/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One guest, from its boot to its end. It knows nothing of jobs. */
#ifndef FAULTBENCH_VM_GUEST_H
#define FAULTBENCH_VM_GUEST_H

#include "vm/profile.h"
#include "vm/vm.h"

struct vm_guest {
	pid_t pid;		/* 0: none */
	int initrd, port, console, messages;	/* memfds; the last is what QEMU itself says */
	int profile;		/* memfd, or -1: not asked for */
	uint64_t read;		/* bytes of the port taken */
	uint64_t heard;		/* when it last said something there, clock_ns() */
	uint64_t shown, now;	/* bytes on the console, before the last look at the port and at it */
	uint64_t said_before;	/* bytes on the console that are of what it did before */
};

/* A guest that was not booted. */
#define VM_GUEST_NONE { .initrd = -1, .port = -1, .console = -1, .messages = -1, .profile = -1 }

/*
 * Boot a guest with @disks RAM disks from @initrd, a descriptor that it takes
 * over. @profile: NULL, or where its profile belongs. Returns 0 or -errno with
 * @reason; vm_guest_close() in either case.
 */
int vm_guest_boot(struct vm_guest *g, const struct vm *vm, int initrd, unsigned disks,
		  const struct vm_profile *profile, char *reason, size_t size);

/*
 * The whole lines that came from its port since; the caller frees them. NULL:
 * none, or, where @wrong was set, they cannot be taken.
 */
char *vm_guest_lines(struct vm_guest *g, const char **wrong);

/* What is on the console belongs to what is past: none of the last words. */
void vm_guest_turn_page(struct vm_guest *g);

/* Whether QEMU has ended, and if so, how (as waitpid() has it). */
bool vm_guest_ended(struct vm_guest *g, int *status);

/*
 * What the kernel died of, if it says so, and the last words on the console, or
 * what QEMU had to say: one line, printable, which may lie in @words.
 */
const char *vm_guest_last_words(const struct vm_guest *g, char *words, size_t size);

/* End it if it still runs, and forget what it said. */
void vm_guest_close(struct vm_guest *g);

#endif
