// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reader of result files. It checks form, type and range of every field;
 * what the figures say is for cells.c. Unknown keys are passed over, so that
 * a later writer may add some without a new schema.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "format/results.h"
#include "format/results_parts.h"

enum field_type {
	FIELD_NAME,	/* char[JOB_NAME_MAX] */
	FIELD_TEXT,	/* char *, null is NULL */
	FIELD_WHOLE,	/* uint64_t */
	FIELD_REAL,	/* double, null is NAN */
	FIELD_JUDGED,	/* enum results_judged, null is not judged */
};

struct field {
	const char *key;
	enum field_type type;
	size_t offset;
	bool required;
	double min, max;	/* of a number */
};

/* Above it doubles do not hold every whole number; no count comes near it. */
#define WHOLE_MAX 0x1p53
#define PAGE_MIN 512
#define PAGE_MAX (1 << 20)
#define SLOT_MAX 1e15		/* eleven days in ns */

#define RUN(name, type, required, min, max) \
	{ #name, type, offsetof(struct results_run, name), required, min, max }
static const struct field run_fields[] = {
	RUN(seed, FIELD_WHOLE, true, 0, WHOLE_MAX),
	RUN(place, FIELD_NAME, true, 0, 0),
	RUN(arch, FIELD_NAME, true, 0, 0),
	RUN(page_size, FIELD_WHOLE, true, PAGE_MIN, PAGE_MAX),
	RUN(kernel, FIELD_TEXT, true, 0, 0),
	RUN(command, FIELD_TEXT, false, 0, 0),
	RUN(cmdline, FIELD_TEXT, false, 0, 0),
	RUN(config_hash, FIELD_TEXT, false, 0, 0),
	RUN(image_hash, FIELD_TEXT, false, 0, 0),
	RUN(emulator, FIELD_TEXT, false, 0, 0),
	RUN(cpu, FIELD_TEXT, false, 0, 0),
	RUN(mitigations, FIELD_TEXT, false, 0, 0),
	RUN(thp, FIELD_TEXT, false, 0, 0),
	RUN(governor, FIELD_TEXT, false, 0, 0),
	RUN(clock, FIELD_TEXT, false, 0, 0),
	RUN(started, FIELD_TEXT, false, 0, 0),
	RUN(cpus, FIELD_REAL, false, 0, WHOLE_MAX),
	RUN(memory_bytes, FIELD_REAL, false, 0, WHOLE_MAX),
	{ NULL, 0, 0, false, 0, 0 },
};

#define CELL(name, type, required, min, max) \
	{ #name, type, offsetof(struct results_cell, name), required, min, max }
static const struct field cell_fields[] = {
	CELL(workload, FIELD_NAME, true, 0, 0),
	CELL(target, FIELD_NAME, true, 0, 0),
	CELL(layout, FIELD_NAME, true, 0, 0),
	CELL(device, FIELD_NAME, true, 0, 0),
	CELL(place, FIELD_NAME, true, 0, 0),
	CELL(arch, FIELD_NAME, true, 0, 0),
	CELL(backend, FIELD_NAME, true, 0, 0),
	CELL(source, FIELD_NAME, true, 0, 0),
	CELL(strategy, FIELD_NAME, true, 0, 0),
	CELL(baseline, FIELD_NAME, true, 0, 0),
	CELL(tier, FIELD_NAME, true, 0, 0),
	CELL(unit, FIELD_NAME, true, 0, 0),
	CELL(page_size, FIELD_WHOLE, true, PAGE_MIN, PAGE_MAX),
	CELL(block_size, FIELD_WHOLE, true, 1, (double)JOB_BLOCK_MAX),
	CELL(threads, FIELD_WHOLE, true, 1, JOB_THREADS_MAX),
	CELL(seed, FIELD_WHOLE, true, 0, WHOLE_MAX),
	CELL(cold_fraction, FIELD_REAL, true, 0, 1),
	CELL(steady, FIELD_JUDGED, true, 0, 0),
	CELL(verified, FIELD_JUDGED, true, 0, 0),
	CELL(writes_per_slot, FIELD_WHOLE, true, 0, WHOLE_MAX),
	CELL(bytes_per_slot, FIELD_WHOLE, true, 0, WHOLE_MAX),
	CELL(rounds, FIELD_WHOLE, true, 0, RESULTS_VALUES_MAX),
	CELL(involuntary_switches, FIELD_REAL, false, 0, WHOLE_MAX),
	CELL(steal_ms, FIELD_REAL, false, 0, WHOLE_MAX),
	{ NULL, 0, 0, false, 0, 0 },
};

#define COUNT(name) \
	{ #name, FIELD_REAL, offsetof(struct results_counts, name), false, 0, WHOLE_MAX }
static const struct field count_fields[] = {
	COUNT(pages), COUNT(writes), COUNT(minor_faults), COUNT(major_faults),
	COUNT(exceptions_kernel), COUNT(exceptions_user), COUNT(context_switches),
	COUNT(instructions), COUNT(cycles), COUNT(short_copies), COUNT(retries),
	COUNT(fault_ins), COUNT(copy_exceptions),
	{ NULL, 0, 0, false, 0, 0 },
};

#define FAILURE(name, type) \
	{ #name, type, offsetof(struct results_failure, name), true, 0, 0 }
static const struct field failure_fields[] = {
	FAILURE(workload, FIELD_NAME), FAILURE(target, FIELD_NAME),
	FAILURE(layout, FIELD_NAME), FAILURE(device, FIELD_NAME),
	FAILURE(place, FIELD_NAME), FAILURE(strategy, FIELD_NAME),
	FAILURE(reason, FIELD_TEXT),
	{ NULL, 0, 0, false, 0, 0 },
};

int results_refuse(struct why *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* A copy of @text, printable; NULL without memory. */
static char *printable(const char *text)
{
	size_t size = 4 * strlen(text) + 5;	/* say_escape() wants room for one more */
	char *out = malloc(size), *fit;

	if (!out)
		return NULL;
	say_escape(out, size, text);
	fit = realloc(out, strlen(out) + 1);
	return fit ? fit : out;
}

static int read_text(const json_t *value, const char *key, char **out, struct why *why)
{
	if (!json_is_string(value) || json_string_length(value) > RESULTS_TEXT_MAX)
		return results_refuse(why, "\"%s\" must be text of at most %d bytes", key,
				      RESULTS_TEXT_MAX);
	*out = printable(json_string_value(value));
	return *out ? 0 : -ENOMEM;
}

static int read_field(const json_t *line, const struct field *f, void *base, struct why *why)
{
	const json_t *value = json_object_get(line, f->key);
	void *at = (char *)base + f->offset;

	if (!value && f->required)
		return results_refuse(why, "\"%s\" is missing", f->key);
	switch (f->type) {
	case FIELD_NAME:
		if (!json_is_string(value) || !job_name_ok(json_string_value(value)))
			return results_refuse(why, "\"%s\" must be a name: at most %d of A-Z a-z 0-9 ._:@/#+-",
					      f->key, JOB_NAME_MAX - 1);
		strcpy(at, json_string_value(value));
		return 0;
	case FIELD_TEXT:
		if (!value || (json_is_null(value) && !f->required))
			return 0;
		return read_text(value, f->key, at, why);
	case FIELD_WHOLE:
		if (!json_is_integer(value) || json_integer_value(value) < (json_int_t)f->min ||
		    json_integer_value(value) > (json_int_t)f->max)
			return results_refuse(why, "\"%s\" must be a whole number from %.0f to %.0f",
					      f->key, f->min, f->max);
		*(uint64_t *)at = (uint64_t)json_integer_value(value);
		return 0;
	case FIELD_REAL:
		if (!f->required && (!value || json_is_null(value))) {
			*(double *)at = NAN;
			return 0;
		}
		if (!json_is_number(value) || !(json_number_value(value) >= f->min) ||
		    !(json_number_value(value) <= f->max))
			return results_refuse(why, "\"%s\" must be a number from %.0f to %.0f",
					      f->key, f->min, f->max);
		*(double *)at = json_number_value(value);
		return 0;
	case FIELD_JUDGED:
		if (!json_is_boolean(value) && !json_is_null(value))
			return results_refuse(why, "\"%s\" must be true, false or null", f->key);
		*(enum results_judged *)at = json_is_null(value) ? RESULTS_NOT_JUDGED :
					     json_is_true(value) ? RESULTS_YES : RESULTS_NO;
		return 0;
	}
	return -EINVAL;
}

static int read_fields(const json_t *line, const struct field *f, void *base, struct why *why)
{
	int err = 0;

	for (; f->key && !err; f++)
		err = read_field(line, f, base, why);
	return err;
}

static int read_slots(const json_t *line, struct results_cell *cell, struct why *why)
{
	const json_t *slots = json_object_get(line, "slots");
	const json_t *order = json_object_get(line, "order");
	size_t n = 2 * (size_t)cell->rounds;

	if (!json_is_array(slots) || !json_is_array(order) ||
	    json_array_size(slots) != n || json_array_size(order) != n)
		return results_refuse(why, "\"slots\" and \"order\" must be arrays of two values a round");
	if (n == 0)
		return 0;
	if (cell->writes_per_slot == 0 || cell->bytes_per_slot == 0)
		return results_refuse(why, "a cell with rounds cannot have slots of 0 bytes or writes");
	cell->slots = malloc(n * sizeof(*cell->slots));
	if (!cell->slots)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const json_t *slot = json_array_get(slots, i), *place = json_array_get(order, i);

		if (!json_is_integer(slot) || json_integer_value(slot) < 1 ||
		    json_integer_value(slot) > (json_int_t)SLOT_MAX)
			return results_refuse(why, "\"slots\"[%zu] must be a whole number from 1 to %.0f",
					      i, SLOT_MAX);
		if (!json_is_integer(place) || json_integer_value(place) < 0 ||
		    json_integer_value(place) >= 2 * JOB_ARMS_MAX)
			return results_refuse(why, "\"order\"[%zu] must be a whole number from 0 to %d",
					      i, 2 * JOB_ARMS_MAX - 1);
		cell->slots[i] = (double)json_integer_value(slot);
	}
	return 0;
}

/* A number of repetitions or of one, which older files do not have. */
static int read_small(const json_t *line, const char *key, uint64_t min, uint64_t max, uint64_t *out,
		      struct why *why)
{
	const json_t *value = json_object_get(line, key);

	if (!value)
		return 0;
	if (!json_is_integer(value) || json_integer_value(value) < (json_int_t)min ||
	    json_integer_value(value) > (json_int_t)max)
		return results_refuse(why, "\"%s\" must be a whole number from %" PRIu64 " to %" PRIu64,
				      key, min, max);
	*out = (uint64_t)json_integer_value(value);
	return 0;
}

/* A line is one repetition; results_pool() makes cells of them. */
static int read_repetition(const json_t *line, struct results_cell *cell, struct why *why)
{
	int err;

	cell->repetitions = calloc(1, sizeof(*cell->repetitions));
	if (!cell->repetitions)
		return -ENOMEM;
	cell->n_repetitions = cell->planned = 1;
	cell->repetitions->rounds = cell->rounds;
	err = read_small(line, "repetitions", 1, JOB_REPETITIONS_MAX, &cell->planned, why);
	return err ? err : read_small(line, "repetition", 0, cell->planned - 1, &cell->repetitions->number, why);
}

static int read_notes(const json_t *line, struct results_cell *cell, struct why *why)
{
	const json_t *notes = json_object_get(line, "notes");
	size_t n = json_array_size(notes);

	if (!notes || json_is_null(notes))
		return 0;
	if (!json_is_array(notes) || n > RESULTS_NOTES_MAX)
		return results_refuse(why, "\"notes\" must be an array of at most %d texts",
				      RESULTS_NOTES_MAX);
	if (n == 0)
		return 0;
	cell->notes = calloc(n, sizeof(*cell->notes));
	if (!cell->notes)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		int err = read_text(json_array_get(notes, i), "notes", &cell->notes[i], why);

		if (err)
			return err;
		cell->n_notes++;
	}
	return 0;
}

static int read_counts(const json_t *line, struct results_cell *cell, struct why *why)
{
	const json_t *counts = json_object_get(line, "counts");
	const json_t *reasons = json_object_get(line, "reasons");

	if (counts && !json_is_null(counts) && !json_is_object(counts))
		return results_refuse(why, "\"counts\" must be an object");
	if (reasons && !json_is_null(reasons) && !json_is_object(reasons))
		return results_refuse(why, "\"reasons\" must be an object");
	/* Nothing found in nothing: without a counting pass all become NAN. */
	return read_fields(json_is_object(counts) ? counts : NULL, count_fields,
			   &cell->counts, why);
}

static int read_cell(const json_t *line, struct results_cell *cell, struct why *why)
{
	bool time;
	int err;

	err = read_fields(line, cell_fields, cell, why);
	if (err)
		return err;
	if (strcmp(cell->backend, "user") && strcmp(cell->backend, "kernel"))
		return results_refuse(why, "\"backend\" must be user or kernel");
	time = !strcmp(cell->tier, "time");
	if (!time && strcmp(cell->tier, "counts"))
		return results_refuse(why, "\"tier\" must be time or counts");
	if (strcmp(cell->unit, time ? "ns" : "instructions"))
		return results_refuse(why, "\"unit\" of tier %s must be %s", cell->tier,
				      time ? "ns" : "instructions");
	err = read_repetition(line, cell, why);
	if (!err)
		err = read_slots(line, cell, why);
	if (!err)
		err = read_counts(line, cell, why);
	if (!err)
		err = read_notes(line, cell, why);
	return err;
}

static void free_run(struct results_run *run)
{
	free(run->path);
	for (const struct field *f = run_fields; f->key; f++)
		if (f->type == FIELD_TEXT)
			free(*(char **)(void *)((char *)run + f->offset));
}

void results_free_cell(struct results_cell *cell)
{
	free(cell->slots);
	free(cell->repetitions);
	for (size_t i = 0; i < cell->n_notes; i++)
		free(cell->notes[i]);
	free(cell->notes);
}

void results_init(struct results *r)
{
	memset(r, 0, sizeof(*r));
}

void results_free(struct results *r)
{
	for (size_t i = 0; i < r->n_runs; i++)
		free_run(&r->runs[i]);
	for (size_t i = 0; i < r->n_cells; i++)
		results_free_cell(&r->cells[i]);
	for (size_t i = 0; i < r->n_failures; i++)
		free(r->failures[i].reason);
	free(r->runs);
	free(r->cells);
	free(r->failures);
	results_init(r);
}

/*
 * A zeroed element behind the @n of *@array, which doubles whenever n is a
 * power of two; *@n grows at once, so that results_free() finds it.
 */
static void *append(void *array, size_t *n, size_t size)
{
	void **at = array, *larger;

	if ((*n & (*n - 1)) == 0) {
		larger = reallocarray(*at, *n ? 2 * *n : 1, size);
		if (!larger)
			return NULL;
		*at = larger;
	}
	return memset((char *)*at + (*n)++ * size, 0, size);
}

/*
 * Bounds on what jansson will be given: a value costs it up to 60 bytes, a
 * level of depth a stack frame.
 */
static int scan_line(const char *line, size_t len, struct why *why)
{
	size_t values = 0;
	int depth = 0;
	bool quoted = false;

	if (len > RESULTS_LINE_MAX)
		return results_refuse(why, "the line is longer than %d bytes", RESULTS_LINE_MAX);
	for (size_t i = 0; i < len; i++) {
		char c = line[i];

		if (quoted) {
			if (c == '\\')
				i++;
			else if (c == '"')
				quoted = false;
		} else if (c == '"') {
			quoted = true;
		} else if (c == ',') {
			values++;
		} else if (c == '[' || c == '{') {
			values++;
			if (++depth > RESULTS_DEPTH_MAX)
				return results_refuse(why, "nested deeper than %d", RESULTS_DEPTH_MAX);
		} else if (c == ']' || c == '}') {
			depth--;
		}
	}
	if (values > RESULTS_VALUES_MAX)
		return results_refuse(why, "more than %d values in a line", RESULTS_VALUES_MAX);
	return 0;
}

static int read_line(const char *line, size_t len, unsigned long number, const char *path,
		     size_t first_run, struct results *r, struct why *why)
{
	struct results_failure *failure;
	struct results_cell *cell;
	struct results_run *run;
	json_error_t error;
	const char *type;
	json_t *json;
	int err;

	err = scan_line(line, len, why);
	if (err)
		return err;
	json = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	if (!json) {
		why->cut = true;
		/* jansson's text quotes the input; say() makes it harmless. */
		return results_refuse(why, "not JSON: %s", error.text);
	}
	type = json_string_value(json_object_get(json, "type"));
	err = -ENOMEM;
	if (!type) {
		err = results_refuse(why, "not an object with a \"type\"");
	} else if (!strcmp(type, "context")) {
		const json_t *schema = json_object_get(json, "schema");

		if (json_integer_value(schema) != RESULTS_SCHEMA) {
			err = results_refuse(why, "\"schema\" must be %d; a newer faultbench reads others",
					     RESULTS_SCHEMA);
			goto out;
		}
		run = append(&r->runs, &r->n_runs, sizeof(*run));
		if (!run)
			goto out;
		run->path = printable(path);
		if (run->path)
			err = read_fields(json, run_fields, run, why);
	} else if (r->n_runs == first_run) {
		err = results_refuse(why, "the first line must be the context");
	} else if (!strcmp(type, "cell")) {
		cell = append(&r->cells, &r->n_cells, sizeof(*cell));
		if (!cell)
			goto out;
		cell->run = r->n_runs - 1;
		cell->line = number;
		err = read_cell(json, cell, why);
	} else if (!strcmp(type, "failure")) {
		failure = append(&r->failures, &r->n_failures, sizeof(*failure));
		if (!failure)
			goto out;
		failure->run = r->n_runs - 1;
		err = read_fields(json, failure_fields, failure, why);
		if (!err)
			err = read_small(json, "repetition", 0, JOB_REPETITIONS_MAX - 1, &failure->repetition, why);
	} else {
		err = results_refuse(why, "\"type\" must be context, cell or failure");
	}
out:
	json_decref(json);
	return err;
}

/*
 * The next line of @in into *@line, without its newline, and whether it had one
 * into *@whole; getline() would take all memory for a line without end. Returns
 * its length, -ENODATA at the end, or -errno.
 */
static ssize_t next_line(FILE *in, char **line, size_t *size, bool *whole)
{
	size_t n = 0;
	int c;

	*whole = false;
	while ((c = getc_unlocked(in)) != EOF) {
		if (n > RESULTS_LINE_MAX)
			return -EFBIG;
		if (n == *size) {
			size_t larger = *size ? 2 * *size : 4096;
			char *grown = realloc(*line, larger);

			if (!grown)
				return -ENOMEM;
			*line = grown;
			*size = larger;
		}
		if (c == '\n') {
			*whole = true;
			return (ssize_t)n;
		}
		(*line)[n++] = (char)c;
	}
	if (ferror(in))
		return -EIO;
	return n ? (ssize_t)n : -ENODATA;
}

int results_read(FILE *in, const char *path, struct results *r, char *message, size_t size)
{
	size_t first_run = r->n_runs, first_cell = r->n_cells;
	struct why why = { "", false };
	unsigned long number = 0, cut = 0;
	size_t room = 0;
	char *line = NULL;
	int err = 0;

	for (;;) {
		bool whole;
		ssize_t len = next_line(in, &line, &room, &whole);

		if (len == -ENODATA)
			break;
		number++;
		if (len == -EFBIG) {
			err = results_refuse(&why, "the line is longer than %d bytes", RESULTS_LINE_MAX);
			break;
		}
		if (len < 0) {
			/* Of a folder it is another, which errno still tells. */
			err = len == -EIO ? -errno : (int)len;
			break;
		}
		err = read_line(line, (size_t)len, number, path, first_run, r, &why);
		/* A line that has its newline was written as it is. */
		if (err == -EINVAL && why.cut && !whole)
			cut = number;
		if (err)
			break;
	}
	free(line);
	if (cut || (err == -EINVAL && why.cut && r->n_runs == first_run))
		err = 0;	/* what remains without it, or that nothing does, is told below */
	if (!err && r->n_runs == first_run) {
		snprintf(message, size, "%s: no context line; is it a result file of 'faultbench run'?",
			 path);
		return -EINVAL;
	}
	if (!err)
		err = results_pool(r, first_cell, &number, &why);
	if (err == -EINVAL)
		snprintf(message, size, "%s:%lu: %s; mend or remove the line, or measure again",
			 path, number, why.text);
	else if (err)
		snprintf(message, size, "%s: cannot read line %lu: %s", path, number, strerror(-err));
	else if (cut)
		snprintf(message, size, "%s:%lu: the last line is cut short; using the %lu before it",
			 path, cut, cut - 1);
	return err ? err : cut != 0;
}

int results_load(const char *path, struct results *r)
{
	bool standard = !strcmp(path, "-");
	FILE *in = standard ? stdin : fopen(path, "re");
	char message[1024];
	int err;

	if (!in) {
		err = -errno;
		say("%s: %s; give a result file of 'faultbench run'", path, strerror(-err));
		return err;
	}
	err = results_read(in, standard ? "standard input" : path, r, message, sizeof(message));
	if (err)
		say("%s", message);
	if (!standard)
		fclose(in);
	return err < 0 ? err : 0;
}

int results_check_line(const char *line, size_t len, char *error, size_t size)
{
	struct results r;
	struct why why = { "", false };
	int err;

	results_init(&r);
	/* A run for the line to belong to; the line may not bring its own. */
	if (!append(&r.runs, &r.n_runs, sizeof(*r.runs)))
		err = -ENOMEM;
	else if (memchr(line, '\n', len))
		err = results_refuse(&why, "more than one line");
	else
		err = read_line(line, len, 1, "", 0, &r, &why);
	if (!err && r.n_runs != 1)
		err = results_refuse(&why, "a context is not expected here");
	if (err)
		snprintf(error, size, "%s", err == -ENOMEM ? strerror(ENOMEM) : why.text);
	results_free(&r);
	return err ? -EINVAL : 0;
}
