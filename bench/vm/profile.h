/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The profile of a run in guests: docs/kernel-profile.md. */
#ifndef FAULTBENCH_VM_PROFILE_H
#define FAULTBENCH_VM_PROFILE_H

#include <stdio.h>

#include "vm/profile_table.h"
#include "vm/vm.h"

struct vm_profile {
	struct symbols symbols;
	int plugin;		/* what QEMU loads, open for reading */
	struct profile profile;	/* of the guests that have ended */
	uint64_t page_size;	/* of the guest, bytes */
};

/* Find the plugin, and the symbols of @vm's kernel. 0 or -errno with @reason. */
int vm_profile_open(struct vm_profile *p, const struct vm *vm, struct reason *reason);
void vm_profile_close(struct vm_profile *p);

/* The argument of QEMU's -plugin to write to @fd; the caller frees it. */
char *vm_profile_option(const struct vm_profile *p, int fd);

/* Add the profile that a guest has written to @fd. 0 or -errno with @reason. */
int vm_profile_take(struct vm_profile *p, int fd, struct reason *reason);

/* Print the tables of cell @number, each arm of @item against its baseline; @results are the item's. */
void vm_profile_print(const struct vm_profile *p, FILE *out, const struct item *item, unsigned number,
		      const struct result *results, unsigned n_results);

/* Hand the functions of cell @number's baseline to @observer. */
void vm_profile_functions(const struct vm_profile *p, const struct observer *observer, const struct item *item,
			  unsigned number);

/* Hand the sites of the faults of cell @number's baseline to @observer. */
void vm_profile_faults(const struct vm_profile *p, const struct observer *observer, const struct item *item,
		       unsigned number);

#endif
