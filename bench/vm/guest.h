/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One guest, from its boot to its end. Knows nothing of jobs. */
#ifndef FAULTBENCH_VM_GUEST_H
#define FAULTBENCH_VM_GUEST_H

#include "vm/profile.h"

struct vm_guest {
	pid_t pid;		/* 0: none */
	int initrd, port, console, messages;	/* memfds; messages are QEMU's own */
	int profile;		/* memfd, or -1: not requested */
	uint64_t read;		/* bytes of the port that were read */
	uint64_t heard;		/* when its last output there was read, clock_ns() */
	uint64_t shown, now;	/* bytes on the console at the last but one look at the port, and the last */
	uint64_t said_before;	/* bytes on the console that belong to earlier items */
};

/* A guest that was not booted. */
#define VM_GUEST_NONE { .initrd = -1, .port = -1, .console = -1, .messages = -1, .profile = -1 }

/*
 * Boot a guest with @disks RAM disks from @initrd, a descriptor that it takes
 * over. @profile: NULL, or the profile that it adds to. Returns 0 or -errno with
 * @reason; vm_guest_close() follows in either case.
 */
int vm_guest_boot(struct vm_guest *g, const struct vm *vm, int initrd, unsigned disks,
		  const struct vm_profile *profile, struct reason *reason);

/*
 * Set *@text to the whole lines that its port received since the last call, or NULL. The
 * caller frees it in either case. Returns 0 or -errno with @reason.
 */
int vm_guest_lines(struct vm_guest *g, char **text, struct reason *reason);

/* Start a new item: ignore console output so far. */
void vm_guest_new_item(struct vm_guest *g);

/* Whether QEMU has ended, and if so, how (as waitpid() has it). */
bool vm_guest_ended(struct vm_guest *g, int *status);

/*
 * Why the kernel died, if the console shows it, and the end of the console, or
 * of QEMU's own messages: one printable line, which may be in @words.
 */
const char *vm_guest_last_words(const struct vm_guest *g, char *words, size_t size);

/* End it if it still runs, and release its output. */
void vm_guest_close(struct vm_guest *g);

#endif
