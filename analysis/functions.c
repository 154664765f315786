// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/functions.h"

/* Below it a change of instructions per page prints as 0. */
static const double least_change = 0.005;

/* A symbol of one side, then all symbols of one stem. */
struct function {
	const char *name[2];	/* its symbol in base and head; NULL: there is none */
	unsigned symbols[2];	/* how many have the stem */
	double per_page[2];
};

static const char *any_name(const struct function *f)
{
	return f->name[0] ? f->name[0] : f->name[1];
}

/* "foo" of "foo.isra.0", "foo.part.0.cold" and "foo". */
static int stem_length(const char *name)
{
	return (int)strcspn(name, ".");
}

/* The order of the stems: 0 where they are one. */
static int compare_stems(const struct function *a, const struct function *b)
{
	const char *x = any_name(a), *y = any_name(b);
	int m = stem_length(x), n = stem_length(y);
	int order = strncmp(x, y, (size_t)(m < n ? m : n));

	return order ? order : m - n;
}

static int by_stem(const void *a, const void *b)
{
	int order = compare_stems(a, b);

	return order ? order : strcmp(any_name(a), any_name(b));
}

static double change(const struct function *f)
{
	return f->per_page[1] - f->per_page[0];
}

static int by_change(const void *a, const void *b)
{
	double x = fabs(change(a)), y = fabs(change(b));

	return x != y ? (x < y) - (x > y) : by_stem(a, b);
}

/* Add the symbol @f to the others of its stem. The first of a side gives the name. */
static void join(struct function *all, const struct function *f)
{
	for (int side = 0; side < 2; side++) {
		if (!all->name[side])
			all->name[side] = f->name[side];
		all->symbols[side] += f->symbols[side];
		all->per_page[side] += f->per_page[side];
	}
}

/* Join what has one stem. Returns how many are left. */
static size_t fold(struct function *list, size_t n)
{
	size_t kept = 0;

	qsort(list, n, sizeof(*list), by_stem);
	for (size_t i = 0; i < n; i++) {
		if (kept && !compare_stems(&list[kept - 1], &list[i]))
			join(&list[kept - 1], &list[i]);
		else
			list[kept++] = list[i];
	}
	return kept;
}

static char *describe(const struct function *f)
{
	const bool plain = any_name(f)[0] != '(';	/* a function at all */
	const char *name = any_name(f);
	char *line = NULL;
	int digits = fabs(change(f) - round(change(f))) < least_change ? 0 : 2, got;

	if (plain && !f->name[0])
		got = asprintf(&line, "%+.*f %s (only in head: new, or inlined in base)", digits, change(f),
			       f->name[1]);
	else if (plain && !f->name[1])
		got = asprintf(&line, "%+.*f %s (only in base: gone, or inlined in head)", digits, change(f),
			       f->name[0]);
	else if (plain && f->symbols[0] != f->symbols[1])
		got = asprintf(&line, "%+.*f %.*s (symbols in base: %u, in head: %u; cloned or split)", digits,
			       change(f), stem_length(name), name, f->symbols[0], f->symbols[1]);
	else if (plain && strcmp(f->name[0], f->name[1]))
		got = asprintf(&line, "%+.*f %s (%s in base)", digits, change(f), f->name[1], f->name[0]);
	else
		got = asprintf(&line, "%+.*f %s", digits, change(f), name);
	return got < 0 ? NULL : line;
}

static int describe_all(const struct function *list, size_t n, char **lines)
{
	struct function rest = { .name = { "(others)", "(others)" } };
	int shown = 0;

	for (size_t i = 0; i < n && shown < FUNCTIONS_SHOWN && fabs(change(&list[i])) >= least_change; i++)
		if (!(lines[shown++] = describe(&list[i])))
			return -ENOMEM;
	for (size_t i = (size_t)shown; i < n; i++)
		join(&rest, &list[i]);
	if (fabs(change(&rest)) >= least_change && !(lines[shown++] = describe(&rest)))
		return -ENOMEM;
	return shown;
}

int functions_differ(const struct function_count *base, size_t n_base, const struct function_count *head,
		     size_t n_head, char **lines)
{
	struct function *list = calloc(n_base + n_head + 1, sizeof(*list));
	int shown;
	size_t n;

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < n_base + n_head; i++) {
		const int side = i >= n_base;
		const struct function_count *count = side ? &head[i - n_base] : &base[i];

		list[i].name[side] = count->name;
		list[i].symbols[side] = 1;
		list[i].per_page[side] = count->per_page;
	}
	n = fold(list, n_base + n_head);
	qsort(list, n, sizeof(*list), by_change);
	memset(lines, 0, (FUNCTIONS_SHOWN + 1) * sizeof(*lines));
	shown = describe_all(list, n, lines);
	free(list);
	for (int i = 0; shown < 0 && i <= FUNCTIONS_SHOWN; i++)
		free(lines[i]);
	return shown;
}
