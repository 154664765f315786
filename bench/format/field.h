/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A field of a struct that crosses a process border: its key, and what may be in it. */
#ifndef FAULTBENCH_FIELD_H
#define FAULTBENCH_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/table.h"

enum field_type {
	FIELD_NAME,	/* char[NAME_SIZE], as name_ok() has it */
	FIELD_TEXT,	/* char *; NULL is null */
	FIELD_WORD,	/* an enum, as unsigned: one of @words */
	FIELD_BOOL,	/* bool */
	FIELD_JUDGED,	/* enum results_judged: true, false or null */
	FIELD_UNSIGNED,	/* unsigned */
	FIELD_WHOLE,	/* uint64_t */
	FIELD_REAL,	/* double; where it is not required NAN is null */
	FIELD_PAIR,	/* double[2]: before and after the rounds; NAN is null */
	FIELD_ROUNDS,	/* double *: two whole numbers for each round of the cell */
	/* Parts of a cell that have a form of their own: result_parse.c, result_write.c. */
	FIELD_COUNTS, FIELD_REASONS, FIELD_NOTES,
};

struct field {
	const char *key;		/* NULL ends a table */
	enum field_type type;
	size_t offset;			/* in its struct */
	bool required;
	double min, max;		/* of a number */
	const struct table *words;
};

/* Where @f is in @base. */
static inline void *field_at(const struct field *f, void *base)
{
	return (char *)base + f->offset;
}

static inline const void *field_of(const struct field *f, const void *base)
{
	return (const char *)base + f->offset;
}

#endif
