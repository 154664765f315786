// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dd command lines as workloads: dd reads into one buffer before each write, which
 * is source zero. With of=/dev/null only its reads cost something: op read.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "workload/translate.h"

struct dd {
	bool to_null, to_file, counts_bytes;
	uint64_t block_size;
	uint64_t count;		/* UINT64_MAX: not given */
};

/* Suffixes of GNU dd; a product is written with x. */
static const struct suffix suffixes[] = {
	{ "c", 1 }, { "B", 1 }, { "w", 2 }, { "b", 512 },
	{ "kB", 1000 }, { "KB", 1000 }, { "k", 1 << 10 }, { "K", 1 << 10 }, { "KiB", 1 << 10 },
	{ "MB", 1000000 }, { "M", 1 << 20 }, { "MiB", 1 << 20 },
	{ "GB", 1000000000 }, { "G", 1 << 30 }, { "GiB", 1 << 30 },
	{ "TB", UINT64_C(1000000000000) }, { "T", UINT64_C(1) << 40 }, { "TiB", UINT64_C(1) << 40 },
	{ NULL, 0 },
};

static bool read_size(const char *value, uint64_t *bytes)
{
	const char *at = value;
	uint64_t factor;

	for (*bytes = 1;; at++) {
		if (translate_size(&at, suffixes, &factor) || __builtin_mul_overflow(*bytes, factor, bytes))
			return false;
		if (*at != 'x')
			return !*at;
	}
}

static const char *take_size(struct translation *t, const char *value)
{
	uint64_t *bytes = (void *)((char *)t->own + t->term->at);

	if (!read_size(value, bytes))
		reason_set(t->error, "%s: %s=%.40s: must be a number, as in 64k", t->path, t->term->name, value);
	return NULL;
}

static const char *take_count(struct translation *t, const char *value)
{
	/* "1MB" is not a number of blocks. */
	((struct dd *)t->own)->counts_bytes |= strlen(value) && value[strlen(value) - 1] == 'B';
	return take_size(t, value);
}

static const char *take_if(struct translation *t, const char *value)
{
	(void)t;
	return strcmp(value, "/dev/zero") ? "/dev/zero is read, or the file where of=/dev/null" : NULL;
}

static const char *take_of(struct translation *t, const char *value)
{
	struct dd *dd = t->own;

	dd->to_null = !strcmp(value, "/dev/null");
	dd->to_file = true;
	return dd->to_null ? NULL : "'run' makes files of its own; -t chooses the file system";
}

/* Flags of reads, of writes, and conversions. What has no counterpart is named in t->lost. */
static const char *take_words(struct translation *t, const char *value)
{
	char words[256], *rest = words, *word;

	snprintf(words, sizeof(words), "%s", value);
	while ((word = strsep(&rest, ",")))
		if (!strcmp(word, "direct"))
			t->w->direct = true;
		else if (!strcmp(word, "dsync"))
			t->w->dsync = true;
		else if (!strcmp(word, "notrunc"))
			t->w->layouts[0] = LAYOUT_OVERWRITE;
		else if (!strcmp(word, "count_bytes"))
			((struct dd *)t->own)->counts_bytes = true;
		else if (strcmp(word, "fullblock"))
			fprintf(t->lost, "%s=%s: no counterpart\n", t->term->name, word);
	return NULL;
}

static const struct term terms[] = {
	{ .name = "if", .take = take_if },
	{ .name = "of", .take = take_of },
	{ .name = "bs", .take = take_size, .at = offsetof(struct dd, block_size) },
	{ .name = "count", .take = take_count, .at = offsetof(struct dd, count) },
	{ .name = "oflag", .take = take_words },
	{ .name = "iflag", .take = take_words },
	{ .name = "conv", .take = take_words },
	{ .name = NULL },
};

static int finish(struct translation *t)
{
	const struct dd *dd = t->own;
	struct workload *w = t->w;

	if (!dd->to_file)
		return reason_fail(t->error, -EINVAL, "%s: no of=FILE", t->path);
	if (dd->count == UINT64_MAX)
		return reason_fail(t->error, -EINVAL, "%s: no count=N, which gives the size of the file", t->path);
	w->block_size = dd->block_size;
	if (__builtin_mul_overflow(dd->counts_bytes ? 1 : dd->block_size, dd->count, &w->file_size))
		return reason_fail(t->error, -EINVAL, "%s: bs * count is too large", t->path);
	if (dd->to_null) {
		w->op = OP_READ;
		w->layouts[0] = LAYOUT_OVERWRITE;
		strcpy(w->source, "resident");
	}
	return translate_check(t);
}

int workload_from_dd(const char *command, struct workload *w, FILE *lost, struct reason *error)
{
	struct dd dd = { .block_size = 512, .count = UINT64_MAX };
	struct translation t = { .path = "dd", .w = w, .lost = lost, .error = error, .own = &dd };
	char *copy = strdup(command), *line, *lines = copy, *word;
	int err = copy ? 0 : reason_fail(error, -ENOMEM, "not enough memory");

	*w = (struct workload){
		.summary = "from a dd command", .source = "zero", .threads = 1,
		.n_layouts = 1, .layouts = { LAYOUT_EXTEND }, .n_cold = 1,
	};
	while (!err && (line = strsep(&lines, "\n"))) {
		if (*line == '#')
			continue;
		while (!err && (word = strsep(&line, " \t"))) {
			char *value = strchr(word, '=');

			if (!*word || !strcmp(word, "dd"))
				continue;
			if (!value)
				err = reason_fail(error, -EINVAL, "dd: '%.40s' is not an operand; must be KEY=VALUE", word);
			else
				*value++ = '\0';
			if (!err)
				err = translate_term(&t, terms, word, value);
		}
	}
	free(copy);
	return err ? err : finish(&t);
}
