// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables of breakeven: curves put into tables, rows and columns, machines side by side. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/breakeven.h"
#include "analysis/columns.h"
#include "analysis/tables.h"
#include "base/text.h"

/*
 * Where a curve is shown: the first curve in the same table, in the same row and on
 * the same machine, which is a column. What a run repeats of another has rows of its
 * own, which come later, as it does in the files.
 */
struct place {
	size_t table, row, machine, repeat;
	size_t next;	/* curve of the row; the number of curves: none */
};

static bool same_table(const struct curve *a, const struct curve *b)
{
	const struct results_cell *ca = a->f.cell, *cb = b->f.cell;

	return !strcmp(a->workload, b->workload) && ca->backend == cb->backend &&
	       a->f.counts == b->f.counts && !strcmp(ca->source, cb->source) &&
	       ca->block_size == cb->block_size && ca->threads == cb->threads;
}

static bool same_target(const struct results_cell *a, const struct results_cell *b)
{
	return !strcmp(a->target, b->target) && !strcmp(a->layout, b->layout) && a->fill_size == b->fill_size;
}

static bool same_row(const struct curve *a, const struct curve *b)
{
	return same_table(a, b) && same_target(a->f.cell, b->f.cell) &&
	       !strcmp(a->f.cell->strategy, b->f.cell->strategy);
}

static bool same_machine(const struct curve *a, const struct curve *b)
{
	const struct results_cell *ca = a->f.cell, *cb = b->f.cell;
	const struct results_run *ra = a->f.run, *rb = b->f.run;

	return !strcmp(ca->place, cb->place) && !strcmp(ca->arch, cb->arch) &&
	       ca->page_size == cb->page_size && !strcmp(ra->kernel, rb->kernel) &&
	       !strcmp(ra->image_hash ? ra->image_hash : "", rb->image_hash ? rb->image_hash : "");
}

static void find_places(const struct curve *c, size_t n, struct place *p)
{
	for (size_t i = 0; i < n; i++) {
		p[i] = (struct place){ i, i, i, 0, n };
		for (size_t j = i; j-- > 0;) {
			if (same_machine(&c[i], &c[j]))
				p[i].machine = p[j].machine;
			if (same_table(&c[i], &c[j]))
				p[i].table = p[j].table;
			p[i].repeat += same_row(&c[i], &c[j]) && same_machine(&c[i], &c[j]);
		}
		for (size_t j = i; j-- > 0 && p[i].row == i;) {
			if (!same_row(&c[i], &c[j]) || p[i].repeat != p[j].repeat)
				continue;
			p[i].row = p[j].row;
			p[j].next = i;
		}
	}
}

/*
 * A share in per cent with three digits, but four where three would show 100 for less than
 * that; "?" where the sweep does not bound it.
 */
static const char *share_text(char buf[COLUMNS_NUMBER], double share)
{
	double value = 100 * share;

	if (isnan(share))
		return strcpy(buf, "?");
	return columns_number(buf, value, value >= 99.995 ? 0 : value >= 99.95 || value < 9.995 ? 2 : 1);
}

/* Crossing @i of a curve. In place of the first there may be a verdict. */
static void add_pays(struct document *d, const struct breakeven *b, size_t i)
{
	static const char *const verdicts[] = {
		[BREAKEVEN_NONE] = "-", [BREAKEVEN_UNDECIDED] = "undecided",
		[BREAKEVEN_ALWAYS] = "always", [BREAKEVEN_NEVER] = "never",
	};
	char share[COLUMNS_NUMBER];

	if (i < b->n_crossings)
		document_add(d, "%s %s", b->crossings[i].below ? "below" : "above",
			     share_text(share, b->crossings[i].share));
	else if (i == 0)
		document_add(d, "%s%s", verdicts[b->verdict],
			     b->verdict != BREAKEVEN_UNDECIDED && b->undecided ? "?" : "");
}

static void add_interval(struct document *d, const struct breakeven *b, size_t i)
{
	char low[COLUMNS_NUMBER], high[COLUMNS_NUMBER];

	if (i < b->n_crossings)
		document_add(d, "%s..%s", share_text(low, b->crossings[i].low),
			     share_text(high, b->crossings[i].high));
	else if (i == 0)
		document_add(d, "-");
}

/* The verdict from the ends of the sweep, short. */
static void add_ends(struct document *d, const struct curve *curve)
{
	const struct breakeven *b = &curve->line;
	char share[COLUMNS_NUMBER];

	if (b->n_crossings)
		document_add(d, "%s%s", b->crossings[0].below ? "<" : ">",
			     share_text(share, b->crossings[0].share));
	else
		document_add(d, "%s", b->verdict == BREAKEVEN_ALWAYS ? "always" :
			     b->verdict == BREAKEVEN_NEVER ? "never" : "-");
	if (curve->disagree)
		document_add(d, "*");
}

enum {
	ACROSS_LIMITED = 2,	/* machines in a line of 72 columns, with the strategy */
	ACROSS_MAX = 8,		/* in lines without a limit */
};

/* What is being written: a table, with so many of its machines as a line takes. */
struct sheet {
	struct document *d;
	const struct curve *curves;
	const struct place *places;
	size_t n;
	bool pages;			/* sizes differ, so machines say theirs */
	size_t machines[ACROSS_MAX];	/* numbers as in a place */
	size_t n_machines, before;	/* in this part, and in those before it */
};

/* The curves of a row, NULL where there is none. Returns how many lines they need. */
static size_t find_row(const struct sheet *s, size_t row, const struct curve *c[ACROSS_MAX])
{
	size_t lines = 0;

	memset(c, 0, ACROSS_MAX * sizeof(c[0]));
	for (size_t i = row; i < s->n; i = s->places[i].next)
		for (size_t k = 0; k < s->n_machines; k++) {
			size_t crossings = s->curves[i].bend.n_crossings;

			if (s->places[i].machine != s->machines[k])
				continue;
			c[k] = &s->curves[i];
			lines = crossings > lines ? crossings : lines ? lines : 1;
		}
	return lines;
}

/* Line @i of a row. */
static void write_line(const struct sheet *s, const char *name, const struct curve *const *c,
		       size_t i)
{
	document_add(s->d, "%s", i ? "" : name);
	for (size_t k = 0; k < s->n_machines; k++) {
		document_add(s->d, "\t");
		if (c[k])
			add_pays(s->d, &c[k]->bend, i);
		document_add(s->d, "\t");
		if (c[k])
			add_interval(s->d, &c[k]->bend, i);
		document_add(s->d, "\t");
		if (c[k] && i == 0)
			add_ends(s->d, c[k]);
	}
	document_block(s->d, DOCUMENT_ROW, "%s", "");
}

static void write_rows(const struct sheet *s, size_t table)
{
	size_t last = s->n;

	for (size_t i = table; i < s->n; i++) {
		const struct results_cell *cell = s->curves[i].f.cell;
		const struct curve *c[ACROSS_MAX];
		size_t lines, repeat = s->places[i].repeat;

		if (s->places[i].table != table || s->places[i].row != i)
			continue;
		lines = find_row(s, i, c);
		if (lines == 0)
			continue;
		if (last == s->n || s->places[last].repeat != repeat ||
		    !same_target(s->curves[last].f.cell, cell)) {
			document_add(s->d, "%s %s", cell->target, cell->layout);
			if (repeat)
				document_add(s->d, ", repeat %zu", repeat + 1);
			document_block(s->d, DOCUMENT_ROW, "%s",
				       tables_own_prefault(cell->target) ? ", own pre-fault" : "");
		}
		for (size_t line = 0; line < lines; line++)
			write_line(s, cell->strategy, c, line);
		last = i;
	}
}

/* The part of a table that has s->machines, by which number they are known in its heads. */
static void write_part(const struct sheet *s, size_t table)
{
	struct document_column columns[1 + 3 * ACROSS_MAX] = {
		{ .head = "strategy", .width = 12, .name = true },
	};
	char pays[ACROSS_MAX][24], size[TEXT_SIZE];
	size_t n = 1;

	for (size_t k = 0; k < s->n_machines; k++) {
		const struct figures *f = &s->curves[s->machines[k]].f;

		document_add(s->d, "[%zu] %s %s, Linux %s", s->before + k + 1, f->cell->place,
			     f->cell->arch, f->run->kernel);
		if (s->pages)
			document_add(s->d, ", %s pages", text_size(size, f->cell->page_size));
		document_block(s->d, DOCUMENT_ITEM, "%s", "");
		snprintf(pays[k], sizeof(pays[k]), "[%zu] pays %%", s->before + k + 1);
		columns[n++] = (struct document_column){ .head = pays[k], .width = 10 };
		columns[n++] = (struct document_column){ .head = "interval", .width = 10 };
		columns[n++] = (struct document_column){ .head = "ends", .width = 7 };
	}
	document_table(s->d, columns, n);
	write_rows(s, table);
}

/* An item about @some of @all, if there are any. */
static void write_some(struct document *d, size_t some, size_t all, const char *what)
{
	if (some)
		document_block(d, DOCUMENT_ITEM, "%zu of %zu %s", some, all, what);
}

/* What a reader of @table must know to judge it. */
static void write_notes(const struct sheet *s, size_t table)
{
	size_t curves = 0, cells = 0, unsteady = 0, unverified = 0, wrong = 0, left_out = 0;
	size_t quartiles = 0, partial = 0, differ = 0, unsure = 0;
	const char *reason = NULL;

	for (size_t i = table; i < s->n; i++) {
		const struct curve *curve = &s->curves[i];
		const struct breakeven *b = &curve->bend;

		if (s->places[i].table != table)
			continue;
		curves++;
		cells += curve->cells;
		unsteady += curve->unsteady;
		unverified += curve->unverified;
		wrong += curve->wrong;
		left_out += curve->left_out;
		reason = reason ? reason : curve->reason;
		quartiles += curve->n && curve->interval == BREAKEVEN_QUARTILES;
		partial += b->verdict != BREAKEVEN_NONE && (b->from > 0 || b->to < 1);
		differ += curve->disagree;
		unsure += b->undecided && (b->verdict == BREAKEVEN_ALWAYS ||
					   b->verdict == BREAKEVEN_NEVER);
	}
	write_some(s->d, wrong, cells, "cells: DATA WRONG: file and source differ");
	if (differ)
		document_block(s->d, DOCUMENT_ITEM, "* the ends alone give another answer: cost is"
			       " not linear in the share");
	if (unsure)
		document_block(s->d, DOCUMENT_ITEM, "? as far as the intervals show, which contain 0"
			       " at some shares");
	write_some(s->d, partial, curves, "curves do not reach from 0 to 100 % cold; nothing is"
		   " known beyond them");
	if (left_out)
		document_block(s->d, DOCUMENT_ITEM, "%zu of %zu cells left out; the first: %s",
			       left_out, cells, reason);
	write_some(s->d, quartiles, curves, "curves have intervals from quartiles: too few arms"
		   " repeat a strategy for a resolution");
	write_some(s->d, unsteady, cells, "cells were not steady after warm-up");
	write_some(s->d, unverified, cells, "cells: data not verified");
}

/* Whether @i is the first curve of @table on its machine. */
static bool brings_machine(const struct place *places, size_t table, size_t i)
{
	if (places[i].table != table)
		return false;
	for (size_t j = table; j < i; j++)
		if (places[j].table == table && places[j].machine == places[i].machine)
			return false;
	return true;
}

/* A table, in parts where a line does not take all machines. */
static void write_table(struct sheet *s, size_t table)
{
	const size_t across = s->d->style->line ? ACROSS_LIMITED : ACROSS_MAX;
	const struct figures *f = &s->curves[table].f;
	char size[TEXT_SIZE];

	document_block(s->d, DOCUMENT_HEADING, "%s, %s blocks", s->curves[table].workload,
		       text_size(size, f->cell->block_size));
	document_add(s->d, "%s, %s, source %s, against %s", f->counts ? "counts" : "time",
		     tables_backend(f->cell), f->cell->source, f->baseline_name);
	if (f->cell->threads > 1)
		document_add(s->d, ", %" PRIu64 " threads", f->cell->threads);
	document_block(s->d, DOCUMENT_PARAGRAPH, "%s", "");
	s->n_machines = s->before = 0;
	for (size_t i = table; i < s->n; i++) {
		if (!brings_machine(s->places, table, i))
			continue;
		if (s->n_machines == across) {
			write_part(s, table);
			document_part(s->d);
			s->before += s->n_machines;
			s->n_machines = 0;
		}
		s->machines[s->n_machines++] = s->places[i].machine;
	}
	write_part(s, table);
	write_notes(s, table);
}

static const char legend[] =
	"Shares of cold source pages, in per cent, at which a strategy pays, that is, costs less than"
	" the baseline: below or above the break-even. Interval: shares at which the break-even may"
	" be; ? where the sweep does not bound it. Ends: the same from 0 and 100 % cold alone; < is"
	" below, > is above.";
static const char time_legend[] =
	"Time, strategies switched inside one boot: 99 % confidence intervals that hold for all shares"
	" of a strategy together.";
static const char counts_legend[] =
	"Counts, in instructions per page: intervals from the resolution. They show which path is"
	" longer, not which is slower.";

static void write_legend(struct document *d, const struct curve *curves, size_t n)
{
	bool time = false, counts = false;

	for (size_t i = 0; i < n; i++) {
		time |= !curves[i].f.counts;
		counts |= curves[i].f.counts;
	}
	document_block(d, DOCUMENT_PARAGRAPH, "%s", legend);
	if (time)
		document_block(d, DOCUMENT_PARAGRAPH, "%s", time_legend);
	if (counts)
		document_block(d, DOCUMENT_PARAGRAPH, "%s", counts_legend);
}

static void write_run(struct document *d, const struct figures *f)
{
	document_add(d, "Machine: ");
	tables_add_machine(d, f->run, f->cell->page_size);
	document_block(d, DOCUMENT_PARAGRAPH, "%s%s", f->run->command ? "; " : "",
		       f->run->command ? f->run->command : "");
}

int breakeven_print(FILE *out, const struct document_style *style, const struct curve *curves,
		    size_t n)
{
	struct place *places = calloc(n, sizeof(*places));
	struct document d;
	struct sheet s = { .d = &d, .curves = curves, .places = places, .n = n };

	if (!places)
		return -ENOMEM;
	document_begin(&d, out, style);
	find_places(curves, n, places);
	for (size_t i = 1; i < n; i++)
		s.pages |= curves[i].f.cell->page_size != curves[0].f.cell->page_size;
	write_legend(&d, curves, n);
	for (size_t i = 0; i < n; i++)
		if (places[i].table == i)
			write_table(&s, i);
	document_part(&d);
	/* Curves are in the order of the files, so those of a run are together. */
	for (size_t i = 0; i < n; i++)
		if (i == 0 || curves[i].f.run != curves[i - 1].f.run)
			write_run(&d, &curves[i].f);
	free(places);
	return document_end(&d);
}
