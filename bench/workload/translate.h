/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the translators of other tools' jobs share, and the size with its suffix. Private to workload/. */
#ifndef FAULTBENCH_TRANSLATE_H
#define FAULTBENCH_TRANSLATE_H

#include "workload/workload.h"

struct translation {
	const char *path;	/* what is translated, in messages */
	struct workload *w;
	FILE *lost;
	struct reason *error;
	void *own;		/* of the tool */
	const struct term *term;	/* that is being taken */
};

/* A key of the tool. */
struct term {
	const char *name;	/* NULL ends a table */
	/*
	 * Take @value. Returns NULL; or what is measured instead, "" for nothing. @t->error is
	 * set where the value is impossible.
	 */
	const char *(*take)(struct translation *t, const char *value);
	size_t at;		/* of take: where the value goes, in t->own */
	const char *same;	/* without take: the value that changes nothing, NULL: none */
	const char *instead;	/* without take: what is measured for another value */
};

/* Take "@key=@value". Returns 0, or -EINVAL with t->error. */
int translate_term(struct translation *t, const struct term *terms, const char *key, const char *value);

/* A suffix of a number. */
struct suffix {
	const char *text;	/* NULL ends a table */
	uint64_t factor;
};

/*
 * Read the size at *@text, a number and one of @suffixes, and move *@text behind it.
 * Returns 0; -EINVAL where there is none, or -ERANGE where it has more than 63 bits.
 */
int translate_size(const char **text, const struct suffix *suffixes, uint64_t *bytes);

/* Check t->w by the rules for workload files. Returns 0, or -EINVAL with t->error. */
int translate_check(struct translation *t);

#endif
