// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fio job files as workloads. fio writes from resident buffers of its own, so the
 * source is always resident. The rules for lines, sections and suffixes are fio's.
 */
#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/lines.h"
#include "workload/translate.h"

enum { FIO_LINE_MAX = 4096 };

struct fio {
	bool read, psync, direct, overwrite, unlinks, time_based;
	uint64_t block_size, size, threads, loops, offset_increment;
};

/* With fio's default, kb_base=1024, the suffixes of IEC and SI change places. */
static const struct suffix suffixes[] = {
	{ "b", 1 },
	{ "k", 1 << 10 }, { "kb", 1 << 10 }, { "ki", 1000 }, { "kib", 1000 },
	{ "m", 1 << 20 }, { "mb", 1 << 20 }, { "mi", 1000000 }, { "mib", 1000000 },
	{ "g", 1 << 30 }, { "gb", 1 << 30 }, { "gi", 1000000000 }, { "gib", 1000000000 },
	{ "t", UINT64_C(1) << 40 }, { "tb", UINT64_C(1) << 40 }, { NULL, 0 },
};

static const char *take_size(struct translation *t, const char *value)
{
	uint64_t *bytes = (void *)((char *)t->own + t->term->at);
	char lower[64];
	const char *end = lower;
	size_t i = 0;

	for (; value[i] && i + 1 < sizeof(lower); i++)
		lower[i] = (char)tolower((unsigned char)value[i]);
	lower[i] = '\0';
	if (value[i] || translate_size(&end, suffixes, bytes) || *end)
		reason_set(t->error, "%s: %s=%.40s: must be one number of bytes, as in 64k", t->path, t->term->name, value);
	return NULL;
}

static bool is_true(const char *value)
{
	return strcmp(value, "0") != 0;
}

static const char *take_flag(struct translation *t, const char *value)
{
	bool *flag = (void *)((char *)t->own + t->term->at);

	*flag = is_true(value);
	return NULL;
}

static const char *take_buffered(struct translation *t, const char *value)
{
	((struct fio *)t->own)->direct = !is_true(value);
	return NULL;
}

static const char *take_sync(struct translation *t, const char *value)
{
	t->w->dsync = is_true(value) && strcmp(value, "none") != 0;
	return t->w->dsync && strcmp(value, "dsync") ? "O_DSYNC is used" : NULL;
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

#define AT(field) offsetof(struct fio, field)

static const struct term terms[] = {
	{ .name = "rw", .take = take_rw },
	{ .name = "readwrite", .take = take_rw },
	{ .name = "ioengine", .take = take_engine },
	{ .name = "bs", .take = take_size, .at = AT(block_size) },
	{ .name = "blocksize", .take = take_size, .at = AT(block_size) },
	{ .name = "size", .take = take_size, .at = AT(size) },
	{ .name = "filesize", .take = take_size, .at = AT(size) },
	{ .name = "numjobs", .take = take_size, .at = AT(threads) },
	{ .name = "direct", .take = take_flag, .at = AT(direct) },
	{ .name = "buffered", .take = take_buffered },
	{ .name = "sync", .take = take_sync },
	{ .name = "overwrite", .take = take_flag, .at = AT(overwrite) },
	{ .name = "unlink_each_loop", .take = take_flag, .at = AT(unlinks) },
	{ .name = "loops", .take = take_size, .at = AT(loops) },
	{ .name = "time_based", .take = take_flag, .at = AT(time_based) },
	{ .name = "offset_increment", .take = take_size, .at = AT(offset_increment) },
	{ .name = "kb_base", .take = take_kb_base },
	{ .name = "include", .take = refuse_include },
	{ .name = "thread", .same = "1", .instead = "threads share one process" },
	{ .name = "iodepth", .same = "1", .instead = "there is one call at a time" },
	{ .name = "invalidate", .same = "0", .instead = "the file stays in the page cache" },
	{ .name = "fallocate", .same = "none", .instead = "blocks are allocated by the writes" },
	{ .name = "scramble_buffers", .same = "0", .instead = "the source does not change" },
	{ .name = "refill_buffers", .same = "0", .instead = "the source does not change" },
	{ .name = "zero_buffers", .instead = "the source holds a pattern" },
	{ .name = "gtod_reduce", .same = "1", .instead = "only batches of calls are timed" },
	{ .name = "group_reporting", .same = "1", .instead = "all threads give one figure" },
	{ .name = "runtime", .instead = "see --budget of 'run'" },
	{ .name = "ramp_time", .same = "0", .instead = "'run' warms up by itself" },
	{ .name = "filename", .instead = own_files },
	{ .name = "filename_format", .instead = own_files },
	{ .name = "directory", .instead = own_files },
	{ .name = NULL },
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
	w->direct = fio->direct;
	w->threads = fio->threads < UINT32_MAX ? (unsigned)fio->threads : UINT32_MAX;
	w->block_size = fio->block_size;
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
	struct fio fio = { .psync = true, .read = true, .block_size = 4096, .threads = 1, .loops = 1 };
	struct translation t = { .path = path, .w = w, .lost = lost, .error = error, .own = &fio };
	struct section s = { .wanted = section };
	struct lines lines = { .in = in };
	struct reason why;
	char line[FIO_LINE_MAX];
	int err = 0;

	*w = (struct workload){ .source = "resident", .n_cold = 1 };
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
