// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads workload files.
 *
 * A file is taken as hostile: its length, its lines and every value are
 * bounded, and whatever does not fit is an error with file and line. What
 * this machine can do of a workload is not decided here; the tables of
 * measure/ know that.
 *
 * Debian's inih is built without line numbers for its handler, so the lines
 * are counted in the reader that is handed to it.
 */
#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "measure/measure.h"
#include "workload/workload.h"

enum {
	WORKLOAD_FILE_MAX = 64 << 10,	/* bytes; the longest of ours has 1 KiB */
	WORKLOAD_OFFSET_MAX = 65535,	/* the largest page of arm64, less one */
	WORKLOAD_SEGMENTS_MAX = 1024,	/* IOV_MAX of Linux */
	DIRECT_BLOCK = 4096,		/* largest logical block of our RAM devices */
	DIRECT_MEMORY = 512,		/* usual alignment of the memory of direct I/O */
	NAMES_MAX = 32,			/* of a table: sources, operations, layouts */
};

/* The keys, in the order of the man page. */
enum key_id {
	KEY_SUMMARY, KEY_OP, KEY_SOURCE, KEY_DESTINATION, KEY_LAYOUT, KEY_BLOCK_SIZE,
	KEY_SEGMENT_SIZE, KEY_FILE_SIZE, KEY_SOURCE_OFFSET, KEY_DIRECT, KEY_THREADS, KEY_SHARED,
	KEY_COLD_FRACTION, N_KEYS,
};

struct reader {
	FILE *in;
	const char *path;
	struct workload *w;
	unsigned line;		/* that the reader has handed out last */
	size_t bytes;
	unsigned set[N_KEYS];	/* line of each key; 0: not given */
	char *error;
	size_t error_size;
	bool failed;		/* @error holds the first error; the rest is skipped */
	unsigned failed_line;
};

struct key {
	const char *name;
	bool (*parse)(struct reader *r, const struct key *key, const char *value);
	size_t offset;			/* in struct workload */
	uint64_t min, max;		/* of a size or number */
	const char *required;		/* what a file without it is told; NULL: optional */
};

/* Set the first error of a file. @line is 0 where no line is to blame. Always false. */
static bool __attribute__((format(printf, 3, 4)))
fail(struct reader *r, unsigned line, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (r->failed)
		return false;
	r->failed = true;
	r->failed_line = line;
	if (line)
		n = snprintf(r->error, r->error_size, "%s:%u: ", r->path, line);
	else
		n = snprintf(r->error, r->error_size, "%s: ", r->path);
	if (n < 0 || (size_t)n >= r->error_size)
		return false;
	va_start(ap, fmt);
	vsnprintf(r->error + n, r->error_size - (size_t)n, fmt, ap);
	va_end(ap);
	return false;
}

static bool fail_word(struct reader *r, const char *what, const char *value,
		      const char *const *names)
{
	char all[256], near[128];

	return fail(r, r->line, "%s is %s, not '%s'%s", what, words_enumerate(all, sizeof(all), names),
		    value, words_suggest(near, sizeof(near), value, names));
}

static const char *find_word(const char *const *names, const char *value)
{
	for (; *names; names++)
		if (!strcmp(*names, value))
			return *names;
	return NULL;
}

static bool parse_text(struct reader *r, const struct key *key, const char *value)
{
	char *field = (char *)r->w + key->offset;

	if (strlen(value) >= key->max)
		return fail(r, r->line, "%s is longer than %u characters", key->name,
			    (unsigned)key->max - 1);
	/* inih takes it for text only where no blank stands before it. */
	if (*value == ';')
		return fail(r, r->line, "%s begins with ';', which begins a comment", key->name);
	for (const char *c = value; *c; c++)
		if (!isprint((unsigned char)*c))
			return fail(r, r->line, "%s has a byte that is not printable ASCII",
				    key->name);
	snprintf(field, key->max, "%s", value);
	return true;
}

static bool parse_op(struct reader *r, const struct key *key, const char *value)
{
	const char *names[NAMES_MAX + 1] = { NULL };

	for (size_t i = 0; operations[i].name && i < NAMES_MAX; i++)
		names[i] = operations[i].name;
	if (!find_word(names, value))
		return fail_word(r, key->name, value, names);
	snprintf(r->w->op, sizeof(r->w->op), "%s", value);
	return true;
}

static bool parse_bool(struct reader *r, const struct key *key, const char *value)
{
	static const char *const names[] = { "yes", "no", NULL };
	bool *field = (bool *)(void *)((char *)r->w + key->offset);

	if (!find_word(names, value))
		return fail_word(r, key->name, value, names);
	*field = !strcmp(value, "yes");
	return true;
}

static bool parse_source(struct reader *r, const struct key *key, const char *value)
{
	bool into = !strcmp(key->name, "destination");
	const char *names[NAMES_MAX + 1];
	size_t n = 0;

	for (const struct source_ops *s = sources; s->name && n < NAMES_MAX; s++)
		if (!into || s->destination)
			names[n++] = s->name;
	names[n] = NULL;
	if (!find_word(names, value))
		return fail_word(r, key->name, value, names);
	snprintf(r->w->source, sizeof(r->w->source), "%s", value);
	return true;
}

static bool parse_layouts(struct reader *r, const struct key *key, const char *value)
{
	struct workload *w = r->w;
	const char *names[NAMES_MAX + 1] = { NULL };
	char words[256], *save = NULL;

	for (size_t i = 0; layouts[i].name && i < NAMES_MAX; i++)
		names[i] = layouts[i].name;
	snprintf(words, sizeof(words), "%s", value);
	for (char *word = strtok_r(words, " \t,", &save); word;
	     word = strtok_r(NULL, " \t,", &save)) {
		if (!find_word(names, word))
			return fail_word(r, key->name, word, names);
		for (unsigned i = 0; i < w->n_layouts; i++)
			if (!strcmp(w->layouts[i], word))
				return fail(r, r->line, "%s names %s twice", key->name, word);
		if (w->n_layouts == WORKLOAD_LAYOUTS_MAX)
			return fail(r, r->line, "%s names more than %d", key->name, WORKLOAD_LAYOUTS_MAX);
		snprintf(w->layouts[w->n_layouts++], JOB_NAME_MAX, "%s", word);
	}
	if (!w->n_layouts)
		return fail(r, r->line, "%s names none", key->name);
	return true;
}

/* Digits, and one of K, M and G behind them. Returns false when @text is something else. */
static bool parse_bytes(const char *text, uint64_t *bytes)
{
	unsigned long long n;
	unsigned shift = 0;
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	/* ULLONG_MAX when it is more than that, which no key takes. */
	n = strtoull(text, &end, 10);
	switch (toupper((unsigned char)*end)) {
	case 'G':
		shift += 10;
		__attribute__((fallthrough));
	case 'M':
		shift += 10;
		__attribute__((fallthrough));
	case 'K':
		shift += 10;
		end++;
	}
	if (*end)
		return false;
	*bytes = n > UINT64_MAX >> shift ? UINT64_MAX : (uint64_t)n << shift;
	return true;
}

static bool parse_size(struct reader *r, const struct key *key, const char *value)
{
	uint64_t *field = (uint64_t *)(void *)((char *)r->w + key->offset);
	char low[32], high[32];

	if (!parse_bytes(value, field))
		return fail(r, r->line, "%s is bytes, or a number with K, M or G behind it, "
			    "not '%s'", key->name, value);
	if (*field < key->min || *field > key->max)
		return fail(r, r->line, "%s is from %s to %s bytes, not '%s'", key->name,
			    workload_bytes(low, sizeof(low), key->min),
			    workload_bytes(high, sizeof(high), key->max), value);
	return true;
}

static bool parse_threads(struct reader *r, const struct key *key, const char *value)
{
	uint64_t n;

	if (!isdigit((unsigned char)value[strlen(value) - 1]) || !parse_bytes(value, &n) ||
	    n < key->min || n > key->max)
		return fail(r, r->line, "%s is a number from %u to %u, not '%s'", key->name,
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
		double fraction = strtod(word, &end);
		const char *point = strchr(word, '.');

		/* strtod() also takes signs, exponents, hex, nan and inf. */
		if (*end || word[strspn(word, "0123456789.")] || !(fraction <= 1) ||
		    (point && strlen(point + 1) > WORKLOAD_COLD_DECIMALS))
			return fail(r, r->line, "%s is a number from 0 to 1 with at most %d "
				    "decimals, or several, not '%s'", key->name, WORKLOAD_COLD_DECIMALS, word);
		for (unsigned i = 0; i < w->n_cold; i++)
			if (fabs(w->cold[i] - fraction) < 1e-9)
				return fail(r, r->line, "%s has %s twice", key->name, word);
		if (w->n_cold == WORKLOAD_COLD_MAX)
			return fail(r, r->line, "%s has more than %d numbers", key->name,
				    WORKLOAD_COLD_MAX);
		w->cold[w->n_cold++] = fraction;
	}
	if (!w->n_cold)
		return fail(r, r->line, "%s has no number", key->name);
	return true;
}

#define FIELD(f) offsetof(struct workload, f)

static const struct key keys[N_KEYS] = {
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
	[KEY_SOURCE_OFFSET] = { "source_offset", parse_size, FIELD(source_offset), 0,
				WORKLOAD_OFFSET_MAX, NULL },
	[KEY_DIRECT] = { "direct", parse_bool, FIELD(direct), 0, 0, NULL },
	[KEY_THREADS] = { "threads", parse_threads, 0, 1, JOB_THREADS_MAX, NULL },
	[KEY_SHARED] = { "shared", parse_bool, FIELD(shared), 0, 0, NULL },
	[KEY_COLD_FRACTION] = { "cold_fraction", parse_cold, 0, 0, 0, NULL },
};

/*
 * fgets() for inih: counts lines, drops indentation (inih would take an
 * indented line for a continuation of the one above) and ends the input at
 * the first thing that no text file has.
 */
static char *read_line(char *line, int size, void *arg)
{
	static const char section[] = "[workload]";
	struct reader *r = arg;
	int n = 0, c;

	if (r->failed)
		return NULL;
	r->line++;
	while ((c = getc(r->in)) != EOF && c != '\n') {
		if (++r->bytes > WORKLOAD_FILE_MAX) {
			fail(r, r->line, "longer than %d bytes; this is no workload file",
			     WORKLOAD_FILE_MAX);
			return NULL;
		}
		if (!c) {
			fail(r, r->line, "a zero byte; this is no workload file");
			return NULL;
		}
		if (!n && (c == ' ' || c == '\t'))
			continue;
		/* inih wants room for "\r\n" besides. */
		if (n + 3 >= size) {
			fail(r, r->line, "longer than %d characters", size - 3);
			return NULL;
		}
		line[n++] = (char)c;
	}
	if (c == EOF && ferror(r->in)) {
		fail(r, 0, "%s", strerror(errno));
		return NULL;
	}
	if (c == EOF && !n)
		return NULL;
	line[n] = '\0';
	if (line[0] == '[' && strncmp(line, section, strlen(section))) {
		fail(r, r->line, "the one section is [workload], not '%.60s'", line);
		return NULL;
	}
	line[n++] = '\n';
	line[n] = '\0';
	return line;
}

static int handle_key(void *user, const char *section, const char *name, const char *value)
{
	struct reader *r = user;
	const char *names[N_KEYS + 1] = { NULL };

	if (r->failed)
		return 0;
	if (strcmp(section, "workload"))
		return fail(r, r->line, "'%.60s' stands before the section; begin with [workload]",
			    name);
	for (size_t i = 0; i < N_KEYS; i++) {
		if (strcmp(keys[i].name, name)) {
			names[i] = keys[i].name;
			continue;
		}
		if (r->set[i])
			return fail(r, r->line, "%s was given already, in line %u", name,
				    r->set[i]);
		r->set[i] = r->line;
		if (!*value)
			return fail(r, r->line, "%s has no value", name);
		return keys[i].parse(r, &keys[i], value);
	}
	{
		char near[128];

		words_suggest(near, sizeof(near), name, names);
		return fail(r, r->line, "unknown key '%.60s'%s", name,
			    *near ? near : "; faultbench-workload(5) has them all");
	}
}

/* The memory: what it may be for this op, and whether it may be cold. */
static bool check_memory(struct reader *r)
{
	struct workload *w = r->w;
	bool read = !strcmp(w->op, "read");
	enum key_id good = read ? KEY_DESTINATION : KEY_SOURCE;
	enum key_id bad = read ? KEY_SOURCE : KEY_DESTINATION;
	const struct source_ops *memory;

	if (r->set[bad])
		return fail(r, r->set[bad], "op = %s takes %s, not %s", w->op, keys[good].name,
			    keys[bad].name);
	if (!r->set[good])
		return fail(r, 0, "no %s given: the memory that is %s", keys[good].name,
			    read ? "read into" : "written from");
	memory = source_find(w->source);
	if (memory->follows_file && w->source_offset)
		return fail(r, r->set[KEY_SOURCE_OFFSET], "source = %s lies where the file lies; "
			    "source_offset is for the others", w->source);
	if (!r->set[KEY_COLD_FRACTION]) {
		w->cold[w->n_cold++] = memory->default_cold;
		return true;
	}
	for (unsigned i = 0; i < w->n_cold; i++)
		if (w->cold[i] > 0 && !memory->may_be_cold)
			return fail(r, r->set[KEY_COLD_FRACTION], "%s has no cold pages; "
				    "anon-cold, file-cached%s have", w->source,
				    read ? " and file-cold" : ", file-cold and self");
	return true;
}

static bool check_layout(struct reader *r)
{
	struct workload *w = r->w;
	bool overwrite_only = w->n_layouts == 1 && !strcmp(w->layouts[0], "overwrite");

	if (!strcmp(w->op, "read")) {
		/* The file is there and cached, which is what overwrite starts from. */
		if (!w->n_layouts)
			snprintf(w->layouts[w->n_layouts++], JOB_NAME_MAX, "overwrite");
		else if (!overwrite_only)
			return fail(r, r->set[KEY_LAYOUT], "op = read reads a file that is there: "
				    "layout = overwrite, or none");
		return true;
	}
	if (!w->n_layouts)
		return fail(r, 0, "no layout given: fresh, extend or overwrite, or several");
	if (source_find(w->source)->follows_file && !overwrite_only)
		return fail(r, r->set[KEY_LAYOUT], "source = %s maps the file that is written, "
			    "so it must be there: layout = overwrite", w->source);
	/* A thread that starts its file anew would cut off what the others write. */
	if (w->shared && !overwrite_only)
		return fail(r, r->set[KEY_LAYOUT], "shared = yes gives each thread a part of a file "
			    "that is there: layout = overwrite");
	return true;
}

static bool check_sizes(struct reader *r)
{
	struct workload *w = r->w;
	bool writev = !strcmp(w->op, "writev");

	if (w->shared && w->threads < 2)
		return fail(r, r->set[KEY_SHARED], "shared = yes needs threads = 2 or more");
	if (w->block_size > w->file_size / (w->shared ? w->threads : 1))
		return fail(r, r->set[KEY_FILE_SIZE], "file_size is less than one block_size%s",
			    w->shared ? " a thread" : "");
	if (writev && !w->segment_size)
		return fail(r, r->set[KEY_OP], "op = writev needs a segment_size");
	if (writev && source_find(w->source)->one_block)
		return fail(r, r->set[KEY_SOURCE], "source = %s is one block that read() fills: "
			    "op = write, or another source", w->source);
	if (!writev && w->segment_size)
		return fail(r, r->set[KEY_SEGMENT_SIZE], "segment_size is for op = writev, not %s",
			    w->op);
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
	return true;
}

static bool check(struct reader *r)
{
	for (size_t i = 0; i < N_KEYS; i++)
		if (keys[i].required && !r->set[i])
			return fail(r, 0, "no %s given: %s", keys[i].name, keys[i].required);
	return check_memory(r) && check_layout(r) && check_sizes(r);
}

/* File name without directory and ".ini"; it goes into jobs, results and cell names. */
static bool take_name(struct reader *r)
{
	static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-";
	const char *slash = strrchr(r->path, '/');
	const char *base = slash ? slash + 1 : r->path;
	size_t len = strlen(base);

	if (len > 4 && !strcmp(base + len - 4, ".ini"))
		len -= 4;
	if (!len || len >= WORKLOAD_NAME_MAX || strspn(base, good) < len)
		return fail(r, 0, "a workload's file name is 1 to %d letters, digits and ._+-",
			    WORKLOAD_NAME_MAX - 1);
	snprintf(r->w->name, sizeof(r->w->name), "%.*s", (int)len, base);
	return true;
}

int workload_read(FILE *in, const char *path, struct workload *w, char *error, size_t size)
{
	struct reader r = {
		.in = in, .path = path, .w = w, .error = error, .error_size = size,
	};
	int bad_line;

	memset(w, 0, sizeof(*w));
	w->threads = 1;
	if (!take_name(&r))
		return -EINVAL;
	bad_line = ini_parse_stream(read_line, &r, handle_key, &r);
	/* A line that is neither key nor section has no handler to complain. */
	if (bad_line && (!r.failed || (bad_line > 0 && (unsigned)bad_line < r.failed_line))) {
		r.failed = false;
		fail(&r, bad_line > 0 ? (unsigned)bad_line : 0, "neither 'key = value' nor [workload]");
	}
	if (!r.failed)
		check(&r);
	return r.failed ? -EINVAL : 0;
}
