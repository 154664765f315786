/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What somebody may have meant by a name that does not exist. */
#ifndef FAULTBENCH_WORDS_H
#define FAULTBENCH_WORDS_H

#include <stdbool.h>
#include <stddef.h>

enum { WORDS_LENGTH_MAX = 64 };	/* longer words are like nothing */

/* Edits from @a to @b: insertions, deletions, replacements (Levenshtein). UINT_MAX: too long. */
unsigned words_distance(const char *a, const char *b);

/* A name is worth suggesting when two thirds of it were typed right; @d: the distance. */
bool words_near(const char *typed, const char *name, unsigned d);

/* "; did you mean 'X'?" or nothing, in @out. @names ends with NULL. Returns @out. */
const char *words_suggest(char *out, size_t size, const char *typed, const char *const *names);

/* "a, b or c" in @out. @names ends with NULL. Returns @out. */
const char *words_enumerate(char *out, size_t size, const char *const *names);

#endif
