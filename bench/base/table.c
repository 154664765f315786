// SPDX-License-Identifier: GPL-2.0-or-later
/* Finding names, and what somebody may have meant by one that does not exist. */
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/table.h"

enum { LENGTH_MAX = 64 };	/* a longer name is like no other */

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/*
 * Edits from @a to @b: insertions, deletions, replacements, and neighbours that changed
 * places (optimal string alignment). UINT_MAX: too long.
 */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[LENGTH_MAX + 1] = { 0 }, last[LENGTH_MAX + 1] = { 0 }, before[LENGTH_MAX + 1];
	size_t len_a = strlen(a), len_b = strlen(b);

	if (len_a > LENGTH_MAX || len_b > LENGTH_MAX)
		return UINT_MAX;
	for (unsigned j = 0; j <= len_b; j++)
		row[j] = last[j] = j;
	for (unsigned i = 1; i <= len_a; i++) {
		memcpy(before, last, sizeof(before));
		memcpy(last, row, sizeof(last));
		row[0] = i;
		for (unsigned j = 1; j <= len_b; j++) {
			row[j] = least(last[j - 1] + (a[i - 1] != b[j - 1]), last[j] + 1);
			row[j] = least(row[j], row[j - 1] + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return row[len_b];
}

/* Two thirds of it must have been typed right. */
static bool is_near(const char *typed, const char *name, unsigned d)
{
	size_t longest = strlen(typed) > strlen(name) ? strlen(typed) : strlen(name);

	return d != UINT_MAX && d <= (longest + 1) / 3;
}

const char *table_nearest(const struct table *t, const char *typed)
{
	const char *best = NULL, *name;
	unsigned best_d = UINT_MAX;

	for (size_t i = 0; (name = t->name(i)); i++) {
		unsigned d = distance(typed, name);

		if (d < best_d) {
			best_d = d;
			best = name;
		}
	}
	return best && is_near(typed, best, best_d) ? best : NULL;
}

ssize_t table_find(const struct table *t, const char *name)
{
	const char *row;

	for (size_t i = 0; (row = t->name(i)); i++)
		if (!strcmp(row, name))
			return (ssize_t)i;
	return -1;
}

void table_unknown(const struct table *t, const char *name, struct reason *reason)
{
	const char *near = table_nearest(t, name);
	struct reason all;

	reason_set(reason, "unknown %s '%.64s'", t->what, name);
	if (near)
		reason_add(reason, "did you mean '%s'?", near);
	else if (t->where)
		reason_add(reason, "see %s", t->where);
	else
		reason_add(reason, "must be %s", table_names(t, &all));
}

ssize_t table_choose(const struct table *t, const char *name, struct reason *reason)
{
	ssize_t i = table_find(t, name);

	if (i < 0)
		table_unknown(t, name, reason);
	return i;
}

const char *table_names(const struct table *t, struct reason *out)
{
	const char *name;

	out->text[0] = '\0';
	for (size_t i = 0; (name = t->name(i)); i++)
		reason_list(out, t->name(i + 1) ? ", " : " or ", name);
	return out->text;
}
