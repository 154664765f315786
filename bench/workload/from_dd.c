// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dd command lines as workloads: dd reads into one buffer before each write, which
 * is source zero. With of=/dev/null only its reads cost something: op read.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "workload/translate.h"

struct dd {
	bool to_null, to_file;
	uint64_t count;
	bool counted;
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
		if (!translate_size(&at, suffixes, &factor) || __builtin_mul_overflow(*bytes, factor, bytes))
			return false;
		if (*at != 'x')
			return !*at;
	}
}

static const char *take_size(struct translation *t, const char *key, const char *value, uint64_t *bytes)
{
	if (!read_size(value, bytes))
		reason_set(t->error, "%s: %s=%.40s: must be a number, as in 64k", t->path, key, value);
	return NULL;
}

static const char *take_bs(struct translation *t, const char *value)
{
	return take_size(t, "bs", value, &t->w->block_size);
}

static const char *take_count(struct translation *t, const char *value)
{
	struct dd *dd = t->own;

	dd->counted = true;
	return take_size(t, "count", value, &dd->count);
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

/* Call @take for each word of @value. What none takes is named in t->lost. */
static const char *each_flag(struct translation *t, const char *key, const char *value,
			     bool (*take)(struct workload *w, const char *word))
{
	char words[256], *rest = words, *word;

	snprintf(words, sizeof(words), "%s", value);
	while ((word = strsep(&rest, ",")))
		if (!take(t->w, word))
			fprintf(t->lost, "%s=%s: no counterpart\n", key, word);
	return NULL;
}

static bool take_flag(struct workload *w, const char *word)
{
	w->direct |= !strcmp(word, "direct");
	w->dsync |= !strcmp(word, "dsync");
	return !strcmp(word, "direct") || !strcmp(word, "dsync") || !strcmp(word, "fullblock");
}

static bool take_conversion(struct workload *w, const char *word)
{
	if (strcmp(word, "notrunc"))
		return false;
	w->layouts[0] = LAYOUT_OVERWRITE;
	return true;
}

static const char *take_oflag(struct translation *t, const char *value)
{
	return each_flag(t, "oflag", value, take_flag);
}

static const char *take_iflag(struct translation *t, const char *value)
{
	return each_flag(t, "iflag", value, take_flag);
}

static const char *take_conv(struct translation *t, const char *value)
{
	return each_flag(t, "conv", value, take_conversion);
}

static const struct term terms[] = {
	{ "if", take_if, NULL, NULL },
	{ "of", take_of, NULL, NULL },
	{ "bs", take_bs, NULL, NULL },
	{ "count", take_count, NULL, NULL },
	{ "oflag", take_oflag, NULL, NULL },
	{ "iflag", take_iflag, NULL, NULL },
	{ "conv", take_conv, NULL, NULL },
	{ NULL, NULL, NULL, NULL },
};

static int finish(struct translation *t)
{
	const struct dd *dd = t->own;
	struct workload *w = t->w;

	if (!dd->to_file)
		return reason_fail(t->error, -EINVAL, "%s: no of=FILE", t->path);
	if (!dd->counted)
		return reason_fail(t->error, -EINVAL, "%s: no count=N, which gives the size of the file", t->path);
	if (__builtin_mul_overflow(w->block_size, dd->count, &w->file_size))
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
	struct dd dd = { .count = 0 };
	struct translation t = { .path = "dd", .w = w, .lost = lost, .error = error, .own = &dd };
	char *copy = strdup(command), *line, *lines = copy, *word;
	int err = copy ? 0 : reason_fail(error, -ENOMEM, "not enough memory");

	*w = (struct workload){
		.summary = "from a dd command", .source = "zero", .threads = 1, .block_size = 512,
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
