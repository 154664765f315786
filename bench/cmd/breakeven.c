// SPDX-License-Identifier: GPL-2.0-or-later
/* faultbench breakeven: options, and curves as JSON. */
#include <argp.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/breakeven_table.h"
#include "base/options.h"
#include "base/say.h"
#include "cmd/command.h"

enum format { FORMAT_PLAIN, FORMAT_MARKDOWN, FORMAT_JSON };

struct arguments {
	enum format format;
	const char *baseline;
	char **files;		/* NULL-ended tail of argv */
};

static const struct argp_option options[] = {
	{ "baseline", 'b', "ARM", 0, "compare with ARM (default: pre in the kernel, touch in user space)", 0 },
	{ "json", FORMAT_JSON, NULL, 0, "an object a curve, with keys that stay", 0 },
	{ "markdown", FORMAT_MARKDOWN, NULL, 0, "tables in Markdown", 0 },
	{ NULL, 0, NULL, 0, NULL, 0 },
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'b':
		if (!job_name_ok(arg))
			option_bad(state, "--baseline takes the name of an arm, such as pre");
		a->baseline = arg;
		return 0;
	case FORMAT_JSON:
	case FORMAT_MARKDOWN:
		if (a->format != FORMAT_PLAIN)
			option_bad(state, "give one of --json and --markdown");
		a->format = (enum format)key;
		return 0;
	case ARGP_KEY_ARGS:
		a->files = state->argv + state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		option_bad(state, "give a result file of 'faultbench run -w cold-sweep'");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse_option,
	.args_doc = "FILE...",
	.doc = "From which share of cold source pages a strategy stops paying, from result"
	       " files with a sweep over cold_fraction.\v"
	       "FILE may be - for standard input. Machines stand side by side. Exits 0, or 2"
	       " when a file cannot be read or has no sweep.",
};

enum { DIGITS = 9 };	/* of a real number: more than any measurement has */

static json_t *real(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

static const char *const verdicts[] = {
	[BREAKEVEN_NONE] = "not measured",
	[BREAKEVEN_UNDECIDED] = "undecided",
	[BREAKEVEN_ALWAYS] = "always pays",
	[BREAKEVEN_NEVER] = "never pays",
	[BREAKEVEN_CROSSES] = "breaks even",
};

static const char *const intervals[] = {
	[BREAKEVEN_RANKS] = "signed ranks",
	[BREAKEVEN_RESOLUTION] = "resolution",
	[BREAKEVEN_QUARTILES] = "quartiles",
};

/* Packing NULL fails, so one check at the end is enough. */
static json_t *json_breakeven(const struct breakeven *b)
{
	json_t *crossings = json_array();

	for (size_t i = 0; i < b->n_crossings; i++) {
		const struct breakeven_crossing *c = &b->crossings[i];

		json_array_append_new(crossings, json_pack("{s:s, s:o, s:o, s:o}", "pays",
				      c->below ? "below" : "above", "share", real(c->share),
				      "low", real(c->low), "high", real(c->high)));
	}
	return json_pack("{s:s, s:o, s:I, s:o, s:o}", "verdict", verdicts[b->verdict],
			 "crossings", crossings, "undecided", (json_int_t)b->undecided,
			 "from", real(b->from), "to", real(b->to));
}

static json_t *json_points(const struct curve *curve)
{
	json_t *points = json_array();

	for (size_t i = 0; i < curve->n; i++) {
		const struct breakeven_point *p = &curve->points[i];

		json_array_append_new(points, json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
				      "cold_fraction", real(p->fraction), "share", real(p->share),
				      "baseline_cost", real(p->baseline_cost), "cost", real(p->cost),
				      "delta", real(p->delta), "low", real(p->low),
				      "high", real(p->high)));
	}
	return points;
}

static json_t *json_curve(const struct curve *curve)
{
	const struct results_cell *cell = curve->cell;
	bool ranks = curve->interval == BREAKEVEN_RANKS;

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:I, s:I, s:s, s:s, s:s,"
			 " s:s, s:s?, s:o, s:o, s:o, s:b, s:I, s:s?, s:o}",
			 "workload", curve->workload, "target", cell->target,
			 "layout", cell->layout, "device", cell->device, "place", cell->place,
			 "arch", cell->arch, "kernel", curve->run->kernel,
			 "page_size", (json_int_t)cell->page_size, "backend", cell->backend,
			 "source", cell->source, "block_size", (json_int_t)cell->block_size,
			 "threads", (json_int_t)cell->threads,
			 "strategy", cell->strategy, "baseline", curve->baseline,
			 "tier", cell->tier, "unit", curve->counts ? "instructions/page" : "ns/page",
			 "interval", curve->n ? intervals[curve->interval] : NULL,
			 "confidence", real(curve->n && ranks ? CELLS_CONFIDENCE : NAN),
			 "breakeven", json_breakeven(&curve->bend),
			 "ends", json_breakeven(&curve->line), "disagree", curve->disagree,
			 "left_out", (json_int_t)curve->left_out, "left_out_reason", curve->reason,
			 "points", json_points(curve));
}

static int print_json(FILE *out, const struct curve *curves, size_t n)
{
	json_t *array = json_array();
	json_t *top = json_pack("{s:i, s:o}", "schema", RESULTS_SCHEMA, "curves", array);
	int err = top ? 0 : -1;

	for (size_t i = 0; i < n && !err; i++)
		err = json_array_append_new(array, json_curve(&curves[i]));
	if (!err)
		err = json_dumpf(top, out, JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS));
	if (!err)
		fputc('\n', out);
	json_decref(top);
	return err;
}

/* Whether the curves can be drawn at all; says why not. */
static int check(const struct arguments *a, const struct curve *curves, size_t n)
{
	bool measured = false;

	if (n == 0)
		return say_bad("%s: no sweep over cold_fraction%s; 'faultbench run -w cold-sweep' makes one",
			       a->files[0], a->files[1] ? " there or in the others" : "");
	for (size_t i = 0; i < n; i++)
		measured |= curves[i].n > 0;
	if (!measured && a->baseline)
		return say_bad("--baseline %s: no sweep has a curve against it: %s", a->baseline,
			       curves[0].reason);
	if (!measured)
		return say_bad("no curve against %s: %s; name another with --baseline",
			       curves[0].baseline, curves[0].reason);
	return STATUS_OK;
}

int cmd_breakeven(int argc, char **argv)
{
	struct arguments a = { FORMAT_PLAIN, NULL, NULL };
	struct curve *curves = NULL;
	struct results r;
	size_t n;
	int status = STATUS_BAD_INPUT, err;

	option_parse(&argp, argc, argv, &a);
	results_init(&r);
	for (char **file = a.files; *file; file++)
		if (results_load(*file, &r))
			goto out;
	if (breakeven_curves(&r, a.baseline, &curves, &n)) {
		say("not enough memory");
		goto out;
	}
	status = check(&a, curves, n);
	if (status)
		goto out;
	if (a.format == FORMAT_JSON)
		err = print_json(stdout, curves, n);
	else
		err = breakeven_tables(stdout, a.format == FORMAT_MARKDOWN, curves, n);
	/* What could not be written main() tells. */
	if (err && !ferror(stdout))
		status = say_bad("not enough memory");
out:
	free(curves);
	results_free(&r);
	return status;
}
