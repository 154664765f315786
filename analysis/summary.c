// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A table per run: what each strategy adds to a page of each workload, over all targets
 * and layouts, next to the published penalty. Computes nothing but the ranges.
 */
#include <math.h>
#include <string.h>

#include "analysis/columns.h"
#include "analysis/reproduce_table.h"
#include "analysis/tables.h"
#include "analysis/verdict.h"

enum { ROWS_MAX = 48, COLUMNS_MAX = 12 };	/* of a table; the tables of compare have all */

struct names {
	const char *of[ROWS_MAX];
	size_t n;
};

enum { LOW, HIGH };	/* of a range */

/* The cells of one run, back end, tier and baseline; the figures are those of the run. */
struct overview {
	const struct figures *figures, *first;
	size_t n;
	struct names strategies, workloads;
};

static void add_name(struct names *names, size_t max, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (!strcmp(names->of[i], name))
			return;
	if (names->n < max)
		names->of[names->n++] = name;
}

/* Whether @f is a comparison of the table that begins with @first. */
static bool belongs(const struct figures *first, const struct figures *f)
{
	struct verdict_effect e;

	return cells_is_shown(f) && verdict_of(f, &e) && f->cell->backend == first->cell->backend &&
	       f->counts == first->counts && !strcmp(f->baseline_name, first->baseline_name);
}

static void widen(double range[2], double value)
{
	range[LOW] = fmin(range[LOW], value);	/* of a NAN and a number: the number */
	range[HIGH] = fmax(range[HIGH], value);
}

/* "122..140", or one number where both are the same; "-" where there is none. */
static void add_range(struct document *d, const double range[2], int digits)
{
	char low[COLUMNS_NUMBER], high[COLUMNS_NUMBER];

	columns_number(low, range[LOW], digits);
	columns_number(high, range[HIGH], digits);
	document_add(d, "%s", low);
	if (strcmp(low, high))
		document_add(d, "..%s", high);
}

static void add_cell(struct document *d, const double added[2], const double pct[2])
{
	document_add(d, "\t");
	add_range(d, added, fmax(-added[LOW], added[HIGH]) < 10);
	if (isnan(pct[LOW]))
		return;
	document_add(d, " (");
	add_range(d, pct, 1);
	document_add(d, "%%)");
}

static void write_row(struct document *d, const struct overview *t, const char *strategy)
{
	document_add(d, "%s", strategy);
	for (size_t i = 0; i < t->workloads.n; i++) {
		double added[2] = { NAN, NAN }, pct[2] = { NAN, NAN };

		for (const struct figures *f = t->figures; f < t->figures + t->n; f++) {
			if (!belongs(t->first, f) || strcmp(f->cell->strategy, strategy) ||
			    strcmp(f->cell->workload, t->workloads.of[i]))
				continue;
			widen(added, f->delta);
			if (!f->counts)
				widen(pct, cells_penalty_pct(f->theta));
		}
		add_cell(d, added, pct);
	}
	document_block(d, DOCUMENT_ROW, "%s", "");
}

/* The published penalty, where it can be compared with what is below. */
static void write_published(struct document *d, const struct overview *t)
{
	double added[2], pct[2];

	reproduce_published(added, pct);
	document_add(d, "published");
	for (size_t i = 0; i < t->workloads.n; i++)
		if (!strcmp(t->workloads.of[i], REPRODUCE_WORKLOAD))
			add_cell(d, added, pct);
		else
			document_add(d, "\t");
	document_block(d, DOCUMENT_ROW, "%s", "");
}

/* How many comparisons have which verdict. */
static void write_verdicts(struct document *d, const struct overview *t)
{
	size_t n[N_VERDICTS] = { 0 }, all = 0;
	struct verdict_effect e;

	for (const struct figures *f = t->figures; f < t->figures + t->n; f++)
		if (belongs(t->first, f) && verdict_of(f, &e)) {
			n[e.verdict]++;
			all++;
		}
	document_add(d, "%zu comparison%s:", all, all > 1 ? "s" : "");
	for (size_t i = 0; i < N_VERDICTS; i++)
		document_add(d, "%s %zu %s", i ? "," : "", n[i], verdict_names[i]);
	document_block(d, DOCUMENT_PARAGRAPH, ".");
}

static void write_table(struct document *d, const struct results *r, const struct overview *t)
{
	const struct results_cell *cell = t->first->cell;
	struct document_column heads[1 + COLUMNS_MAX] = { { "strategy", 12, true } };
	bool published = false;

	document_add(d, "%s: %s, %s, against %s", cell->place, t->first->counts ? "counts" : "time",
		     tables_backend(cell), t->first->baseline_name);
	if (r->n_runs > 1)
		document_add(d, ", run %zu", cell->run + 1);
	document_block(d, DOCUMENT_HEADING, "%s", "");
	for (size_t i = 0; i < t->workloads.n; i++) {
		heads[1 + i] = (struct document_column){ t->workloads.of[i], 20, false };
		published |= !t->first->counts && !strcmp(t->workloads.of[i], REPRODUCE_WORKLOAD);
	}
	tables_add_machine(d, t->first->run, cells_page_size(r, cell->run));
	document_add(d, "; %s added to a page%s.", t->first->counts ? "instructions" : "ns",
		     t->first->counts ? "" : " (throughput lost)");
	document_block(d, DOCUMENT_PARAGRAPH, "%s", published
		       ? " Published: Raspberry Pi 4, October 2021, in the kernel, reading one byte in 16 of the source"
			 " instead of one per page, on ext4 and btrfs." : "");
	document_table(d, heads, 1 + t->workloads.n);
	if (published)
		write_published(d, t);
	for (size_t i = 0; i < t->strategies.n; i++)
		write_row(d, t, t->strategies.of[i]);
	write_verdicts(d, t);
}

/* The table of those of @n figures of a run that are compared as @first is. */
static struct overview collect(const struct figures *figures, size_t n, const struct figures *first)
{
	struct overview t = { .figures = figures, .n = n, .first = first };

	for (const struct figures *f = figures; f < figures + n; f++)
		if (belongs(first, f)) {
			add_name(&t.strategies, ROWS_MAX, f->cell->strategy);
			add_name(&t.workloads, COLUMNS_MAX, f->cell->workload);
		}
	return t;
}

/* The tables of @n figures of a run. */
static void write_run(struct document *d, const struct results *r, const struct figures *figures, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t before = 0;
		struct overview t;

		if (!belongs(&figures[i], &figures[i]))
			continue;
		while (before < i && !belongs(&figures[i], &figures[before]))
			before++;
		if (before < i)
			continue;
		t = collect(figures, n, &figures[i]);
		write_table(d, r, &t);
	}
}

int summary_print(FILE *out, const struct document_style *style, const struct results *r,
		  const struct figures *figures)
{
	struct document d;

	document_begin(&d, out, style);
	document_block(&d, DOCUMENT_PARAGRAPH, "What each strategy adds to a page, from the lowest to the highest of"
		       " all targets and layouts; below 0 it costs less.");
	for (size_t i = 0, end; i < r->n_cells; i = end) {
		for (end = i + 1; end < r->n_cells && figures[end].cell->run == figures[i].cell->run; end++)
			;
		write_run(&d, r, figures + i, end - i);
	}
	return document_end(&d);
}
