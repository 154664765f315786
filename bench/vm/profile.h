/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The profile of a run in guests: docs/kernel-profile.md. */
#ifndef FAULTBENCH_VM_PROFILE_H
#define FAULTBENCH_VM_PROFILE_H

#include <stddef.h>
#include <stdio.h>

#include "place/place.h"
#include "vm/profile_table.h"

struct vm_profile {
	struct symbols symbols;
	char *plugin;		/* path */
	struct profile *parts;	/* what each guest that has ended left */
	size_t n;
};

/* Find the plugin, and the symbols of the kernel whose image is @kernel. 0 or -errno with @reason. */
int vm_profile_open(struct vm_profile *p, const char *kernel, char *reason, size_t size);
void vm_profile_close(struct vm_profile *p);

/* What QEMU takes behind -plugin to write to @fd; the caller frees it. */
char *vm_profile_option(const struct vm_profile *p, int fd);

/* Take what a guest has written to @fd. 0 or -errno with @reason. */
int vm_profile_take(struct vm_profile *p, int fd, char *reason, size_t size);

/* The tables of cell @number, each arm of @item against its baseline; @lines are its result lines. */
void vm_profile_print(const struct vm_profile *p, FILE *out, const struct item *item, unsigned number,
		      char *const *lines, unsigned n_lines);

#endif
