// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading lines of a result file as if an enemy had written them. Form, type and
 * range of every field are checked here; what the figures mean is for analysis/.
 * Unknown keys are ignored, so that a later writer may add some.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "format/result.h"

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

static int read_text(const json_t *value, const char *key, char **out, struct reason *why)
{
	if (!json_is_string(value) || json_string_length(value) > RESULTS_TEXT_MAX)
		return reason_fail(why, -EINVAL, "\"%s\" must be text of at most %d bytes", key,
				   RESULTS_TEXT_MAX);
	*out = printable(json_string_value(value));
	return *out ? 0 : -ENOMEM;
}

static int read_word(const json_t *value, const struct field *f, unsigned *out, struct reason *why)
{
	ssize_t i = json_is_string(value) ? table_find(f->words, json_string_value(value)) : -1;
	struct reason all;

	if (i < 0)
		return reason_fail(why, -EINVAL, "\"%s\" must be %s", f->key,
				   table_names(f->words, &all));
	*out = (unsigned)i;
	return 0;
}

static int read_whole(const json_t *value, const struct field *f, uint64_t *out, struct reason *why)
{
	json_int_t n = json_integer_value(value);

	if (!json_is_integer(value) || n < (json_int_t)f->min || n > (json_int_t)f->max)
		return reason_fail(why, -EINVAL, "\"%s\" must be a whole number from %.0f to %.0f", f->key,
				   f->min, f->max);
	*out = (uint64_t)n;
	return 0;
}

static int read_real(const json_t *value, const char *key, double min, double max, double *out,
		     struct reason *why)
{
	if (!json_is_number(value) || !(json_number_value(value) >= min) ||
	    !(json_number_value(value) <= max))
		return reason_fail(why, -EINVAL, "\"%s\" must be a number from %.0f to %.0f", key, min, max);
	*out = json_number_value(value);
	return 0;
}

static int read_pair(const json_t *value, const struct field *f, double out[2], struct reason *why)
{
	int err = 0;

	if (json_array_size(value) != 2)
		return reason_fail(why, -EINVAL, "\"%s\" must be an array of two numbers", f->key);
	for (size_t i = 0; !err && i < 2; i++) {
		const json_t *one = json_array_get(value, i);

		err = json_is_null(one) ? 0 : read_real(one, f->key, f->min, f->max, &out[i], why);
	}
	return err;
}

/* Two whole numbers a round. */
static int read_rounds(const json_t *value, const struct field *f, uint64_t rounds, double **out, struct reason *why)
{
	const size_t n = 2 * (size_t)rounds;

	if (!json_is_array(value) || json_array_size(value) != n)
		return reason_fail(why, -EINVAL, "\"%s\" must be an array of two values a round", f->key);
	*out = calloc(n, sizeof(**out));
	if (n && !*out)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const json_t *one = json_array_get(value, i);

		if (!json_is_integer(one) || json_integer_value(one) < (json_int_t)f->min ||
		    json_integer_value(one) > (json_int_t)f->max)
			return reason_fail(why, -EINVAL, "\"%s\"[%zu] must be a whole number from %.0f to %.0f",
					   f->key, i, f->min, f->max);
		(*out)[i] = (double)json_integer_value(one);
	}
	return 0;
}

static int read_count(const json_t *counts, const char *key, double *out, struct reason *why)
{
	const json_t *value = json_object_get(counts, key);

	return !value || json_is_null(value) ? 0 : read_real(value, key, 0, 0x1p53, out, why);
}

static int read_counts(const json_t *value, struct results_counts *c, struct reason *why)
{
	int err;

	if (!json_is_object(value))
		return reason_fail(why, -EINVAL, "\"counts\" must be an object");
	err = read_count(value, "pages", &c->pages, why);
	if (!err)
		err = read_count(value, "writes", &c->writes, why);
	for (int i = 0; !err && i < N_COUNTERS; i++)
		err = read_count(value, counter_names[i], &c->of[i], why);
	return err;
}

static int read_reasons(const json_t *value, char *reasons[N_COUNTERS], struct reason *why)
{
	int err = 0;

	if (!json_is_object(value))
		return reason_fail(why, -EINVAL, "\"reasons\" must be an object");
	for (int i = 0; !err && i < N_COUNTERS; i++) {
		const json_t *text = json_object_get(value, counter_names[i]);

		err = text ? read_text(text, counter_names[i], &reasons[i], why) : 0;
	}
	return err;
}

static int read_notes(const json_t *value, struct results_cell *cell, struct reason *why)
{
	size_t n = json_array_size(value);
	int err = 0;

	if (!json_is_array(value) || n > RESULTS_NOTES_MAX)
		return reason_fail(why, -EINVAL, "\"notes\" must be an array of at most %d texts",
				   RESULTS_NOTES_MAX);
	cell->notes = calloc(n, sizeof(*cell->notes));
	if (n && !cell->notes)
		return -ENOMEM;
	for (; !err && cell->n_notes < n; cell->n_notes += !err)
		err = read_text(json_array_get(value, cell->n_notes), "notes",
				&cell->notes[cell->n_notes], why);
	return err;
}

static int read_field(const json_t *line, const struct field *f, struct result *r, struct reason *why)
{
	const json_t *value = json_object_get(line, f->key);
	void *at = field_at(f, &r->run);

	if (!value && f->required)
		return reason_fail(why, -EINVAL, "\"%s\" is missing", f->key);
	if (!value || (json_is_null(value) && !f->required && f->type != FIELD_WHOLE))
		return 0;
	switch (f->type) {
	case FIELD_NAME:
		if (!json_is_string(value) || !name_ok(json_string_value(value)))
			return reason_fail(why, -EINVAL, "\"%s\" must be a name: at most %d of A-Z a-z 0-9 "
					   "._:@/#+=-", f->key, NAME_SIZE - 1);
		strcpy(at, json_string_value(value));
		return 0;
	case FIELD_TEXT:
		return read_text(value, f->key, at, why);
	case FIELD_WORD:
		return read_word(value, f, at, why);
	case FIELD_JUDGED:
		if (!json_is_boolean(value) && !json_is_null(value))
			return reason_fail(why, -EINVAL, "\"%s\" must be true, false or null", f->key);
		*(enum results_judged *)at = json_is_null(value) ? RESULTS_NOT_JUDGED :
					     json_is_true(value) ? RESULTS_YES : RESULTS_NO;
		return 0;
	case FIELD_WHOLE:
		return read_whole(value, f, at, why);
	case FIELD_REAL:
		return read_real(value, f->key, f->min, f->max, at, why);
	case FIELD_PAIR:
		return read_pair(value, f, at, why);
	case FIELD_ROUNDS:
		return read_rounds(value, f, r->cell.rounds, at, why);
	case FIELD_COUNTS:
		return read_counts(value, at, why);
	case FIELD_REASONS:
		return read_reasons(value, at, why);
	case FIELD_NOTES:
		return read_notes(value, &r->cell, why);
	case FIELD_BOOL:	/* of jobs alone */
	case FIELD_UNSIGNED:
		break;
	}
	return 0;
}

/*
 * Bounds on what jansson is given, which itself bounds the depth: a value costs it up to
 * 60 bytes. Each but the first follows one of these characters; those in texts count too.
 */
static int check_size(const char *line, size_t len, struct reason *why)
{
	size_t values = 0;

	if (len > RESULTS_LINE_MAX)
		return reason_fail(why, -EINVAL, "the line is longer than %d bytes", RESULTS_LINE_MAX);
	for (size_t i = 0; i < len; i++)
		values += line[i] == ',' || line[i] == '[' || line[i] == '{';
	if (values > RESULTS_VALUES_MAX)
		return reason_fail(why, -EINVAL, "more than %d values in a line", RESULTS_VALUES_MAX);
	return 0;
}

/* What holds between fields. */
static int check_cell(const struct results_cell *cell, struct reason *why)
{
	enum unit unit = cell->tier == TIER_COUNTS ? UNIT_INSTRUCTIONS : UNIT_NS;

	if (cell->unit != unit)
		return reason_fail(why, -EINVAL, "\"unit\" of tier %s must be %s", tier_names[cell->tier],
				   unit_names[unit]);
	if (cell->rounds && (!cell->writes_per_slot || !cell->bytes_per_slot))
		return reason_fail(why, -EINVAL, "a cell with rounds cannot have slots of 0 bytes or writes");
	if (cell->repetition >= cell->planned)
		return reason_fail(why, -EINVAL, "\"repetition\" must be less than \"repetitions\"");
	return 0;
}

static int read_result(const json_t *line, struct result *r, struct reason *why)
{
	static const struct field type_field = { .key = "type", .words = &result_type_table };
	const json_t *name = json_object_get(line, "type");
	unsigned type = 0;
	int err;

	if (!name)
		return reason_fail(why, -EINVAL, "not an object with a \"type\"");
	err = read_word(name, &type_field, &type, why);
	if (err)
		return err;
	result_init(r, (enum result_type)type);
	if (type == RESULT_CONTEXT && json_integer_value(json_object_get(line, "schema")) != RESULTS_SCHEMA)
		return reason_fail(why, -EINVAL, "\"schema\" must be %d; another version of faultbench reads "
				   "others", RESULTS_SCHEMA);
	for (const struct field *f = result_fields[type]; f->key && !err; f++)
		err = read_field(line, f, r, why);
	if (!err && type == RESULT_CELL)
		err = check_cell(&r->cell, why);
	return err;
}

int result_parse(const char *line, size_t len, struct result *r, struct reason *why)
{
	json_error_t error;
	json_t *json;
	int err = check_size(line, len, why);

	result_init(r, RESULT_FAILURE);
	if (err)
		return err;
	json = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	/* jansson's text quotes the input; say() makes it harmless. */
	if (!json)
		return reason_fail(why, -EBADMSG, "not JSON: %s", error.text);
	err = read_result(json, r, why);
	json_decref(json);
	if (err == -ENOMEM)
		reason_set(why, "not enough memory");
	if (err)
		result_free(r);
	return err;
}
