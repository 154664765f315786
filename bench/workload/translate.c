// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "workload/translate.h"

int translate_term(struct translation *t, const struct term *terms, const char *key, const char *value)
{
	const char *instead = "";

	t->error->text[0] = '\0';
	while (terms->name && strcmp(terms->name, key))
		terms++;
	t->term = terms;
	if (terms->take)
		instead = terms->take(t, value);
	else if (terms->name)
		instead = terms->same && !strcmp(terms->same, value) ? NULL : terms->instead;
	if (t->error->text[0])
		return -EINVAL;
	if (instead)
		fprintf(t->lost, "%s=%s: no counterpart%s%s\n", key, value, *instead ? "; " : "", instead);
	return 0;
}

int translate_size(const char **text, const struct suffix *suffixes, uint64_t *bytes)
{
	const struct suffix *best = NULL;
	char *end;

	if (!isdigit((unsigned char)**text))
		return -EINVAL;
	errno = 0;
	*bytes = strtoull(*text, &end, 10);
	/* The longest that fits: "kB" is not "k". */
	for (const struct suffix *u = suffixes; u->text; u++)
		if (!strncmp(end, u->text, strlen(u->text)) && (!best || strlen(u->text) > strlen(best->text)))
			best = u;
	if (best)
		end += strlen(best->text);
	*text = end;
	if (errno || __builtin_mul_overflow(*bytes, best ? best->factor : 1, bytes) || *bytes > INT64_MAX)
		return -ERANGE;
	return 0;
}

int translate_check(struct translation *t)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int err = -ENOMEM;

	/* fio and dd write a file in blocks before they overwrite it. */
	if (t->w->op != OP_READ && t->w->layouts[t->w->n_layouts - 1] == LAYOUT_OVERWRITE)
		t->w->fill_size = t->w->block_size < JOB_FILL_MAX ? t->w->block_size : JOB_FILL_MAX;
	if (f) {
		workload_write(f, t->w);
		fclose(f);
		f = fmemopen(text, len, "r");
	}
	if (f) {
		err = workload_read_translated(f, t->path, t->w, t->error);
		fclose(f);
	} else {
		reason_set(t->error, "not enough memory");
	}
	free(text);
	return err;
}
