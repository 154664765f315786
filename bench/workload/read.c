// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads workload files.
 *
 * A file is taken as hostile: its length, its lines and every value are
 * bounded, and whatever does not fit is an error with file and line. Whether
 * this machine can run a workload is not decided here; the tables of measure/
 * know that.
 *
 * Debian's inih is built without line numbers for its handler, so the reader
 * that it is given counts the lines.
 */
#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/lines.h"
#include "base/table.h"
#include "base/text.h"
#include "measure/tables.h"
#include "workload/translate.h"

enum {
	WORKLOAD_OFFSET_MAX = 65535,	/* the largest page of arm64, less one */
	WORKLOAD_SEGMENTS_MAX = 1024,	/* IOV_MAX of Linux */
	DIRECT_BLOCK = 4096,		/* largest logical block of our RAM devices */
	DIRECT_MEMORY = 512,		/* usual alignment of the memory of direct I/O */
};

/* The keys, in the order of the man page. */
enum key_id {
	KEY_SUMMARY, KEY_OP, KEY_SOURCE, KEY_DESTINATION, KEY_LAYOUT, KEY_BLOCK_SIZE,
	KEY_SEGMENT_SIZE, KEY_FILE_SIZE, KEY_FILL_SIZE, KEY_SOURCE_OFFSET, KEY_DIRECT, KEY_DSYNC,
	KEY_THREADS, KEY_SHARED,
	KEY_COLD_FRACTION, N_KEYS,
};

struct reader {
	struct lines lines;
	const char *path;
	bool translated;	/* its lines are not those of a file */
	struct workload *w;
	unsigned set[N_KEYS];	/* line of each key; 0: not given */
	struct reason *error;
	bool failed;		/* @error holds the first error; the rest is skipped */
	unsigned failed_line;
};

struct key {
	const char *name;
	bool (*parse)(struct reader *r, const struct key *key, const char *value);
	size_t offset;			/* in struct workload */
	uint64_t min, max;		/* of a size or number */
	const char *required;		/* the message for a file without it; NULL: optional */
};

static const struct key keys[];

/* Set the error, after which no line is read. @line is 0 where no line is at fault. Always false. */
static bool __attribute__((format(printf, 3, 4)))
fail(struct reader *r, unsigned line, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	r->failed = true;
	r->failed_line = line;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (line && !r->translated)
		reason_set(r->error, "%s:%u: %s", r->path, line, text);
	else
		reason_set(r->error, "%s: %s", r->path, text);
	return false;
}

/* The index of @value in @table, or -1 after fail(). */
static ssize_t find_word(struct reader *r, const struct table *table, const char *what, const char *value)
{
	ssize_t i = table_find(table, value);
	struct reason all;
	const char *near;

	if (i >= 0)
		return i;
	near = table_nearest(table, value);
	fail(r, r->lines.number, "%s must be %s, not '%.64s'%s%s%s", what, table_names(table, &all),
	     value, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	return -1;
}

static bool parse_text(struct reader *r, const struct key *key, const char *value)
{
	char *field = (char *)r->w + key->offset;

	if (strlen(value) >= key->max)
		return fail(r, r->lines.number, "%s is longer than %u characters", key->name,
			    (unsigned)key->max - 1);
	/* inih takes it for text only where no blank precedes it. */
	if (*value == ';')
		return fail(r, r->lines.number, "%s begins with ';', which starts a comment", key->name);
	for (const char *c = value; *c; c++)
		if (!isprint((unsigned char)*c))
			return fail(r, r->lines.number, "%s has a byte that is not printable ASCII",
				    key->name);
	snprintf(field, key->max, "%s", value);
	return true;
}

static bool parse_op(struct reader *r, const struct key *key, const char *value)
{
	ssize_t i = find_word(r, &op_table, key->name, value);

	r->w->op = i < 0 ? OP_WRITE : (enum op)i;
	return i >= 0;
}

static const char *yes_no(size_t i)
{
	static const char *const names[] = { "no", "yes", NULL };

	return names[i];
}

static bool parse_bool(struct reader *r, const struct key *key, const char *value)
{
	static const struct table table = { .what = "answer", .name = yes_no };
	ssize_t i = find_word(r, &table, key->name, value);

	*(bool *)(void *)((char *)r->w + key->offset) = i == 1;
	return i >= 0;
}

static bool parse_source(struct reader *r, const struct key *key, const char *value)
{
	const struct table *table = key == &keys[KEY_DESTINATION] ? &destination_table : &source_table;

	if (find_word(r, table, key->name, value) < 0)
		return false;
	snprintf(r->w->source, sizeof(r->w->source), "%s", value);
	return true;
}

static bool parse_layouts(struct reader *r, const struct key *key, const char *value)
{
	struct workload *w = r->w;
	char words[256], *save = NULL;

	snprintf(words, sizeof(words), "%s", value);
	for (char *word = strtok_r(words, " \t,", &save); word; word = strtok_r(NULL, " \t,", &save)) {
		ssize_t layout = find_word(r, &layout_table, key->name, word);

		if (layout < 0)
			return false;
		/* Each can be there once, so there is room. */
		for (unsigned i = 0; i < w->n_layouts; i++)
			if (w->layouts[i] == (enum layout)layout)
				return fail(r, r->lines.number, "%s names %s twice", key->name, word);
		w->layouts[w->n_layouts++] = (enum layout)layout;
	}
	return w->n_layouts || fail(r, r->lines.number, "%s names none", key->name);
}

static const struct suffix suffixes[] = {
	{ "K", 1 << 10 }, { "M", 1 << 20 }, { "G", 1 << 30 },
	{ "k", 1 << 10 }, { "m", 1 << 20 }, { "g", 1 << 30 }, { NULL, 0 },
};

static bool parse_size(struct reader *r, const struct key *key, const char *value)
{
	uint64_t *field = (uint64_t *)(void *)((char *)r->w + key->offset);
	const char *end = value;
	char low[32], high[32];
	int err = translate_size(&end, suffixes, field);

	if (err == -EINVAL || *end)
		return fail(r, r->lines.number, "%s must be bytes, or a number followed by K, M or G, "
			    "not '%s'", key->name, value);
	if (err || *field < key->min || *field > key->max)
		return fail(r, r->lines.number, "%s must be from %s to %s bytes, not '%s'", key->name,
			    workload_bytes(low, sizeof(low), key->min),
			    workload_bytes(high, sizeof(high), key->max), value);
	return true;
}

static bool parse_threads(struct reader *r, const struct key *key, const char *value)
{
	char *end;
	unsigned long n = strtoul(value, &end, 10);

	if (!isdigit((unsigned char)*value) || *end || n < key->min || n > key->max)
		return fail(r, r->lines.number, "%s must be a number from %u to %u, not '%s'", key->name,
			    (unsigned)key->min, (unsigned)key->max, value);
	r->w->threads = (unsigned)n;
	return true;
}

static bool parse_cold(struct reader *r, const struct key *key, const char *value)
{
	struct workload *w = r->w;
	char words[256], *save = NULL;

	snprintf(words, sizeof(words), "%s", value);
	for (char *word = strtok_r(words, " \t,", &save); word;
	     word = strtok_r(NULL, " \t,", &save)) {
		char *end;
		double fraction = text_number(word, &end);
		const char *point = strchr(word, '.');

		if (*end || !(fraction <= 1) ||
		    (point && strlen(point + 1) > WORKLOAD_COLD_DECIMALS))
			return fail(r, r->lines.number, "%s must be one or more numbers from 0 to 1 with at most %d "
				    "decimals, not '%s'", key->name, WORKLOAD_COLD_DECIMALS, word);
		for (unsigned i = 0; i < w->n_cold; i++)
			if (fabs(w->cold[i] - fraction) < 1e-9)
				return fail(r, r->lines.number, "%s has %s twice", key->name, word);
		if (w->n_cold == JOB_COLD_MAX)
			return fail(r, r->lines.number, "%s has more than %d numbers", key->name,
				    JOB_COLD_MAX);
		w->cold[w->n_cold++] = fraction;
	}
	if (!w->n_cold)
		return fail(r, r->lines.number, "%s has no number", key->name);
	return true;
}

#define FIELD(f) offsetof(struct workload, f)

static const struct key keys[] = {
	[KEY_SUMMARY] = { "summary", parse_text, FIELD(summary), 0, WORKLOAD_SUMMARY_MAX,
			  "a line that 'faultbench list' shows" },
	[KEY_OP] = { "op", parse_op, 0, 0, 0, "write, pwrite, writev or read" },
	[KEY_SOURCE] = { "source", parse_source, 0, 0, 0, NULL },
	[KEY_DESTINATION] = { "destination", parse_source, 0, 0, 0, NULL },
	[KEY_LAYOUT] = { "layout", parse_layouts, 0, 0, 0, NULL },
	[KEY_BLOCK_SIZE] = { "block_size", parse_size, FIELD(block_size), 1, JOB_BLOCK_MAX,
			     "bytes that a call writes or reads" },
	[KEY_SEGMENT_SIZE] = { "segment_size", parse_size, FIELD(segment_size), 1, JOB_BLOCK_MAX,
			       NULL },
	[KEY_FILE_SIZE] = { "file_size", parse_size, FIELD(file_size), 1, JOB_FILE_MAX,
			    "bytes of the file" },
	[KEY_FILL_SIZE] = { "fill_size", parse_size, FIELD(fill_size), 1, JOB_FILL_MAX, NULL },
	[KEY_SOURCE_OFFSET] = { "source_offset", parse_size, FIELD(source_offset), 0,
				WORKLOAD_OFFSET_MAX, NULL },
	[KEY_DIRECT] = { "direct", parse_bool, FIELD(direct), 0, 0, NULL },
	[KEY_DSYNC] = { "dsync", parse_bool, FIELD(dsync), 0, 0, NULL },
	[KEY_THREADS] = { "threads", parse_threads, 0, 1, JOB_THREADS_MAX, NULL },
	[KEY_SHARED] = { "shared", parse_bool, FIELD(shared), 0, 0, NULL },
	[KEY_COLD_FRACTION] = { "cold_fraction", parse_cold, 0, 0, 0, NULL },
};

/* fgets() for inih; it ends at the first error. */
static char *read_line(char *line, int size, void *arg)
{
	static const char section[] = "[workload]";
	struct reader *r = arg;
	struct reason why = { "" };

	if (r->failed)
		return NULL;
	line = lines_next(&r->lines, line, size, &why);
	if (why.text[0])
		fail(r, r->lines.number, "%s", why.text);
	else if (line && line[0] == '[' && strncmp(line, section, strlen(section)))
		fail(r, r->lines.number, "the only section is [workload], not '%.*s'",
		     (int)strcspn(line, "\n"), line);
	return r->failed ? NULL : line;
}

static const char *key_name(size_t i)
{
	return i < N_KEYS ? keys[i].name : NULL;
}

static const struct table key_table = {
	.what = "key", .where = "faultbench-workload(5)", .name = key_name,
};

static int handle_key(void *user, const char *section, const char *name, const char *value)
{
	struct reader *r = user;
	struct reason why;
	ssize_t i;

	if (strcmp(section, "workload"))
		return fail(r, r->lines.number, "'%.60s' comes before the section; begin with [workload]", name);
	i = table_choose(&key_table, name, &why);
	if (i < 0)
		return fail(r, r->lines.number, "%s", why.text);
	if (r->set[i])
		return fail(r, r->lines.number, "%s is already given in line %u", name, r->set[i]);
	r->set[i] = r->lines.number;
	if (!*value)
		return fail(r, r->lines.number, "%s has no value", name);
	return keys[i].parse(r, &keys[i], value);
}

/* The memory: which one this op may use, and whether it may be cold. */
static bool check_memory(struct reader *r)
{
	struct workload *w = r->w;
	bool read = operations[w->op].reads;
	enum key_id good = read ? KEY_DESTINATION : KEY_SOURCE;
	enum key_id bad = read ? KEY_SOURCE : KEY_DESTINATION;
	const struct source_ops *memory;

	if (r->set[bad])
		return fail(r, r->set[bad], "op = %s needs the key %s, not %s", op_names[w->op], keys[good].name,
			    keys[bad].name);
	if (!r->set[good])
		return fail(r, 0, "no %s given; add '%s = ...', the memory that is %s", keys[good].name, keys[good].name,
			    read ? "read into" : "written from");
	memory = source_find(w->source);
	if (memory->follows_file && w->source_offset)
		return fail(r, r->set[KEY_SOURCE_OFFSET], "source = %s is a mapping of the file; "
			    "source_offset is for the others", w->source);
	if (!r->set[KEY_COLD_FRACTION]) {
		w->cold[w->n_cold++] = memory->default_cold;
		return true;
	}
	for (unsigned i = 0; i < w->n_cold; i++)
		if (w->cold[i] > 0 && !memory->may_be_cold)
			return fail(r, r->set[KEY_COLD_FRACTION], "%s has no cold pages; anon-cold, "
				    "file-cached, file-cold%s and huge do", w->source, read ? "" : ", self");
	return true;
}

static bool check_layout(struct reader *r)
{
	struct workload *w = r->w;
	bool overwrite_only = w->n_layouts == 1 && w->layouts[0] == LAYOUT_OVERWRITE;

	if (operations[w->op].reads) {
		/* The file exists and is cached, as for overwrite. */
		if (!w->n_layouts)
			w->layouts[w->n_layouts++] = LAYOUT_OVERWRITE;
		else if (!overwrite_only)
			return fail(r, r->set[KEY_LAYOUT], "op = read reads an existing file: "
				    "layout = overwrite, or none");
		return true;
	}
	if (!w->n_layouts)
		return fail(r, 0, "no layout given: fresh, extend or overwrite, or several");
	if (source_find(w->source)->follows_file && !overwrite_only)
		return fail(r, r->set[KEY_LAYOUT], "source = %s maps the file that is written, "
			    "so the file must exist: layout = overwrite", w->source);
	/* A thread that truncates the file would cut off what the others write. */
	if (w->shared && !overwrite_only)
		return fail(r, r->set[KEY_LAYOUT], "shared = yes gives each thread a part of an "
			    "existing file: layout = overwrite");
	return true;
}

static bool check_sizes(struct reader *r)
{
	struct workload *w = r->w;
	bool writev = w->op == OP_WRITEV;

	if (w->shared && w->threads < 2)
		return fail(r, r->set[KEY_SHARED], "shared = yes needs threads = 2 or more");
	if (w->block_size > w->file_size / (w->shared ? w->threads : 1))
		return fail(r, r->set[KEY_FILE_SIZE], "file_size is smaller than block_size%s",
			    w->shared ? " * threads" : "");
	if (writev && !w->segment_size)
		return fail(r, r->set[KEY_OP], "op = writev needs a segment_size");
	if (writev && source_find(w->source)->one_block)
		return fail(r, r->set[KEY_SOURCE], "source = %s is one block that read() fills: "
			    "op = write, or another source", w->source);
	if (!writev && w->segment_size)
		return fail(r, r->set[KEY_SEGMENT_SIZE], "segment_size is for op = writev, not %s",
			    op_names[w->op]);
	if (w->segment_size > w->block_size)
		return fail(r, r->set[KEY_SEGMENT_SIZE], "segment_size is more than block_size");
	if (writev && (w->block_size - 1) / w->segment_size >= WORKLOAD_SEGMENTS_MAX)
		return fail(r, r->set[KEY_SEGMENT_SIZE], "a block has %llu segments, and writev() "
			    "takes %d; a larger segment_size or a smaller block_size",
			    (unsigned long long)((w->block_size - 1) / w->segment_size + 1),
			    WORKLOAD_SEGMENTS_MAX);
	if (!w->direct)
		return true;
	if (w->block_size % DIRECT_BLOCK)
		return fail(r, r->set[KEY_BLOCK_SIZE], "direct = yes needs a block_size that is a "
			    "multiple of %d", DIRECT_BLOCK);
	if (w->segment_size % DIRECT_MEMORY)
		return fail(r, r->set[KEY_SEGMENT_SIZE], "direct = yes needs a segment_size that "
			    "is a multiple of %d", DIRECT_MEMORY);
	if (w->source_offset % DIRECT_MEMORY)
		return fail(r, r->set[KEY_SOURCE_OFFSET], "direct = yes needs a source_offset that "
			    "is a multiple of %d", DIRECT_MEMORY);
	if (w->fill_size % DIRECT_BLOCK)
		return fail(r, r->set[KEY_FILL_SIZE], "direct = yes needs a fill_size that is a multiple of %d",
			    DIRECT_BLOCK);
	return true;
}

/* How the file that exists was written before it is overwritten or read. */
static bool check_fill(struct reader *r)
{
	struct workload *w = r->w;
	bool exists = false;

	for (unsigned i = 0; i < w->n_layouts; i++)
		exists |= w->layouts[i] == LAYOUT_OVERWRITE;
	if (!exists && w->fill_size)
		return fail(r, r->set[KEY_FILL_SIZE], "fill_size is for layout = overwrite, whose file exists");
	if (exists && !w->fill_size)
		w->fill_size = JOB_FILL_DEFAULT;
	return true;
}

static bool check(struct reader *r)
{
	for (size_t i = 0; i < N_KEYS; i++)
		if (keys[i].required && !r->set[i])
			return fail(r, 0, "no %s given; add '%s = ...', %s", keys[i].name, keys[i].name, keys[i].required);
	return check_memory(r) && check_layout(r) && check_fill(r) && check_sizes(r);
}

/* The name of the file is the name of the workload in jobs, results and cell names. */
static bool take_name(struct reader *r)
{
	static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-";
	size_t len;
	const char *name = name_of_file(r->path, &len);

	if (!len || len >= WORKLOAD_NAME_MAX || strspn(name, good) < len)
		return fail(r, 0, "a workload's file name must be 1 to %d letters, digits and ._+-",
			    WORKLOAD_NAME_MAX - 1);
	snprintf(r->w->name, sizeof(r->w->name), "%.*s", (int)len, name);
	return true;
}

static int read_all(struct reader *r)
{
	int bad_line;

	memset(r->w, 0, sizeof(*r->w));
	r->w->threads = 1;
	if (!r->translated && !take_name(r))
		return -EINVAL;
	bad_line = ini_parse_stream(read_line, r, handle_key, r);
	/* inih calls no handler for a line that is neither key nor section. */
	if (bad_line && (!r->failed || (bad_line > 0 && (unsigned)bad_line < r->failed_line)))
		fail(r, bad_line > 0 ? (unsigned)bad_line : 0, "must be [workload], 'key = value' or a comment");
	if (!r->failed)
		check(r);
	return r->failed ? -EINVAL : 0;
}

int workload_read(FILE *in, const char *path, struct workload *w, struct reason *error)
{
	return read_all(&(struct reader){ .lines = { .in = in }, .path = path, .w = w, .error = error });
}

int workload_read_translated(FILE *in, const char *path, struct workload *w, struct reason *error)
{
	return read_all(&(struct reader){ .lines = { .in = in }, .path = path, .translated = true, .w = w, .error = error });
}
