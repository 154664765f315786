/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of things that people choose by name. Needs libc alone. */
#ifndef FAULTBENCH_TABLE_H
#define FAULTBENCH_TABLE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/reason.h"

struct table {
	const char *what;			/* a row is: "target" */
	const char *where;			/* what shows all names; NULL: messages list them */
	const char *(*name)(size_t i);		/* of row @i; NULL behind the last */
};

/* The index of the row called @name, or -1. */
ssize_t table_find(const struct table *t, const char *name);

/* The same; where there is none, @reason says so and suggests the nearest name. */
ssize_t table_choose(const struct table *t, const char *name, struct reason *reason);

/* The name nearest to @typed, or NULL where none is near. */
const char *table_nearest(const struct table *t, const char *typed);

/* Set "unknown target 'ext5'; did you mean 'ext4'?". */
void table_unknown(const struct table *t, const char *name, struct reason *reason);

/* Set "a, b or c". Returns the text. */
const char *table_names(const struct table *t, struct reason *out);

#endif
