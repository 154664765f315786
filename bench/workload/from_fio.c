// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fio job files as workloads. fio writes from resident buffers of its own, so the
 * source is always resident. The rules for lines, sections and suffixes are fio's.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/lines.h"
#include "workload/translate.h"

enum { FIO_LINE_MAX = 4096 };

struct fio {
	bool read, psync, overwrite, unlinks, time_based;
	uint64_t size, loops, offset_increment;
};

/* With fio's default, kb_base=1024, the suffixes of IEC and SI change places. */
static const struct suffix suffixes[] = {
	{ "b", 1 },
	{ "k", 1 << 10 }, { "kb", 1 << 10 }, { "ki", 1000 }, { "kib", 1000 },
	{ "m", 1 << 20 }, { "mb", 1 << 20 }, { "mi", 1000000 }, { "mib", 1000000 },
	{ "g", 1 << 30 }, { "gb", 1 << 30 }, { "gi", 1000000000 }, { "gib", 1000000000 },
	{ "t", UINT64_C(1) << 40 }, { "tb", UINT64_C(1) << 40 }, { NULL, 0 },
};

static const char *take_size(struct translation *t, const char *key, const char *value, uint64_t *bytes)
{
	char lower[64];
	const char *end = lower;
	size_t i = 0;

	for (; value[i] && i + 1 < sizeof(lower); i++)
		lower[i] = (char)tolower((unsigned char)value[i]);
	lower[i] = '\0';
	if (value[i] || !translate_size(&end, suffixes, bytes) || *end)
		reason_set(t->error, "%s: %s=%.40s: must be one number of bytes, as in 64k", t->path, key, value);
	return NULL;
}

static const char *take_bs(struct translation *t, const char *value)
{
	return take_size(t, "bs", value, &t->w->block_size);
}

static const char *take_file_size(struct translation *t, const char *value)
{
	return take_size(t, "size", value, &((struct fio *)t->own)->size);
}

static const char *take_increment(struct translation *t, const char *value)
{
	return take_size(t, "offset_increment", value, &((struct fio *)t->own)->offset_increment);
}

static const char *take_loops(struct translation *t, const char *value)
{
	return take_size(t, "loops", value, &((struct fio *)t->own)->loops);
}

static const char *take_numjobs(struct translation *t, const char *value)
{
	uint64_t n = 1;

	take_size(t, "numjobs", value, &n);
	t->w->threads = n < UINT32_MAX ? (unsigned)n : UINT32_MAX;
	return NULL;
}

static bool is_true(const char *value)
{
	return strcmp(value, "0") != 0;
}

static const char *take_direct(struct translation *t, const char *value)
{
	t->w->direct = is_true(value);
	return NULL;
}

static const char *take_buffered(struct translation *t, const char *value)
{
	t->w->direct = !is_true(value);
	return NULL;
}

static const char *take_sync(struct translation *t, const char *value)
{
	t->w->dsync = is_true(value) && strcmp(value, "none") != 0;
	return t->w->dsync && strcmp(value, "dsync") ? "O_DSYNC is used" : NULL;
}

static const char *take_overwrite(struct translation *t, const char *value)
{
	((struct fio *)t->own)->overwrite = is_true(value);
	return NULL;
}

static const char *take_unlinks(struct translation *t, const char *value)
{
	((struct fio *)t->own)->unlinks = is_true(value);
	return NULL;
}

static const char *take_time_based(struct translation *t, const char *value)
{
	((struct fio *)t->own)->time_based = is_true(value);
	return NULL;
}

static const char *take_engine(struct translation *t, const char *value)
{
	struct fio *fio = t->own;

	fio->psync = strcmp(value, "sync") != 0;
	return fio->psync && strcmp(value, "psync") ? "pwrite() or read() is measured" : NULL;
}

static const char *take_rw(struct translation *t, const char *value)
{
	static const struct { const char *name; bool read, random; } kinds[] = {
		{ "write", false, false }, { "read", true, false },
		{ "randwrite", false, true }, { "randread", true, true },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, value)) {
			((struct fio *)t->own)->read = kinds[i].read;
			return kinds[i].random ? "blocks follow the order of the file" : NULL;
		}
	reason_set(t->error, "%s: rw=%.40s: must be write, read, randwrite or randread, since a workload has one op",
		   t->path, value);
	return NULL;
}

static const char *refuse_include(struct translation *t, const char *value)
{
	reason_set(t->error, "%s: include %.200s: not followed; put its lines in place of this one", t->path, value);
	return NULL;
}

static const char *take_kb_base(struct translation *t, const char *value)
{
	if (strcmp(value, "1024"))
		reason_set(t->error, "%s: kb_base=%.40s: must be 1024; write sizes in bytes", t->path, value);
	return NULL;
}

static const char own_files[] = "'run' makes files of its own; -t chooses the file system";

static const struct term terms[] = {
	{ "rw", take_rw, NULL, NULL },
	{ "readwrite", take_rw, NULL, NULL },
	{ "ioengine", take_engine, NULL, NULL },
	{ "bs", take_bs, NULL, NULL },
	{ "blocksize", take_bs, NULL, NULL },
	{ "size", take_file_size, NULL, NULL },
	{ "filesize", take_file_size, NULL, NULL },
	{ "numjobs", take_numjobs, NULL, NULL },
	{ "direct", take_direct, NULL, NULL },
	{ "buffered", take_buffered, NULL, NULL },
	{ "sync", take_sync, NULL, NULL },
	{ "overwrite", take_overwrite, NULL, NULL },
	{ "unlink_each_loop", take_unlinks, NULL, NULL },
	{ "loops", take_loops, NULL, NULL },
	{ "time_based", take_time_based, NULL, NULL },
	{ "offset_increment", take_increment, NULL, NULL },
	{ "kb_base", take_kb_base, NULL, NULL },
	{ "include", refuse_include, NULL, NULL },
	{ "thread", NULL, "1", "threads share one process" },
	{ "iodepth", NULL, "1", "there is one call at a time" },
	{ "invalidate", NULL, "0", "the file stays in the page cache" },
	{ "fallocate", NULL, "none", "blocks are allocated by the writes" },
	{ "scramble_buffers", NULL, "0", "the source does not change" },
	{ "refill_buffers", NULL, "0", "the source does not change" },
	{ "zero_buffers", NULL, NULL, "the source holds a pattern" },
	{ "gtod_reduce", NULL, "1", "only batches of calls are timed" },
	{ "group_reporting", NULL, "1", "all threads give one figure" },
	{ "runtime", NULL, NULL, "see --budget of 'run'" },
	{ "ramp_time", NULL, "0", "'run' warms up by itself" },
	{ "filename", NULL, NULL, own_files },
	{ "filename_format", NULL, NULL, own_files },
	{ "directory", NULL, NULL, own_files },
	{ NULL, NULL, NULL, NULL },
};

static void set_layouts(struct workload *w, const struct fio *fio)
{
	/* Without overwrite=1 the first loop writes a new file, and the next ones overwrite it. */
	const bool again = (fio->loops > 1 || fio->time_based) && !fio->unlinks;

	if (!fio->read && !fio->overwrite)
		w->layouts[w->n_layouts++] = LAYOUT_EXTEND;
	if (fio->read || fio->overwrite || again)
		w->layouts[w->n_layouts++] = LAYOUT_OVERWRITE;
}

static int finish(struct translation *t)
{
	const struct fio *fio = t->own;
	struct workload *w = t->w;

	if (!fio->size)
		return reason_fail(t->error, -EINVAL, "%s: no size=BYTES, which gives the size of the file", t->path);
	w->op = fio->read ? OP_READ : fio->psync ? OP_PWRITE : OP_WRITE;
	w->file_size = fio->size;
	w->shared = w->threads > 1 && fio->offset_increment == fio->size;
	if (w->shared && __builtin_mul_overflow(fio->size, w->threads, &w->file_size))
		return reason_fail(t->error, -EINVAL, "%s: size * numjobs is too large", t->path);
	if (fio->offset_increment && !w->shared)
		fprintf(t->lost, "offset_increment: no counterpart; each thread has its own file\n");
	set_layouts(w, fio);
	return translate_check(t);
}

/* Which lines of a file are about the job. */
struct section {
	const char *wanted;	/* NULL: the only one */
	char name[80];		/* of the job; empty: it has not begun */
	bool applies;		/* the current section */
};

/* Enter section @name. Returns 0, or -EINVAL with @error. */
static int enter(struct section *s, const char *path, const char *name, struct reason *error)
{
	const bool global = !strcmp(name, "global");

	/* [global] holds for the jobs that follow it. */
	s->applies = global ? !s->name[0] : s->wanted ? !strcmp(name, s->wanted) : !s->name[0];
	if (global || (s->wanted && !s->applies))
		return 0;
	if (!s->applies)
		return reason_fail(error, -EINVAL, "%s: has the jobs %.80s and %.80s; choose one with --section", path,
				   s->name, name);
	if (snprintf(s->name, sizeof(s->name), "%s", *name ? name : "?") >= (int)sizeof(s->name))
		return reason_fail(error, -EINVAL, "%s: a section's name is longer than %zu characters", path,
				   sizeof(s->name) - 1);
	return 0;
}

/* @text without blanks at its start and end, and without a comment. */
static char *trim(char *text)
{
	size_t len;

	text[strcspn(text, ";#\n")] = '\0';
	text += strspn(text, " \t\r");
	len = strlen(text);
	while (len && strchr(" \t\r", text[len - 1]))
		text[--len] = '\0';
	return text;
}

static int take_line(struct translation *t, struct section *s, char *line)
{
	char *value;
	size_t len;

	line = trim(line);
	len = strlen(line);
	if (!len)
		return 0;
	if (*line == '[') {
		if (line[len - 1] != ']')
			return reason_fail(t->error, -EINVAL, "%s: '%.60s': must be [SECTION]", t->path, line);
		line[len - 1] = '\0';
		return enter(s, t->path, line + 1, t->error);
	}
	if (!s->applies)
		return 0;
	value = strpbrk(line, "= \t");
	/* A key alone is a flag that is set; include has a blank. */
	if (!value)
		return translate_term(t, terms, line, "1");
	*value++ = '\0';
	value += strspn(value, " \t=");
	return translate_term(t, terms, line, value);
}

int workload_from_fio(FILE *in, const char *path, const char *section, struct workload *w, FILE *lost,
		      struct reason *error)
{
	struct fio fio = { .psync = true, .read = true, .loops = 1 };
	struct translation t = { .path = path, .w = w, .lost = lost, .error = error, .own = &fio };
	struct section s = { .wanted = section };
	struct lines lines = { .in = in };
	struct reason why;
	char line[FIO_LINE_MAX];
	int err = 0;

	*w = (struct workload){
		.source = "resident", .threads = 1, .block_size = 4096, .n_cold = 1,
	};
	while (!err && lines_next(&lines, line, sizeof(line), &why))
		err = take_line(&t, &s, line);
	if (err)
		return err;
	if (why.text[0])
		return reason_fail(error, -EINVAL, "%s:%u: %s", path, lines.number, why.text);
	if (!s.name[0])
		return section ? reason_fail(error, -EINVAL, "%s: has no job [%.80s]", path, section)
			       : reason_fail(error, -EINVAL, "%s: has no job; a fio job begins with [NAME]", path);
	snprintf(w->summary, sizeof(w->summary), "from the fio job %s", s.name);
	return finish(&t);
}
