// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * JSON, the interface for other programs: keys are kept, and what was not measured
 * is null. Without memory a constructor returns NULL, and so does one that is
 * given NULL, up to json_print().
 */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/columns.h"
#include "analysis/formats.h"
#include "analysis/formats/json.h"
#include "base/say.h"

enum {
	SCHEMA = 1,	/* of what is printed: raised when a key goes or changes its meaning */
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
		return json_real(v.real);
	case VALUE_FLAG:
		return json_boolean(v.flag);
	case VALUE_NULL:
	case VALUE_RANGE:	/* its ends have keys of their own */
		break;
	}
	return json_null();
}

static json_t *real(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

/* @value is whole, or NAN: not known. */
static json_t *whole(double value)
{
	return isnan(value) ? json_null() : json_integer((json_int_t)value);
}

/* Append @value; when that fails *@array becomes NULL. */
static void append(json_t **array, json_t *value)
{
	if (json_array_append_new(*array, value)) {
		json_decref(*array);
		*array = NULL;
	}
}

int json_print(FILE *out, json_t *top)
{
	int err = top ? json_dumpf(top, out, JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS)) : -1;

	json_decref(top);
	if (!err)
		fputc('\n', out);
	return err && !ferror(out) ? -ENOMEM : 0;	/* main() reports an output that cannot be written */
}

json_t *json_text(const char *text)
{
	json_t *made = text && *text ? json_string(text) : json_null();
	size_t size;
	char *escaped;

	if (made || !text)
		return made;
	size = 4 * strlen(text) + 5;	/* say_escape() wants room for one more */
	escaped = malloc(size);
	if (escaped)
		made = json_string(say_escape(escaped, size, text));
	free(escaped);
	return made;
}

/* The columns of @f that show @where. */
static json_t *shown(const struct figures *f, unsigned where)
{
	struct column columns[N_COLUMNS];
	json_t *object = json_object();
	int err = 0;

	columns_of(f, columns);
	for (const struct column *c = columns; c < columns + N_COLUMNS; c++)
		if (c->where & where)
			err |= json_object_set_new(object, c->key, json_value(c->value));
	if (!err)
		return object;
	json_decref(object);
	return NULL;
}

static json_t *run(const struct results *r, size_t i)
{
	const struct results_run *at = &r->runs[i];

	return json_pack("{s:I, s:o, s:s, s:s, s:I, s:I, s:o, s:s?, s:s?, s:o, s:s, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?,"
			 " s:s?, s:s?, s:s?, s:s?, s:s?, s:s?}", "number", (json_int_t)i + 1,
			 "file", json_text(at->path), "place", at->place, "arch", at->arch,
			 "page_size", (json_int_t)cells_page_size(r, i), "seed", (json_int_t)at->seed,
			 "cpus", whole(at->cpus), "pinned", at->pinned, "cpu_kind", at->cpu_kind, "memory_bytes", whole(at->memory_bytes),
			 "kernel", at->kernel, "loops", at->loops, "cpu", at->cpu, "cmdline", at->cmdline,
			 "mitigations", at->mitigations, "thp", at->thp, "governor", at->governor,
			 "clock", at->clock, "config_hash", at->config_hash,
			 "image_hash", at->image_hash, "emulator", at->emulator,
			 "started", at->started, "command", at->command);
}

static json_t *failure(const struct results_failure *f)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s}",
			 "run", (json_int_t)f->run + 1, "workload", f->workload,
			 "target", f->target, "layout", f->layout,
			 "device", f->device, "place", f->place, "strategy", f->strategy,
			 "repetition", (json_int_t)f->repetition, "reason", f->reason);
}

static int cells(FILE *out, const struct results *r, const struct figures *figures)
{
	json_t *all = json_array(), *failures = json_array(), *runs = json_array();

	for (size_t i = 0; i < r->n_cells; i++)
		append(&all, shown(&figures[i], IN_JSON));
	for (size_t i = 0; i < r->n_failures; i++)
		append(&failures, failure(&r->failures[i]));
	for (size_t i = 0; i < r->n_runs; i++)
		append(&runs, run(r, i));
	return json_print(out, json_pack("{s:i, s:o, s:o, s:o}", "schema", SCHEMA, "cells", all,
					 "failures", failures, "runs", runs));
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

static json_t *json_breakeven(const struct breakeven *b)
{
	json_t *crossings = json_array();

	for (size_t i = 0; i < b->n_crossings; i++) {
		const struct breakeven_crossing *c = &b->crossings[i];

		append(&crossings, json_pack("{s:s, s:o, s:o, s:o}", "pays",
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

		append(&points, json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
				      "cold_fraction", real(p->fraction), "share", real(p->share),
				      "baseline_cost", real(p->baseline_cost), "cost", real(p->cost),
				      "delta", real(p->delta), "low", real(p->low),
				      "high", real(p->high)));
	}
	return points;
}

static json_t *json_curve(const struct curve *curve)
{
	bool ranks = curve->interval == BREAKEVEN_RANKS;
	json_t *object = shown(&curve->f, IN_CURVES);
	json_t *more = json_pack("{s:s, s:s?, s:o, s:o, s:o, s:b, s:I, s:s?, s:o}",
				 "workload", curve->workload,
				 "interval", curve->n ? intervals[curve->interval] : NULL,
				 "confidence", real(curve->n && ranks ? CELLS_CONFIDENCE : NAN),
				 "breakeven", json_breakeven(&curve->bend),
				 "ends", json_breakeven(&curve->line), "disagree", curve->disagree,
				 "left_out", (json_int_t)curve->left_out,
				 "left_out_reason", curve->reason, "points", json_points(curve));

	if (json_object_update(object, more)) {
		json_decref(object);
		object = NULL;
	}
	json_decref(more);
	return object;
}

static int curves(FILE *out, const struct curve *all, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		append(&array, json_curve(&all[i]));
	return json_print(out, json_pack("{s:i, s:o}", "schema", SCHEMA, "curves", array));
}

/* The outcome as other tools call it. */
static json_t *words(const struct gate_words *w)
{
	json_t *exits = json_object();

	for (int i = 0; i < N_GATE_READERS; i++)
		if (json_object_set_new(exits, gate_reader_names[i], json_integer(w->exit[i])))
			return NULL;
	return json_pack("{s:o, s:s, s:s, s:s, s:s}", "exit", exits, "b4", w->b4, "lava", w->lava,
			 "kcidb", w->kcidb, "tmt", w->tmt);
}

static json_t *gate_cell(const struct gate_cell *c)
{
	const bool counts = c->tier == TIER_COUNTS;
	json_t *functions = json_array();

	for (size_t i = 0; i < c->n_functions; i++)
		append(&functions, json_string(c->functions[i]));
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o,"
			 " s:o, s:s, s:I, s:o, s:o, s:o, s:o}",
			 "workload", c->workload, "target", c->target, "layout", c->layout,
			 "strategy", c->strategy, "place", c->place, "cold_fraction", real(c->cold_fraction),
			 "tier", tier_names[c->tier], "unit", counts ? "instructions/page" : "ns/page",
			 "outcome", gate_words[c->outcome].name, "reason", json_text(c->reason.text),
			 "base", real(c->base), "head", real(c->head),
			 counts ? "delta_per_page" : "penalty_pct", real(c->change),
			 "median_delta", real(c->median_change),
			 counts ? "margin" : "margin_pct", real(c->margin),
			 "resolution", real(c->resolution), "p", real(c->p),
			 "upper_pct", real(cells_penalty_pct(c->upper)), "se", real(c->se),
			 "statistic", c->statistic, "n", (json_int_t)c->n,
			 "needed", c->needed ? json_integer((json_int_t)c->needed) : json_null(),
			 "autocorrelation", real(c->autocorrelation), "notes", json_text(c->notes.text),
			 "functions", functions);
}

static json_t *gate_side(const struct gate *g, int head)
{
	const struct results *r = g->results[head];
	const struct results_run *run = r->n_runs ? r->runs : NULL;

	return json_pack("{s:o, s:o, s:o, s:I}", "name", json_text(g->plan->sides[head]),
			 "kernel", json_text(run ? run->kernel : NULL),
			 "image_hash", json_text(run ? run->image_hash : NULL), "runs", (json_int_t)r->n_runs);
}

static json_t *gate_plan(const struct gate *g)
{
	const struct gate_plan *plan = g->plan;

	return json_pack("{s:o, s:s, s:f, s:f, s:I, s:o, s:o, s:b}",
			 "margin", plan->margin.value > 0 ? json_real(plan->margin.value) : json_null(),
			 "margin_unit", plan->margin.instructions ? "instructions/page" : "percent",
			 "false_alarms", GATE_FALSE_ALARMS, "power", GATE_POWER, "cells", (json_int_t)g->n_cells,
			 "budget_s", plan->budget_ns ? json_real((double)plan->budget_ns / 1e9) : json_null(),
			 "seed", plan->seed ? json_integer((json_int_t)plan->seed) : json_null(),
			 "uncalibrated", plan->calibration.waived);
}

static int verdict(FILE *out, const struct gate *g)
{
	json_t *all = json_array();
	struct reason summary;

	for (size_t i = 0; i < g->n_cells; i++)
		append(&all, gate_cell(&g->cells[i]));
	return json_print(out, json_pack("{s:i, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "schema", SCHEMA,
					 "outcome", gate_words[g->outcome].name, "summary", gate_summary(g, &summary),
					 "words", words(&gate_words[g->outcome]), "base", gate_side(g, 0),
					 "head", gate_side(g, 1), "plan", gate_plan(g), "cells", all,
					 "command", json_text(g->plan->command)));
}

const struct format format_json = {
	"json", "objects for programs", .cells = cells, .curves = curves, .verdict = verdict,
};
