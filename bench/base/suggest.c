// SPDX-License-Identifier: GPL-2.0-or-later
/* What somebody may have meant by a name that does not exist. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"

unsigned words_distance(const char *a, const char *b)
{
	unsigned row[WORDS_LENGTH_MAX + 1];
	size_t len_a = strlen(a), len_b = strlen(b);

	if (len_a > WORDS_LENGTH_MAX || len_b > WORDS_LENGTH_MAX)
		return UINT_MAX;
	for (unsigned j = 0; j <= len_b; j++)
		row[j] = j;
	for (unsigned i = 1; i <= len_a; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= len_b; j++) {
			unsigned best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[len_b];
}

bool words_near(const char *typed, const char *name, unsigned d)
{
	size_t longest = strlen(typed) > strlen(name) ? strlen(typed) : strlen(name);

	/* Of five letters two, as two that changed places are two edits. */
	return d != UINT_MAX && d <= (longest + 1) / 3;
}

const char *words_suggest(char *out, size_t size, const char *typed, const char *const *names)
{
	const char *best = NULL;
	unsigned best_d = UINT_MAX;

	out[0] = '\0';
	for (; *names; names++) {
		unsigned d = words_distance(typed, *names);

		if (d < best_d) {
			best_d = d;
			best = *names;
		}
	}
	if (best && words_near(typed, best, best_d))
		snprintf(out, size, "; did you mean '%s'?", best);
	return out;
}

const char *words_enumerate(char *out, size_t size, const char *const *names)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; names[i] && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%s",
				      !i ? "" : names[i + 1] ? ", " : " or ", names[i]);
	return out;
}
