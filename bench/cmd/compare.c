// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultbench compare: result files as tables, and as JSON and CSV for other
 * programs. The figures are cells.c's, the tables for people tables.c's.
 */
#include <argp.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/columns.h"
#include "analysis/tables.h"
#include "base/options.h"
#include "base/say.h"
#include "cmd/command.h"

enum format { FORMAT_PLAIN, FORMAT_MAIL, FORMAT_MARKDOWN, FORMAT_CSV, FORMAT_JSON };

struct arguments {
	enum format format;
	const char *baseline;
	char **files;		/* NULL-ended tail of argv */
};

static const struct argp_option options[] = {
	{ "baseline", 'b', "ARM", 0, "compare with ARM, not with the baseline of the run", 0 },
	{ "json", FORMAT_JSON, NULL, 0, "an object a cell, with keys that stay", 0 },
	{ "csv", FORMAT_CSV, NULL, 0, "a line a cell, for plots and spreadsheets", 0 },
	{ "markdown", FORMAT_MARKDOWN, NULL, 0, "tables in Markdown", 0 },
	{ "mail", FORMAT_MAIL, NULL, 0, "plain tables, then machine, kernel and command", 0 },
	{ NULL, 0, NULL, 0, NULL, 0 },
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'b':
		if (!job_name_ok(arg))
			option_bad(state, "--baseline takes the name of an arm, such as native");
		a->baseline = arg;
		return 0;
	case FORMAT_JSON:
	case FORMAT_CSV:
	case FORMAT_MARKDOWN:
	case FORMAT_MAIL:
		if (a->format != FORMAT_PLAIN)
			option_bad(state, "give one of --json, --csv, --markdown and --mail");
		a->format = (enum format)key;
		return 0;
	case ARGP_KEY_ARGS:
		a->files = state->argv + state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		option_bad(state, "give a result file of 'faultbench run'");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse_option,
	.args_doc = "FILE...",
	.doc = "Show what result files say: cost, throughput and penalty of each strategy"
	       " against its baseline.\v"
	       "FILE may be - for standard input. A penalty is throughput lost, positive when"
	       " slower, with its 99 % interval. What was not measured is - in tables, null"
	       " in JSON and empty in CSV. Exits 0, or 2 when a file cannot be read.",
};

enum { DIGITS = 9 };	/* of a real number: more than any measurement has */

static json_t *json_value(struct value v)
{
	switch (v.type) {
	case VALUE_TEXT:
		return json_string(v.text);
	case VALUE_WHOLE:
		return json_integer((json_int_t)v.whole);
	case VALUE_REAL:
		return json_real(v.real);
	case VALUE_FLAG:
		return json_boolean(v.flag);
	case VALUE_RANGE:
	case VALUE_NULL:
		break;
	}
	return json_null();
}

static int print_json(const struct figures *figures, size_t n)
{
	json_t *cells = json_array();
	json_t *top = json_pack("{s:i, s:o}", "schema", RESULTS_SCHEMA, "cells", cells);
	int err = top ? 0 : -1;

	for (size_t i = 0; i < n && !err; i++) {
		json_t *cell = json_object();

		for (const struct column *c = columns; c->get && !err; c++)
			if (c->where & IN_JSON)
				err = json_object_set_new(cell, c->key, json_value(c->get(&figures[i])));
		err |= json_array_append_new(cells, cell);
	}
	if (!err)
		err = json_dumpf(top, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS));
	if (!err)
		putchar('\n');
	json_decref(top);
	return err;
}

static void print_csv_value(struct value v)
{
	switch (v.type) {
	case VALUE_TEXT:	/* RFC 4180 */
		putchar('"');
		/* A spreadsheet would run what begins like this. */
		if (strchr("=+-@\t\r", v.text[0]) && v.text[0])
			putchar('\'');
		for (const char *t = v.text; *t; t++)
			printf(*t == '"' ? "\"\"" : "%c", *t);
		putchar('"');
		break;
	case VALUE_WHOLE:
		printf("%" PRIu64, v.whole);
		break;
	case VALUE_REAL:
		printf("%.*g", DIGITS, v.real);
		break;
	case VALUE_FLAG:
		fputs(v.flag ? "true" : "false", stdout);
		break;
	case VALUE_RANGE:
	case VALUE_NULL:
		break;
	}
}

static void print_csv(const struct figures *figures, size_t n)
{
	const char *comma = "";

	for (const struct column *c = columns; c->get; c++) {
		if (!(c->where & IN_CSV))
			continue;
		printf("%s%s", comma, c->key);
		comma = ",";
	}
	putchar('\n');
	for (size_t i = 0; i < n; i++) {
		comma = "";
		for (const struct column *c = columns; c->get; c++) {
			if (!(c->where & IN_CSV))
				continue;
			fputs(comma, stdout);
			print_csv_value(c->get(&figures[i]));
			comma = ",";
		}
		putchar('\n');
	}
}

static bool has_arm(const struct results *r, const char *arm)
{
	for (size_t i = 0; i < r->n_cells; i++)
		if (!strcmp(r->cells[i].strategy, arm))
			return true;
	return false;
}

int cmd_compare(int argc, char **argv)
{
	struct arguments a = { FORMAT_PLAIN, NULL, NULL };
	struct figures *figures = NULL;
	struct results r;
	int status = STATUS_BAD_INPUT;

	option_parse(&argp, argc, argv, &a);
	results_init(&r);
	for (char **file = a.files; *file; file++)
		if (results_load(*file, &r))
			goto out;
	if (a.baseline && !has_arm(&r, a.baseline)) {
		say("--baseline %s: no cell has this strategy; without --baseline the table lists them",
		    a.baseline);
		goto out;
	}
	if (cells_figures(&r, a.baseline, &figures)) {
		say("not enough memory");
		goto out;
	}
	status = STATUS_OK;
	switch (a.format) {
	case FORMAT_PLAIN:
		tables_print(stdout, TABLE_PLAIN, &r, figures);
		break;
	case FORMAT_MAIL:
		tables_print(stdout, TABLE_MAIL, &r, figures);
		break;
	case FORMAT_MARKDOWN:
		tables_print(stdout, TABLE_MARKDOWN, &r, figures);
		break;
	case FORMAT_CSV:
		print_csv(figures, r.n_cells);
		break;
	case FORMAT_JSON:
		if (print_json(figures, r.n_cells) && !ferror(stdout))
			status = say_bad("not enough memory");
		break;
	}
out:
	free(figures);
	results_free(&r);
	return status;
}
