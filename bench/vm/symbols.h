/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions of a kernel, from the System.map of its build. The kernel has
 * to run where it was linked (nokaslr); it has no modules.
 */
#ifndef FAULTBENCH_SYMBOLS_H
#define FAULTBENCH_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/reason.h"

struct symbol {
	uint64_t address;
	const char *name;
	bool text;
};

struct symbols {
	struct symbol *list;	/* by address, one at each */
	size_t n;
	char *map;		/* the file, which the names point into */
};

/* Read @path. Returns 0 or -errno with @reason set; symbols_free() in either case. */
int symbols_read(struct symbols *s, const char *path, struct reason *reason);
void symbols_free(struct symbols *s);

/*
 * The function that @address is in, or NULL. What the compiler inlined counts
 * as part of the function that it was inlined into.
 */
const struct symbol *symbols_at(const struct symbols *s, uint64_t address);

/* The address of the symbol @name, or 0. */
uint64_t symbols_address(const struct symbols *s, const char *name);

/*
 * Where the CPU goes when the kernel itself faults on a user page: what
 * plugin.c takes as fault=. 0 if this kernel has no such place known here.
 */
uint64_t symbols_fault_entry(const struct symbols *s);

#endif
