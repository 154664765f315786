// SPDX-License-Identifier: GPL-2.0-or-later
/* The verdict as text. Computes nothing. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "analysis/cells.h"
#include "analysis/gate_table.h"
#include "analysis/tables.h"

/* Whole numbers as such, others with up to two digits behind the point; @sign: with a + too. */
static const char *number(char buf[GATE_NUMBER], double value, bool sign)
{
	if (isnan(value))
		snprintf(buf, GATE_NUMBER, "-");
	else
		snprintf(buf, GATE_NUMBER, sign ? "%+.*f" : "%.*f", value == rint(value) ? 0 : fabs(value) < 1000 ? 2 : 1,
			 value);
	return buf;
}

static const char *share(char buf[GATE_NUMBER], double pct, bool sign)
{
	if (isnan(pct))
		snprintf(buf, GATE_NUMBER, "-");
	else
		snprintf(buf, GATE_NUMBER, sign ? "%+.2f%%" : "%.2f%%", pct);
	return buf;
}

const char *gate_cost(char buf[GATE_NUMBER], double cost)
{
	return number(buf, cost, false);
}

const char *gate_change(char buf[GATE_NUMBER], const struct gate_cell *c)
{
	return c->tier == TIER_COUNTS ? number(buf, c->change, true) : share(buf, c->change, true);
}

const char *gate_margin(char buf[GATE_NUMBER], const struct gate_cell *c)
{
	return c->tier == TIER_COUNTS ? number(buf, c->margin, false) : share(buf, c->margin, false);
}

static bool is_listed(const struct gate_cell *c)
{
	return c->outcome != GATE_PASS || c->tier == TIER_TIME || c->change != 0;
}

static bool is_coarse(const struct gate_cell *c)
{
	return c->resolution > 0 && c->margin <= c->resolution;
}

static void write_row(struct document *d, const struct gate *g, const struct gate_cell *c)
{
	char name[GATE_NAME], base[GATE_NUMBER], head[GATE_NUMBER], change[GATE_NUMBER], margin[GATE_NUMBER];

	document_block(d, DOCUMENT_ROW, "%s\t%s\t%s\t%s\t%s%s\t%s", gate_cell_name(g, c, name),
		       gate_cost(base, c->base), gate_cost(head, c->head), gate_change(change, c),
		       gate_margin(margin, c), is_coarse(c) ? "*" : "", gate_words[c->outcome].name);
}

/* Whether all cells have the same notes, which are then shown once. */
static bool shared_notes(const struct gate *g)
{
	for (size_t i = 1; i < g->n_cells; i++)
		if (strcmp(g->cells[i].notes.text, g->cells[0].notes.text))
			return false;
	return g->n_cells > 1;
}

/* What has no room in a row. */
static void write_remarks(struct document *d, const struct gate *g, const struct gate_cell *c)
{
	char name[GATE_NAME];

	gate_cell_name(g, c, name);
	if (c->reason.text[0])
		document_block(d, DOCUMENT_ITEM, "%s: %s", name, c->reason.text);
	if (c->needed)
		document_block(d, DOCUMENT_ITEM, "%s: a verdict takes about %zu %s; there are %zu", name, c->needed,
			       c->statistic, c->n);
	if (c->tier == TIER_COUNTS && !isnan(c->base) && (c->base != c->base_median || c->head != c->head_median))
		document_block(d, DOCUMENT_ITEM, "%s: by its %s; medians %.1f and %.1f, where slow paths show", name,
			       c->statistic, c->base_median, c->head_median);
	else if (c->tier == TIER_COUNTS && !strcmp(c->statistic, "median by place"))
		document_block(d, DOCUMENT_ITEM, "%s: compared place by place of the file", name);
	if (c->tier == TIER_TIME && !isnan(c->theta))
		document_block(d, DOCUMENT_ITEM, "%s: %zu %s, p = %.2g, at most %+.2f %% slower with 90 %%"
			       " confidence", name, c->n, c->statistic, c->p, cells_penalty_pct(c->upper));
	if (c->autocorrelation > 0.15 && c->n)
		document_block(d, DOCUMENT_ITEM, "%s: neighbouring %s are correlated (%.2f), which raises false alarms",
			       name, c->statistic, c->autocorrelation);
	if (c->notes.text[0] && !shared_notes(g))
		document_block(d, DOCUMENT_ITEM, "%s: %s", name, c->notes.text);
	for (size_t i = 0; i < c->n_functions; i++)
		document_block(d, DOCUMENT_ITEM, "%s: %s", name, c->functions[i]);
}

static void write_cells(struct document *d, const struct gate *g)
{
	static const struct document_column columns[] = {
		{ "cell", 25, true }, { "base", 8, false }, { "head", 8, false }, { "change", 7, false },
		{ "margin", 7, false }, { "verdict", 12, true },
	};
	bool coarse = false;
	size_t listed = 0;

	for (size_t i = 0; i < g->n_cells; i++) {
		coarse |= is_coarse(&g->cells[i]);
		listed += is_listed(&g->cells[i]);
	}
	if (listed)
		document_table(d, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < g->n_cells; i++)
		if (is_listed(&g->cells[i]))
			write_row(d, g, &g->cells[i]);
	if (coarse)
		document_block(d, DOCUMENT_PARAGRAPH, "* resolution of this cell; below it nothing can be said");
	if (listed < g->n_cells)
		document_block(d, DOCUMENT_PARAGRAPH, "%zu cell%s unchanged", g->n_cells - listed,
			       g->n_cells - listed > 1 ? "s are" : " is");
	for (size_t i = 0; i < g->n_cells; i++)
		write_remarks(d, g, &g->cells[i]);
	if (g->n_cells && g->cells[0].notes.text[0] && shared_notes(g))
		document_block(d, DOCUMENT_ITEM, "all cells: %s", g->cells[0].notes.text);
}

static bool has_tier(const struct gate *g, enum tier tier)
{
	for (size_t i = 0; i < g->n_cells; i++)
		if (g->cells[i].tier == tier && g->cells[i].outcome != GATE_NONE)
			return true;
	return false;
}

/* "(counts, vm:x86_64, vm:arm64)" */
static void add_where(struct document *d, const struct gate *g)
{
	if (g->n[GATE_NONE] == g->n_cells)
		return;
	document_add(d, "  (%s", has_tier(g, TIER_COUNTS) ? "counts" : "time");
	if (has_tier(g, TIER_COUNTS) && has_tier(g, TIER_TIME))
		document_add(d, ", time");
	for (size_t i = 0; i < g->n_cells; i++)
		if (!i || strcmp(g->cells[i].place, g->cells[i - 1].place))
			document_add(d, ", %s", g->cells[i].place);
	document_add(d, ")");
}

static void write_side(struct document *d, const struct gate *g, int head)
{
	const struct results *r = g->results[head];
	const char *text = g->plan->sides[head];

	document_add(d, "%s: %s", head ? "head" : "base", text ? text : "");
	if (r->n_runs && !g->plan->strategies[0])
		document_add(d, "%sLinux %s", text ? ", " : "", r->runs[0].kernel);
	if (r->n_runs && r->runs[0].image_hash && !g->plan->strategies[0])
		document_add(d, ", image %.12s", r->runs[0].image_hash);
	document_block(d, DOCUMENT_PARAGRAPH, "%s", "");
}

void gate_write_plan(struct document *d, const struct gate_plan *plan, bool counts, bool time, size_t cells)
{
	const char *separator = "";

	document_add(d, "plan: ");
	if (counts)
		document_add(d, "counts, instructions per page, margin ");
	if (counts && plan->margin.instructions)
		document_add(d, "%.4g", plan->margin.value);
	else if (counts)
		document_add(d, "%.4g %% and at least 1", plan->margin.value ? plan->margin.value : 0.2);
	if (counts)
		separator = "; ";
	if (time)
		document_add(d, "%stime, ns per page, margin %.4g %% of throughput", separator,
			     plan->margin.value ? plan->margin.value : 1);
	document_add(d, "; false alarms %.2g, power %.2f; %zu cell%s", GATE_FALSE_ALARMS, GATE_POWER, cells,
		     cells == 1 ? "" : "s");
	if (plan->budget_ns)
		document_add(d, "; budget %.0f s", (double)plan->budget_ns / 1e9);
	if (plan->seed)
		document_add(d, "; seed %" PRIu64, plan->seed);
	document_block(d, DOCUMENT_PARAGRAPH, "%s", "");
}

int gate_print(FILE *out, const struct document_style *style, const struct gate *g)
{
	struct document d;
	struct reason summary;

	document_begin(&d, out, style);
	document_add(&d, "faultbench gate: %s  %s", gate_words[g->outcome].name, gate_summary(g, &summary));
	add_where(&d, g);
	document_block(&d, DOCUMENT_PARAGRAPH, "%s", "");
	write_side(&d, g, 0);
	write_side(&d, g, 1);
	write_cells(&d, g);
	if (g->n[GATE_NONE] < g->n_cells)
		gate_write_plan(&d, g->plan, has_tier(g, TIER_COUNTS), has_tier(g, TIER_TIME), g->n_cells);
	if (has_tier(g, TIER_TIME) && g->plan->calibration.waived)
		document_block(&d, DOCUMENT_PARAGRAPH, "The harness was not checked against itself here"
			       " (--uncalibrated).");
	if (style->settings && g->results[0]->n_runs) {
		document_add(&d, "machine: ");
		tables_add_machine(&d, &g->results[0]->runs[0], cells_page_size(g->results[0], 0));
		document_block(&d, DOCUMENT_PARAGRAPH, "%s", "");
	}
	if (g->plan->regzbot && g->plan->commit && g->outcome == GATE_FAIL)
		document_block(&d, DOCUMENT_COMMAND, "#regzbot introduced: %s", g->plan->commit);
	if (g->plan->command)
		document_block(&d, DOCUMENT_COMMAND, "repeat: %s", g->plan->command);
	return document_end(&d);
}
