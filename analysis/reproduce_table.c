// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Published tables and this machine's. The penalty: Catalin Marinas, linux-fsdevel,
 * 22 October 2021: Raspberry Pi 4, file system on a RAM block device, dd of 512 MB in
 * 1 MB blocks from /dev/zero, linux-next with a fault-in that reads one byte in 16
 * against one per page. The gain: the kernel's test robot on 665575cff098 and the patch
 * before it, 2025: small writes from resident memory to tmpfs. Measures nothing.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/columns.h"
#include "analysis/reproduce_table.h"
#include "analysis/tables.h"

static const struct published {
	const char *target;
	double before, after;	/* MB/s */
} published[] = {
	{ "ext4", 261, 246 },
	{ "btrfs", 360, 337 },
};

enum { N_PUBLISHED = sizeof(published) / sizeof(published[0]) };

static const char *const verdicts[] = {
	[REPRODUCE_CANNOT] = "cannot be measured here",
	[REPRODUCE_NOT_REPRODUCED] = "not reproduced",
	[REPRODUCE_SAME_DIRECTION] = "same direction",
	[REPRODUCE_REPRODUCED] = "reproduced",
};

/* A part of the output. */
struct part {
	const char *title, *legend, *rule;
	const char *strategies[4];	/* of its rows; a NULL ends them */
	const char *baseline, *user_baseline;	/* in the kernel and in user space; NULL: no rows */
};

static const struct part penalty = {
	.title = "Reading one byte in 16 of the source, against one per page",
	.legend = "Published: Marinas, 22 October 2021, Raspberry Pi 4, dd of 512 MB in 1 MB blocks from /dev/zero,"
		  " in the kernel. probe:16 and probe-each:16: in the kernel, against pre. touch:16: user-space"
		  " emulation, against touch, which bounds the cost in the kernel but is not it. Added: per page; ns"
		  " with a 99 % interval, or instructions (i) with the spread of repeated arms of the baseline."
		  " The published loss includes more than write(), so compare what is added.",
	.rule = "Verdict: reproduced if, in the kernel and in time, the interval of the penalty is above 0 and"
		" overlaps 5 to 6.5 %, and that of the time added per 4 KiB overlaps half to twice the published"
		" time; same direction if it is above 0, which is the most that emulation or instructions can show;"
		" cannot be measured if it contains both 0 and 5 %; else not reproduced.",
	.strategies = { "probe:16", "probe-each:16", "touch:16" }, .baseline = "pre", .user_baseline = "touch",
};

static const struct part gain = {
	.title = "Copying first, from resident memory, against reading one byte per page first",
	.legend = "Published: the kernel's test robot on 665575cff098, 2025: writes of at most 4 KiB to tmpfs are 3.6 to"
		  " 8.8 % faster. post: in the kernel, against pre. Added: per page, as above; negative is faster.",
	.rule = "Verdict: reproduced if, in time, the interval of the gain is above 0 and overlaps 3.6 to 8.8 %; same"
		" direction if it is above 0, which is the most that instructions can show; else not reproduced.",
	.strategies = { "post" }, .baseline = "pre",
};

/* The time that a page of 4 KiB takes at @mb_per_s. */
static double page_ns(double mb_per_s)
{
	return 4096 * 1e3 / mb_per_s;
}

static double added_ns(const struct published *p)
{
	return page_ns(p->after) - page_ns(p->before);
}

static double lost_pct(const struct published *p)
{
	return 100 * (1 - p->after / p->before);
}

void reproduce_published(double added[2], double lost[2])
{
	added[0] = lost[0] = INFINITY;
	added[1] = lost[1] = -INFINITY;
	for (size_t i = 0; i < N_PUBLISHED; i++) {
		added[0] = fmin(added[0], added_ns(&published[i]));
		added[1] = fmax(added[1], added_ns(&published[i]));
		lost[0] = fmin(lost[0], lost_pct(&published[i]));
		lost[1] = fmax(lost[1], lost_pct(&published[i]));
	}
}

static bool overlap(double low, double high, double from, double to)
{
	return low <= to && high >= from;
}

/*
 * Of @f, whose interval is from @low to @high, in per cent and positive where the published
 * one is, from @least to @most. @sign: of what it costs then. @whole: it may be reproduced.
 */
static enum reproduce_verdict judge(const struct figures *f, int sign, double low, double high, double least,
				    double most, bool whole)
{
	const double repeats = isnan(f->resolution) ? 0 : f->resolution;	/* differ by so much */

	if (f->counts && isnan(f->delta))
		return REPRODUCE_CANNOT;
	if (f->counts)	/* which show a direction at most */
		return sign * f->delta > repeats ? REPRODUCE_SAME_DIRECTION : REPRODUCE_NOT_REPRODUCED;
	if (isnan(low) || isnan(high) || (low <= 0 && high >= least))
		return REPRODUCE_CANNOT;
	if (low <= 0)
		return REPRODUCE_NOT_REPRODUCED;
	return whole && overlap(low, high, least, most) ? REPRODUCE_REPRODUCED : REPRODUCE_SAME_DIRECTION;
}

enum reproduce_verdict reproduce_verdict(const struct figures *f, double published_ns)
{
	const double scale = 4096 / (double)f->cell->page_size;

	return judge(f, 1, cells_penalty_pct(f->low), cells_penalty_pct(f->high), 5, 6.5,
		     f->cell->backend == BACKEND_KERNEL && overlap(f->delta_low * scale, f->delta_high * scale,
								   published_ns / 2, 2 * published_ns));
}

/* Throughput gained, in per cent, where the cost is exp(@theta) times the baseline's. */
static double gain_pct(double theta)
{
	return 100 * (exp(-theta) - 1);
}

enum reproduce_verdict reproduce_verify_verdict(const struct figures *f)
{
	return judge(f, -1, gain_pct(f->high), gain_pct(f->low), 3.6, 8.8, true);
}

/* Whether @strategy, of @baseline, makes a row of @t. */
static bool belongs(const struct part *t, const char *strategy)
{
	for (const char *const *s = t->strategies; *s; s++)
		if (!strcmp(strategy, *s))
			return true;
	return false;
}

static bool is_verify(const char *workload)
{
	return strcmp(workload, REPRODUCE_WORKLOAD) != 0;
}

/* What is being written. */
struct writing {
	struct document *d;
	const struct results *r;
	const struct figures *figures;
	unsigned rows, measured;
};

/* Whether the baseline of @f is the one that strategy of @t is compared with. */
static bool compares(const struct part *t, const struct figures *f)
{
	const char *baseline = f->cell->backend == BACKEND_USER ? t->user_baseline : t->baseline;

	return f->baseline && belongs(t, f->cell->strategy) && is_verify(f->cell->workload) == (t == &gain) &&
	       baseline && name_same_stem(f->baseline_name, baseline);
}

/* "1536 i", "123 ns" and the interval of it. */
static void add_delta(struct document *d, const struct figures *f)
{
	char number[COLUMNS_NUMBER], range[COLUMNS_TEXT];
	const int digits = fabs(f->delta) < 100 ? 2 : 0;

	document_add(d, "\t%s %s", columns_number(number, f->delta, digits), f->counts ? "i" : "ns");
	if (!f->counts)
		document_add(d, "\t%s", columns_range(range, f->delta_low, f->delta_high, digits));
	else if (f->exact)
		document_add(d, "\texact");
	else
		document_add(d, "\t+-%s", columns_number(number, f->resolution, 2));
}

static void write_row(struct writing *w, const struct part *t, const struct figures *f, const char *what)
{
	const double pct = t == &gain ? gain_pct(f->theta) : cells_penalty_pct(f->theta);
	char number[COLUMNS_NUMBER];

	document_add(w->d, "%s\t%s\t%s", what, f->cell->place, f->cell->strategy);
	add_delta(w->d, f);
	document_block(w->d, DOCUMENT_ROW, "\t%s", columns_number(number, f->counts ? NAN : pct, 2));
}

/* Rows of what @match says of each cell, in the order of the runs. */
static void write_rows(struct writing *w, const struct part *t, const char *target)
{
	for (size_t i = 0; i < w->r->n_cells; i++) {
		const struct figures *f = &w->figures[i];

		if (compares(t, f) && (!target || !strcmp(f->cell->target, target)))
			write_row(w, t, f, target ? "" : f->cell->workload);
	}
}

static const struct published *published_of(const char *target)
{
	for (size_t i = 0; i < N_PUBLISHED; i++)
		if (!strcmp(published[i].target, target))
			return &published[i];
	return NULL;
}

static void write_published(struct writing *w)
{
	for (size_t i = 0; i < N_PUBLISHED; i++) {
		const struct published *p = &published[i];

		document_block(w->d, DOCUMENT_ROW, "%s\tpublished\t1 in 16\t%.0f ns\t-\t%.1f", p->target, added_ns(p),
			       lost_pct(p));
		write_rows(w, &penalty, p->target);
	}
	for (size_t i = 0; i < w->r->n_cells; i++)
		if (compares(&penalty, &w->figures[i]) && !published_of(w->figures[i].cell->target))
			write_row(w, &penalty, &w->figures[i], w->figures[i].cell->target);
}

static const char *verdict_of(const struct part *t, const struct figures *f)
{
	const struct published *p = published_of(f->cell->target);

	if (t == &gain)
		return verdicts[reproduce_verify_verdict(f)];
	return p ? verdicts[reproduce_verdict(f, added_ns(p))] : "nothing published to compare with";
}

/* Whether there is nothing to be said of @g that is not said of @f: counts of a place. */
static bool same_line(const struct part *t, const struct figures *f, const struct figures *g)
{
	return f->counts && g->counts && !strcmp(f->cell->place, g->cell->place) &&
	       !strcmp(verdict_of(t, f), verdict_of(t, g)) && tables_same_remarks(f, g);
}

/* The rows that have the verdict of @f, the @i-th; and whether @f is the first of them. */
static bool write_names(struct writing *w, const struct part *t, size_t i)
{
	const struct figures *f = &w->figures[i];
	const char *separator = "";

	for (size_t k = 0; k < i; k++)
		if (compares(t, &w->figures[k]) && same_line(t, &w->figures[k], f))
			return false;
	for (size_t k = i; k < w->r->n_cells; k++) {
		const struct figures *g = &w->figures[k];

		if (k > i && !(compares(t, g) && same_line(t, f, g)))
			continue;
		document_add(w->d, "%s%s %s", separator, t == &gain ? g->cell->workload : g->cell->target, g->cell->strategy);
		separator = ", ";
	}
	document_add(w->d, " on %s", f->cell->place);
	return true;
}

/* The verdict of a row, what it was measured with, and what else has to be said of it. */
static void write_verdict(struct writing *w, const struct part *t, size_t i)
{
	const struct figures *f = &w->figures[i];
	const char *texts[TABLES_REMARKS], *verdict = verdict_of(t, f);
	const size_t n = tables_remarks(f, texts);
	const bool cannot = verdict == verdicts[REPRODUCE_CANNOT];

	w->rows++;
	w->measured += !cannot;
	if (!write_names(w, t, i))
		return;
	document_add(w->d, ": %s; ", verdict);
	if (cannot && !f->reason)
		document_add(w->d, "the interval is too wide, a longer --budget narrows it; ");
	document_add(w->d, "%s", f->counts ? "instructions" : tables_backend(f->cell));
	if (!f->counts) {
		document_add(w->d, ", ");
		tables_add_effort(w->d, f);
	}
	for (size_t k = 0; k < n; k++)
		document_add(w->d, "; %s", texts[k]);
	document_block(w->d, DOCUMENT_ITEM, "%s", "");
}

/* Whether failure @f belongs to @t. */
static bool is_failure_of(const struct part *t, const struct results_failure *f)
{
	return belongs(t, f->strategy) && is_verify(f->workload) == (t == &gain);
}

/* Whether @f and @g have one reason at one place. */
static bool same_failure(const struct results_failure *f, const struct results_failure *g)
{
	return !strcmp(f->place, g->place) && !strcmp(f->reason, g->reason);
}

/* A line for each reason: the rows that cannot be measured here, and what it would take. */
static void write_failures(struct writing *w, const struct part *t)
{
	const struct results_failure *all = w->r->failures, *end = all ? all + w->r->n_failures : NULL;

	for (const struct results_failure *f = all; f < end; f++) {
		const struct results_failure *before = all;
		const char *separator = "";

		while (before < f && !(is_failure_of(t, before) && same_failure(before, f)))
			before++;
		if (!is_failure_of(t, f) || before < f)
			continue;
		for (const struct results_failure *g = f; g < end; g++) {
			if (!is_failure_of(t, g) || !same_failure(f, g))
				continue;
			document_add(w->d, "%s%s %s", separator, t == &gain ? g->workload : g->target, g->strategy);
			separator = ", ";
			w->rows++;
		}
		document_block(w->d, DOCUMENT_ITEM, " on %s: %s: %s", f->place, verdicts[REPRODUCE_CANNOT], f->reason);
	}
}

static bool has_rows(const struct writing *w, const struct part *t)
{
	for (size_t i = 0; i < w->r->n_cells; i++)
		if (compares(t, &w->figures[i]))
			return true;
	for (size_t i = 0; w->r->failures && i < w->r->n_failures; i++)
		if (is_failure_of(t, &w->r->failures[i]))
			return true;
	return false;
}

/* What each place is: one line, for the first of its runs. */
static void write_machines(const struct writing *w)
{
	for (size_t i = 0; i < w->r->n_runs; i++) {
		const struct results_run *run = &w->r->runs[i];
		size_t first = 0;

		while (strcmp(w->r->runs[first].place, run->place) != 0)
			first++;
		if (first < i)
			continue;
		tables_add_machine(w->d, run, cells_page_size(w->r, i));
		document_block(w->d, DOCUMENT_ITEM, "%s", "");
	}
}

static void write_table(struct writing *w, const struct part *t)
{
	const struct document_column columns[] = {
		{ t == &gain ? "workload" : "target", 9, true }, { "where", 11, true }, { "strategy", 13, true },
		{ "added", 9, false }, { "99% interval", 15, false },
		{ t == &gain ? "gain%" : "penalty%", 8, false },
	};
	const char *one = NULL;
	char drift[TABLES_TEXT];

	document_block(w->d, DOCUMENT_HEADING, "%s", t->title);
	document_block(w->d, DOCUMENT_PARAGRAPH, "%s", t->legend);
	document_table(w->d, columns, sizeof(columns) / sizeof(columns[0]));
	if (t == &gain) {
		write_rows(w, t, NULL);
	} else {
		write_published(w);
		write_machines(w);
	}
	document_part(w->d);
	document_block(w->d, DOCUMENT_PARAGRAPH, "%s", t->rule);
	for (size_t i = 0; i < w->r->n_cells; i++) {
		const struct figures *f = &w->figures[i];

		if (compares(t, f)) {
			write_verdict(w, t, i);
			one = one ? one : tables_one_repetition(f, 1);
		} else if (f->baseline && f->cell == f->baseline && is_verify(f->cell->workload) == (t == &gain) &&
			   tables_drift(drift, f)) {
			document_block(w->d, DOCUMENT_ITEM, "%s %s: %s", f->cell->target, f->cell->place, drift);
		}
	}
	write_failures(w, t);
	if (one)
		document_block(w->d, DOCUMENT_PARAGRAPH, "%s", one);
}

/* ---- the sweep ----------------------------------------------------------- */

enum { SWEEP_FIRST = 16, SWEEP_LAST = 4096, SWEEP_COLUMNS = 9 };

/* The distance of @f's reads in bytes, and in *@stem the length of its strategy's name; 0: it has none. */
static unsigned distance(const struct figures *f, size_t *stem)
{
	const char *colon = strchr(f->cell->strategy, ':');

	*stem = colon ? (size_t)(colon - f->cell->strategy) : 0;
	return colon && !strchr(colon, '#') ? (unsigned)strtoul(colon + 1, NULL, 10) : 0;
}

/* Whether @other shows another distance of what @f shows: @stem is the length of its strategy's name. */
static bool same_sweep(const struct figures *f, size_t stem, const struct figures *other)
{
	size_t length;

	return distance(other, &length) && length == stem && other->counts == f->counts &&
	       !strncmp(other->cell->strategy, f->cell->strategy, stem) && !strcmp(other->cell->place, f->cell->place) &&
	       !strcmp(other->cell->target, f->cell->target) && !is_verify(other->cell->workload);
}

/* What each distance adds. */
static void write_sweep_row(const struct writing *w, const struct figures *f, size_t stem)
{
	char number[COLUMNS_NUMBER];

	document_add(w->d, "%s %s %.*s, %s", f->cell->target, f->cell->place, (int)stem, f->cell->strategy,
		     f->counts ? "instructions" : "ns");
	for (unsigned bytes = SWEEP_FIRST; bytes <= SWEEP_LAST; bytes *= 2) {
		double delta = NAN;
		size_t length;

		for (size_t i = 0; i < w->r->n_cells; i++)
			if (same_sweep(f, stem, &w->figures[i]) && distance(&w->figures[i], &length) == bytes)
				delta = w->figures[i].delta;
		document_add(w->d, "\t%s", columns_number(number, delta, 0));
	}
	document_block(w->d, DOCUMENT_ROW, "%s", "");
}

/* Whether @f starts a row: there are other distances of its strategy as well. */
static bool starts_sweep(const struct writing *w, const struct figures *f, size_t *stem)
{
	unsigned distances = 0;

	if (distance(f, stem) != SWEEP_FIRST || is_verify(f->cell->workload))
		return false;
	for (size_t i = 0; i < w->r->n_cells; i++)
		distances += same_sweep(f, *stem, &w->figures[i]);
	return distances > 1;
}

static void write_sweep(const struct writing *w)
{
	static const struct document_column columns[SWEEP_COLUMNS + 1] = {
		{ "bytes apart", 17, true }, { "16", 5, false }, { "32", 5, false }, { "64", 5, false },
		{ "128", 5, false }, { "256", 5, false }, { "512", 5, false }, { "1024", 5, false },
		{ "2048", 5, false }, { "4096", 5, false },
	};
	bool begun = false;
	size_t stem;

	for (size_t i = 0; i < w->r->n_cells; i++) {
		if (!starts_sweep(w, &w->figures[i], &stem))
			continue;
		if (!begun) {
			document_block(w->d, DOCUMENT_HEADING, "What reading at other distances adds per page");
			document_table(w->d, columns, sizeof(columns) / sizeof(columns[0]));
			begun = true;
		}
		write_sweep_row(w, &w->figures[i], stem);
	}
}

int reproduce_write(struct document *d, const struct results *r, unsigned *rows)
{
	struct writing w = { .d = d, .r = r };
	struct figures *figures;
	int err = cells_figures(r, NULL, &figures);

	if (err)
		return err;
	w.figures = figures;
	write_table(&w, &penalty);
	write_sweep(&w);
	if (has_rows(&w, &gain))
		write_table(&w, &gain);
	free(figures);
	*rows = w.rows;
	return (int)w.measured;
}
