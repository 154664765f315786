// SPDX-License-Identifier: GPL-2.0-or-later
/* The verdict as text. Computes nothing. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/cells.h"
#include "analysis/gate.h"
#include "analysis/tables.h"
#include "analysis/verdict.h"

/*
 * Whole numbers as such, others with up to two digits behind the point; shares in per cent.
 * @sign: with a + too.
 */
static const char *number(char buf[GATE_NUMBER], double value, bool share, bool sign)
{
	const int digits = value == rint(value) && !share ? 0 : fabs(value) < 1000 || share ? 2 : 1;

	if (isnan(value))
		snprintf(buf, GATE_NUMBER, "-");
	else
		snprintf(buf, GATE_NUMBER, sign ? "%+.*f%s" : "%.*f%s", digits, value, share ? "%" : "");
	return buf;
}

const char *gate_cost(char buf[GATE_NUMBER], double cost)
{
	return number(buf, cost, false, false);
}

const char *gate_change(char buf[GATE_NUMBER], const struct gate_cell *c)
{
	return number(buf, c->change, c->tier == TIER_TIME, true);
}

const char *gate_margin(char buf[GATE_NUMBER], const struct gate_cell *c)
{
	return number(buf, c->margin, c->tier == TIER_TIME, false);
}

static bool is_listed(const struct gate_cell *c)
{
	return c->outcome != GATE_PASS || c->tier == TIER_TIME || c->change != 0;
}

static bool is_coarse(const struct gate_cell *c)
{
	return c->resolution > 0 && c->margin <= c->resolution;
}

/* "seq-4k ext4, seq-4k xfs", or "12 cells of xfs", of the @n cells of @in. */
static void add_names(struct document *d, const struct gate *g, const bool *in, size_t n)
{
	enum { NAMED = 3 };	/* more are counted */
	const char *separator = "";
	char name[GATE_NAME];

	if (n > 1 && n == g->n_cells) {
		document_add(d, "all cells");
	} else if (n > NAMED) {
		gate_shared_name(g, in, name);
		document_add(d, "%zu cells%s%s", n, *name ? " of " : "", name);
	} else {
		for (size_t i = 0; i < g->n_cells; i++)
			if (in[i]) {
				document_add(d, "%s%s", separator, gate_short_name(g, &g->cells[i], name));
				separator = ", ";
			}
	}
}

/* What has no room in a row: each sets @out, or leaves it empty. */

static void say_reason(const struct gate_cell *c, struct reason *out)
{
	reason_set(out, "%s", c->reason.text);
}

static void say_needed(const struct gate_cell *c, struct reason *out)
{
	if (c->needed)
		reason_set(out, "a verdict takes about %zu %s; there %s %zu", c->needed, c->statistic,
			   c->n == 1 ? "is" : "are", c->n);
	if (c->needed && c->boots)
		reason_add(out, "--on %s,shift=N with another N gives another one", c->place);
}

/* Slow paths show in the median alone. */
static void say_statistic(const struct gate_cell *c, struct reason *out)
{
	if (c->tier != TIER_COUNTS || c->resolution != 0 || !strcmp(c->statistic, "median"))
		return;
	reason_set(out, "judged by its %s", c->statistic);
	if (fabs(c->median_change - c->change) >= c->margin)
		reason_add(out, "slow paths: its median has changed by %+.4g", c->median_change);
}

static void say_confidence(const struct gate_cell *c, struct reason *out)
{
	if (c->tier == TIER_TIME && !isnan(c->theta))
		reason_set(out, "%zu %s, p = %.2g; loss below %.2f %% (90%%)", c->n, c->statistic, c->p,
			   cells_penalty_pct(c->upper));
}

static void say_correlation(const struct gate_cell *c, struct reason *out)
{
	if (c->autocorrelation > 0.15 && c->n)
		reason_set(out, "neighbouring %s are correlated (%.2f), which raises false alarms", c->statistic,
			   c->autocorrelation);
}

static void say_notes(const struct gate_cell *c, struct reason *out)
{
	reason_set(out, "%s", c->notes.text);
}

static void say_functions(const struct gate_cell *c, struct reason *out)
{
	size_t len;

	if (c->n_functions > 1)
		reason_set(out, "functions, instructions per page:");
	for (size_t i = 0; i < c->n_functions; i++) {
		len = strlen(out->text);
		snprintf(out->text + len, sizeof(out->text) - len, "%s%s", len ? "\n" : "", c->functions[i]);
	}
}

/* @text, a list after its first line. */
static void write_lines(struct document *d, char *text)
{
	const char *line = strsep(&text, "\n");

	document_add(d, ": ");
	do {
		document_block(d, DOCUMENT_ITEM, "%s", line);
	} while ((line = strsep(&text, "\n")));
}

/* @say of all cells: a text of several cells once. Returns 0 or -ENOMEM. */
static int write_remarks(struct document *d, const struct gate *g, void (*say)(const struct gate_cell *, struct reason *))
{
	char **texts = calloc(g->n_cells, sizeof(*texts));
	bool *same = calloc(g->n_cells, sizeof(*same));
	int err = texts && same ? 0 : -ENOMEM;

	for (size_t i = 0; i < g->n_cells && !err; i++) {
		struct reason text = { "" };

		say(&g->cells[i], &text);
		texts[i] = strdup(text.text);
		err = texts[i] ? 0 : -ENOMEM;
	}
	for (size_t first = 0; first < g->n_cells && !err; first++) {
		size_t n = 0;

		if (!*texts[first])
			continue;
		for (size_t i = 0; i < g->n_cells; i++) {
			same[i] = i >= first && !strcmp(texts[i], texts[first]);
			n += same[i];
		}
		add_names(d, g, same, n);
		write_lines(d, texts[first]);
		for (size_t i = first; i < g->n_cells; i++)
			if (same[i])
				*texts[i] = '\0';
	}
	for (size_t i = 0; i < g->n_cells && texts; i++)
		free(texts[i]);
	free(texts);
	free(same);
	return err;
}

/* Outcomes in the order of their rows: what needs attention first. */
static const enum gate_outcome row_order[N_GATE_OUTCOMES] = {
	GATE_FAIL, GATE_ERROR, GATE_INCONCLUSIVE, GATE_NONE, GATE_PASS,
};

enum { CELL_WIDTH = 25 };

/* The row of @c, called @name. */
static void write_row(struct document *d, const struct gate_cell *c, const char *name)
{
	char base[GATE_NUMBER], head[GATE_NUMBER], change[GATE_NUMBER], margin[GATE_NUMBER];

	document_block(d, DOCUMENT_ROW, "%s\t%s\t%s\t%s\t%s%s\t%s", name, gate_cost(base, c->base),
		       gate_cost(head, c->head), gate_change(change, c), gate_margin(margin, c),
		       is_coarse(c) ? "*" : "", gate_words[c->outcome].name);
}

/* Where names do not fit, their first word is a title, of neighbours together. */
static void write_titled_row(struct document *d, const struct gate_cell *c, char *name, char title[GATE_NAME])
{
	char *rest = strchr(name, ' ');

	if (rest)
		*rest++ = '\0';
	if (rest && strcmp(name, title)) {
		strcpy(title, name);
		document_block(d, DOCUMENT_ROW, "%s", title);
	}
	write_row(d, c, rest ? rest : name);
}

static bool names_fit(const struct gate *g)
{
	char name[GATE_NAME];

	for (size_t i = 0; i < g->n_cells; i++)
		if (is_listed(&g->cells[i]) && strlen(gate_short_name(g, &g->cells[i], name)) > CELL_WIDTH)
			return false;
	return true;
}

static void write_rows(struct document *d, const struct gate *g)
{
	static const struct document_column columns[] = {
		{ "cell", CELL_WIDTH, true }, { "base", 8, false }, { "head", 8, false }, { "change", 7, false },
		{ "margin", 7, false }, { "verdict", 12, true },
	};
	const bool fit = names_fit(g);
	char name[GATE_NAME], title[GATE_NAME] = "";

	document_table(d, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t k = 0; k < N_GATE_OUTCOMES; k++)
		for (size_t i = 0; i < g->n_cells; i++) {
			const struct gate_cell *c = &g->cells[i];

			if (c->outcome != row_order[k] || !is_listed(c))
				continue;
			gate_short_name(g, c, name);
			if (fit)
				write_row(d, c, name);
			else
				write_titled_row(d, c, name, title);
		}
}

static int write_cells(struct document *d, const struct gate *g)
{
	static void (*const remarks[])(const struct gate_cell *, struct reason *) = {
		say_functions, say_reason, say_needed, say_confidence, say_correlation, say_statistic, say_notes,
	};
	char shared[GATE_NAME];
	bool coarse = false;
	size_t listed = 0;
	int err = 0;

	for (size_t i = 0; i < g->n_cells; i++) {
		coarse |= is_coarse(&g->cells[i]);
		listed += is_listed(&g->cells[i]);
	}
	if (listed && *gate_shared_name(g, NULL, shared))
		document_block(d, DOCUMENT_PARAGRAPH, "all cells: %s", shared);
	if (listed)
		write_rows(d, g);
	if (coarse)
		document_block(d, DOCUMENT_PARAGRAPH, "* resolution of this cell; below it nothing can be said");
	if (listed < g->n_cells)
		document_block(d, DOCUMENT_PARAGRAPH, "%zu cell%s unchanged", g->n_cells - listed,
			       g->n_cells - listed > 1 ? "s are" : " is");
	for (size_t i = 0; i < sizeof(remarks) / sizeof(remarks[0]) && !err; i++)
		err = write_remarks(d, g, remarks[i]);
	return err;
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
	const double margin = plan->margin.value;

	document_add(d, "plan: ");
	if (counts && plan->margin.instructions)
		document_add(d, "counts, instructions per page, margin %.4g", margin);
	else if (counts)
		document_add(d, "counts, instructions per page, margin %.4g %% and at least 1",
			     margin ? margin : VERDICT_MARGIN_COUNTS);
	if (time)
		document_add(d, "%stime, ns per page, margin %.4g %% of throughput", counts ? "; " : "",
			     margin ? margin : VERDICT_MARGIN_TIME);
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
	int err, ended;

	document_begin(&d, out, style);
	document_add(&d, "faultbench gate: %s  %s", gate_words[g->outcome].name, gate_summary(g, &summary));
	add_where(&d, g);
	document_block(&d, DOCUMENT_PARAGRAPH, "%s", "");
	write_side(&d, g, 0);
	write_side(&d, g, 1);
	err = write_cells(&d, g);
	if (g->n[GATE_NONE] < g->n_cells)
		gate_write_plan(&d, g->plan, has_tier(g, TIER_COUNTS), has_tier(g, TIER_TIME), g->n_cells);
	if (has_tier(g, TIER_TIME) && g->plan->calibration.waived)
		document_block(&d, DOCUMENT_PARAGRAPH, "The harness was not calibrated here"
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
	ended = document_end(&d);
	return err ? err : ended;
}
