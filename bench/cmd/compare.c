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

#include "analysis/cells.h"
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

/* A value of the machine interfaces: one table of columns serves both. */
struct value {
	enum { VALUE_TEXT, VALUE_WHOLE, VALUE_REAL, VALUE_FLAG } type;
	const char *text;
	uint64_t whole;
	double real;	/* NAN: null */
	bool flag;
};

static struct value text(const char *t)
{
	return (struct value){ .type = VALUE_TEXT, .text = t };
}

static struct value whole(uint64_t w)
{
	return (struct value){ .type = VALUE_WHOLE, .whole = w };
}

static struct value real(double r)
{
	return (struct value){ .type = VALUE_REAL, .real = r };
}

static struct value flag(bool f)
{
	return (struct value){ .type = VALUE_FLAG, .flag = f };
}

#define NAME(key, member) \
	static struct value get_##key(const struct figures *f) { return text(f->cell->member); }
#define REAL(key, expression) \
	static struct value get_##key(const struct figures *f) { return real(expression); }
NAME(workload, workload)
NAME(target, target)
NAME(layout, layout)
NAME(device, device)
NAME(place, place)
NAME(arch, arch)
NAME(backend, backend)
NAME(source, source)
NAME(strategy, strategy)
NAME(tier, tier)
REAL(baseline_cost, f->baseline_cost)
REAL(cost, f->cost)
REAL(penalty_pct, cells_penalty_pct(f->theta))
REAL(ci_low_pct, cells_penalty_pct(f->low))
REAL(ci_high_pct, cells_penalty_pct(f->high))
REAL(mde_pct, cells_penalty_pct(f->mde))
REAL(mb_per_s, f->mb_per_s)
REAL(baseline_mb_per_s, f->baseline_mb_per_s)
REAL(delta_per_page, f->delta)
REAL(resolution, f->resolution)
REAL(faults_per_page, f->faults)
REAL(exceptions_per_page, f->exceptions)
REAL(short_copies_per_page, f->short_copies)
REAL(retries_per_page, f->retries)
REAL(cost_q1, f->cost_q1)
REAL(cost_q3, f->cost_q3)
REAL(mb_per_s_low, f->mb_low)
REAL(mb_per_s_high, f->mb_high)
REAL(cold_fraction, f->cell->cold_fraction)

static struct value get_page_size(const struct figures *f)
{
	return whole(f->cell->page_size);
}

static struct value get_block_size(const struct figures *f)
{
	return whole(f->cell->block_size);
}

static struct value get_rounds(const struct figures *f)
{
	return whole(f->cell->rounds);
}

static struct value get_baseline(const struct figures *f)
{
	return text(f->baseline_name);
}

static struct value get_unit(const struct figures *f)
{
	return text(f->counts ? "instructions/page" : "ns/page");
}

/* Of the interval: null where there is none. */
static struct value get_confidence(const struct figures *f)
{
	return real(isnan(f->low) ? NAN : CELLS_CONFIDENCE);
}

static struct value judged(enum results_judged judged)
{
	return judged == RESULTS_NOT_JUDGED ? real(NAN) : flag(judged == RESULTS_YES);
}

static struct value get_steady(const struct figures *f)
{
	return judged(f->cell->steady);
}

static struct value get_repetitions(const struct figures *f)
{
	return whole(f->cell->n_repetitions);
}

static struct value get_verified(const struct figures *f)
{
	return judged(f->cell->verified);
}

static struct value get_threads(const struct figures *f)
{
	return whole(f->cell->threads);
}

static struct value get_seed(const struct figures *f)
{
	return whole(f->cell->seed);
}

static struct value get_run(const struct figures *f)
{
	return whole(f->cell->run + 1);
}

static struct value get_kernel(const struct figures *f)
{
	return text(f->run->kernel);
}

static struct value get_cpu(const struct figures *f)
{
	return text(f->run->cpu ? f->run->cpu : "");
}

static struct value get_started(const struct figures *f)
{
	return text(f->run->started ? f->run->started : "");
}

/* KEPT: a key of --json too. Both interfaces have the order of the rows. */
#define KEPT(key) { #key, get_##key, true }
#define CSV_ONLY(key) { #key, get_##key, false }
static const struct column {
	const char *key;
	struct value (*get)(const struct figures *f);
	bool kept;
} columns[] = {
	/* Other programs rely on these and their order: no key comes or goes. */
	KEPT(workload), KEPT(target), KEPT(layout), KEPT(device), KEPT(place),
	KEPT(arch), KEPT(page_size), KEPT(backend), KEPT(source), KEPT(block_size),
	KEPT(strategy), KEPT(baseline), KEPT(tier), KEPT(unit), KEPT(baseline_cost),
	KEPT(cost), KEPT(penalty_pct), KEPT(ci_low_pct), KEPT(ci_high_pct),
	KEPT(confidence), KEPT(rounds), KEPT(mde_pct), KEPT(steady), KEPT(mb_per_s),
	KEPT(baseline_mb_per_s), KEPT(delta_per_page), KEPT(resolution),
	KEPT(faults_per_page), KEPT(exceptions_per_page), KEPT(short_copies_per_page),
	KEPT(retries_per_page),
	CSV_ONLY(cost_q1), CSV_ONLY(cost_q3), CSV_ONLY(mb_per_s_low), CSV_ONLY(mb_per_s_high),
	CSV_ONLY(cold_fraction), CSV_ONLY(threads), CSV_ONLY(verified), CSV_ONLY(repetitions),
	CSV_ONLY(seed), CSV_ONLY(run), CSV_ONLY(kernel), CSV_ONLY(cpu), CSV_ONLY(started),
};

enum {
	N_COLUMNS = sizeof(columns) / sizeof(columns[0]),
	DIGITS = 9,	/* of a real number: more than any measurement has */
};

static json_t *json_value(struct value v)
{
	switch (v.type) {
	case VALUE_TEXT:
		return json_string(v.text);
	case VALUE_WHOLE:
		return json_integer((json_int_t)v.whole);
	case VALUE_REAL:
		return isfinite(v.real) ? json_real(v.real) : json_null();
	case VALUE_FLAG:
		return json_boolean(v.flag);
	}
	return NULL;
}

static int print_json(const struct figures *figures, size_t n)
{
	json_t *cells = json_array();
	json_t *top = json_pack("{s:i, s:o}", "schema", RESULTS_SCHEMA, "cells", cells);
	int err = top ? 0 : -1;

	for (size_t i = 0; i < n && !err; i++) {
		json_t *cell = json_object();

		for (int c = 0; c < N_COLUMNS && !err; c++)
			if (columns[c].kept)
				err = json_object_set_new(cell, columns[c].key,
							  json_value(columns[c].get(&figures[i])));
		err |= json_array_append_new(cells, cell);
	}
	if (!err)
		err = json_dumpf(top, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS));
	if (!err)
		putchar('\n');
	json_decref(top);
	return err;
}

static void print_csv(const struct figures *figures, size_t n)
{
	for (int c = 0; c < N_COLUMNS; c++)
		printf("%s%s", c ? "," : "", columns[c].key);
	putchar('\n');
	for (size_t i = 0; i < n; i++) {
		for (int c = 0; c < N_COLUMNS; c++) {
			struct value v = columns[c].get(&figures[i]);

			if (c)
				putchar(',');
			switch (v.type) {
			case VALUE_TEXT:	/* RFC 4180 */
				putchar('"');
				for (const char *t = v.text; *t; t++)
					printf(*t == '"' ? "\"\"" : "%c", *t);
				putchar('"');
				break;
			case VALUE_WHOLE:
				printf("%" PRIu64, v.whole);
				break;
			case VALUE_REAL:
				if (isfinite(v.real))
					printf("%.*g", DIGITS, v.real);
				break;
			case VALUE_FLAG:
				fputs(v.flag ? "true" : "false", stdout);
				break;
			}
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
