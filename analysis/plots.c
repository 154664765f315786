// SPDX-License-Identifier: GPL-2.0-or-later
/* What each plot of a report shows. Computes nothing: figures are those of cells.c. */
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/plots.h"
#include "analysis/tables.h"
#include "analysis/verdict.h"
#include "base/text.h"

enum {
	CONTEXT_SIZE = 600, CPU_MAX = 60,
	QUANTILES = 99,		/* of a distribution: the last per cent stretches its axis */
	BINS = 120,		/* over the time of a run */
	PLACES = 1000,		/* of a file, about */
	FILE_TICKS = 4, TICK_MAX = 9,	/* at most, above 0; characters of one */
};

static const char *cost_unit(const struct figures *f)
{
	return f->counts ? "instructions/page" : "ns/page";
}

/* The unit of @p, and what @f was measured on. */
static void add_context(struct chart *c, struct chart_panel *p, const struct figures *f, const char *unit)
{
	const struct results_cell *cell = f->cell;
	char text[CONTEXT_SIZE], size[TEXT_SIZE];

	if (!p)
		return;
	p->unit = unit;
	snprintf(text, sizeof(text), "%s, %s, against %s, place %s, Linux %.80s %s, %s pages%s%.*s",
		 f->counts ? "counts" : "time", tables_backend(cell), f->baseline_name, cell->place, f->run->kernel,
		 cell->arch, text_size(size, cell->page_size), f->run->cpu ? ", " : "", CPU_MAX,
		 f->run->cpu ? f->run->cpu : "");
	if (f->counts)
		chart_context(c, p, text, (size_t)cell->rounds, "rounds");
	else
		chart_context(c, p, text, cell->n_repetitions, "repetitions");
}

/* ", run 2" where there are several, in @buf. */
static const char *run_of(char buf[32], const struct plots_input *in, const struct figures *f)
{
	if (in->results->n_runs < 2)
		return "";
	snprintf(buf, 32, ", run %zu", f->cell->run + 1);
	return buf;
}

/* The same of time, in nanoseconds added to a page. */
static bool find_added(const struct figures *f, struct verdict_effect *e)
{
	if (f->counts || !verdict_of(f, e) || isnan(f->delta_low))
		return false;
	*e = (struct verdict_effect){ f->delta, f->delta_low, f->delta_high,
				      f->baseline_cost * VERDICT_MARGIN_TIME / 100, e->verdict };
	return true;
}

/* A row for @f, if it has an effect, which @find gives. */
static void add_effect(struct chart *c, const struct plots_input *in, const struct figures *f,
		       bool (*find)(const struct figures *f, struct verdict_effect *e), const char *unit_of_time)
{
	struct verdict_effect e;
	struct chart_panel *p;
	char row[2 * NAME_SIZE], run[32];

	if (!find(f, &e))
		return;
	/* The colours of verdicts do not depend on which comes first. */
	for (int i = 0; i < N_VERDICTS; i++)
		chart_series(c, verdict_names[i]);
	p = chart_panel(c, "%s %s%s", f->cell->workload, f->cell->layout, run_of(run, in, f));
	add_context(c, p, f, f->counts ? "instructions/page, + is longer" : unit_of_time);
	snprintf(row, sizeof(row), "%s %s", f->cell->target, f->cell->strategy);
	chart_add(c, p, verdict_names[e.verdict], (struct chart_point){
		chart_tick(c, p, row, NAN), e.value, e.low, e.high, e.margin });
}

static void add_forest(struct chart *c, const struct plots_input *in, const struct figures *f)
{
	add_effect(c, in, f, verdict_of, "% of throughput lost, + is slower");
}

static void add_added(struct chart *c, const struct plots_input *in, const struct figures *f)
{
	add_effect(c, in, f, find_added, "ns per page, + is slower");
}

/* A dot for the cost of @f, in the row of its strategy. */
static void add_dot(struct chart *c, struct chart_panel *p, const char *series, const struct figures *f)
{
	add_context(c, p, f, cost_unit(f));
	chart_add(c, p, series, (struct chart_point){ chart_tick(c, p, f->cell->strategy, NAN), f->cost,
						      f->cost_q1, f->cost_q3, NAN });
}

static void add_cost(struct chart *c, const struct plots_input *in, const struct figures *f)
{
	char size[TEXT_SIZE], run[32], series[2 * NAME_SIZE];

	snprintf(series, sizeof(series), "%s %s", f->cell->workload, f->cell->layout);
	add_dot(c, chart_panel(c, "%s, %s blocks%s", f->cell->target, text_size(size, f->cell->block_size),
			       run_of(run, in, f)), series, f);
}

static bool has_two_series(const struct chart_panel *p)
{
	return p->n_blocks > 1;
}

static void add_arch(struct chart *c, const struct plots_input *in, const struct figures *f)
{
	(void)in;
	add_dot(c, chart_panel(c, "%s %s %s, %s, %.60s", f->cell->workload, f->cell->target, f->cell->layout,
			       tier_names[f->cell->tier], f->run->kernel), f->cell->arch, f);
}

static void add_kernel(struct chart *c, const struct plots_input *in, const struct figures *f)
{
	char series[NAME_SIZE];

	(void)in;
	snprintf(series, sizeof(series), "Linux %s", f->run->kernel);
	add_dot(c, chart_panel(c, "%s %s %s, %s %s, %s", f->cell->workload, f->cell->target, f->cell->layout,
			       f->cell->place, f->cell->arch, tier_names[f->cell->tier]), series, f);
}

/* Whether the sweep bounds @at on both sides; what is 0 but for noise crosses it too. */
static bool is_bounded(const struct breakeven_crossing *at)
{
	return !isnan(at->low) && !isnan(at->high);
}

/* The highest break-even of @curve, or of its interval; 0: there is none. */
static double highest_of(const struct curve *curve)
{
	double highest = 0;

	for (size_t k = 0; k < curve->bend.n_crossings; k++)
		if (is_bounded(&curve->bend.crossings[k]))
			highest = fmax(highest, fmax(curve->bend.crossings[k].share, curve->bend.crossings[k].high));
	return highest;
}

/* The highest break-even of the curves in the panel of @curve; 0: there is none. */
static double highest_breakeven(const struct plots_input *in, const struct curve *curve)
{
	double highest = 0;

	for (size_t i = 0; i < in->n_curves; i++) {
		const struct curve *other = &in->curves[i];

		if (!strcmp(other->workload, curve->workload) && !strcmp(other->f.cell->target, curve->f.cell->target) &&
		    !strcmp(other->f.cell->layout, curve->f.cell->layout) && other->f.cell->run == curve->f.cell->run)
			highest = fmax(highest, highest_of(other));
	}
	return highest;
}

static void add_breakeven(struct chart *c, const struct plots_input *in, const struct curve *curve)
{
	/* Break-evens are at few per cent, and lines straight beyond. */
	const double highest = highest_breakeven(in, curve), to = highest > 0 ? 4 * highest : 1;
	char run[32];
	struct chart_panel *p;

	/* A strategy that always costs much more would flatten those that do not. */
	if (!curve->n || (highest > 0 && !highest_of(curve)))
		return;
	p = chart_panel(c, "%s %s %s%s", curve->workload, curve->f.cell->target, curve->f.cell->layout,
			run_of(run, in, &curve->f));
	add_context(c, p, &curve->f, cost_unit(&curve->f));
	for (size_t k = 0; k < curve->n; k++) {
		const struct breakeven_point *at = &curve->points[k];

		if (at->share > to && k > 1 && at[-1].share > to)
			continue;
		chart_add(c, p, curve->f.cell->strategy, (struct chart_point){
			100 * at->share, at->delta, at->low, at->high, NAN });
	}
	for (size_t k = 0; k < curve->bend.n_crossings; k++) {
		const struct breakeven_crossing *at = &curve->bend.crossings[k];

		if (is_bounded(at))
			chart_add(c, p, NULL, (struct chart_point){ 100 * at->share, 0, 100 * at->low,
								    100 * at->high, NAN });
	}
}

static int by_x(const void *pa, const void *pb)
{
	const struct chart_point *a = pa, *b = pb;

	return (a->x > b->x) - (a->x < b->x);
}

static int by_place(const void *pa, const void *pb)
{
	const struct chart_tick *a = pa, *b = pb;

	return (a->at > b->at) - (a->at < b->at);
}

static bool has_two_ticks(const struct chart_panel *p)
{
	return p->n_ticks > 1;
}

static void add_sweep(struct chart *c, struct chart_panel *p, const char *series, double x, const struct figures *f)
{
	char size[TEXT_SIZE];

	add_context(c, p, f, cost_unit(f));
	chart_tick(c, p, text_size(size, (uint64_t)x), x);
	chart_add(c, p, series, (struct chart_point){ x, f->cost, f->cost_q1, f->cost_q3, NAN });
}

static void add_probe(struct chart *c, const struct plots_input *in, const struct figures *f)
{
	const char *distance = strchr(f->cell->strategy, ':');
	char series[2 * NAME_SIZE], run[32];
	unsigned long x = distance ? strtoul(distance + 1, NULL, 10) : 0;

	if (!x)
		return;
	snprintf(series, sizeof(series), "%s %.*s", f->cell->target, (int)(distance - f->cell->strategy),
		 f->cell->strategy);
	add_sweep(c, chart_panel(c, "%s %s%s", f->cell->workload, f->cell->layout, run_of(run, in, f)), series,
		  (double)x, f);
}

/* The name of a workload without the parts that are sizes: "seq" of seq-4k. */
static const char *family(char buf[NAME_SIZE], const char *workload)
{
	size_t n = 0;

	for (const char *at = workload; *at;) {
		size_t len = strcspn(at, "-"), digits = strspn(at, "0123456789");

		if (!digits || (digits < len && !strchr("kKmM", at[digits])))
			n += (size_t)snprintf(buf + n, NAME_SIZE - n, "%s%.*s", n ? "-" : "", (int)len, at);
		at += len + (at[len] == '-');
	}
	buf[n] = '\0';
	return buf;
}

static void add_block(struct chart *c, const struct plots_input *in, const struct figures *f)
{
	char name[NAME_SIZE], run[32];

	add_sweep(c, chart_panel(c, "%s %s %s, source %s%s", family(name, f->cell->workload), f->cell->target,
				 f->cell->layout, f->cell->source, run_of(run, in, f)), f->cell->strategy,
		  (double)f->cell->block_size, f);
}

/* The panel of a cell by its slots, and in *@slots all of them, which the caller frees; NULL: neither. */
static struct chart_panel *slots_panel(struct chart *c, const struct plots_input *in, const struct figures *f,
				       double **slots)
{
	const struct results_cell *cell = f->cell;
	struct chart_panel *p;
	char run[32];

	*slots = cells_slots(cell, 0, cell->rounds);
	c->out_of_memory |= !*slots;
	p = *slots ? chart_panel(c, "%s %s %s%s", cell->workload, cell->target, cell->layout, run_of(run, in, f))
		   : NULL;
	add_context(c, p, f, cost_unit(f));
	return p;
}

static void add_ecdf(struct chart *c, const struct plots_input *in, const struct figures *f)
{
	const size_t n = 2 * (size_t)f->cell->rounds;
	struct chart_panel *p;
	double *slots;

	if (f->counts)
		return;
	p = slots_panel(c, in, f, &slots);
	if (p)
		gsl_sort(slots, 1, n);
	for (int q = 0; p && q <= QUANTILES; q++)
		chart_add(c, p, f->cell->strategy, (struct chart_point){
			gsl_stats_quantile_from_sorted_data(slots, 1, n, q / 100.0) / cells_pages(f->cell),
			q, NAN, NAN, NAN });
	free(slots);
}

static void add_slots(struct chart *c, const struct plots_input *in, const struct figures *f)
{
	const size_t n = 2 * (size_t)f->cell->rounds, bin = (n + BINS - 1) / BINS;
	struct chart_panel *p;
	double *slots;

	if (f->counts)
		return;
	p = slots_panel(c, in, f, &slots);
	for (size_t at = 0; p && at < n; at += bin)
		chart_add(c, p, f->cell->strategy, (struct chart_point){
			(double)at / 2, gsl_stats_median(slots + at, 1, at + bin < n ? bin : n - at) /
			cells_pages(f->cell), NAN, NAN, NAN });
	free(slots);
}

/*
 * Ticks of a file, at multiples of the writes that filled it; in per cent where its size is
 * not known, or as text too long. Returns the end of the file.
 */
static double add_file_ticks(struct chart *c, struct chart_panel *p, const struct results_cell *cell)
{
	const uint64_t step = cell->fill_size * (cell->file_size / (cell->fill_size * FILE_TICKS + 1) + 1);
	char text[TEXT_SIZE];

	if (!cell->file_size || !cell->fill_size || cell->fill_size > cell->file_size ||
	    strlen(text_size(text, cell->file_size / step * step)) > TICK_MAX) {
		for (int pct = 0; pct <= 100; pct += 25) {
			snprintf(text, sizeof(text), "%d %%", pct);
			chart_tick(c, p, text, pct);
		}
		return 100;
	}
	for (uint64_t at = 0; at <= cell->file_size; at += step)
		chart_tick(c, p, text_size(text, at), (double)at);
	return (double)cell->file_size;
}

/* Whether slot i of @cell was at place i * P / (2 * rounds) of P: faultbench-results(5). */
static bool has_places(const struct results_cell *cell)
{
	return cell->tier == TIER_COUNTS && !strcmp(cell->layout, layout_names[LAYOUT_OVERWRITE]) &&
	       cell->n_repetitions == 1 && cell->threads == 1;
}

static void add_places(struct chart *c, const struct plots_input *in, const struct figures *f)
{
	const size_t n = 2 * (size_t)f->cell->rounds, step = 1 + n / PLACES;
	struct chart_panel *p;
	double *slots, end;

	if (!has_places(f->cell))
		return;
	p = slots_panel(c, in, f, &slots);
	end = p ? add_file_ticks(c, p, f->cell) : 0;
	for (size_t at = 0; p && at < n; at += step)
		chart_add(c, p, f->cell->strategy, (struct chart_point){
			end * (double)at / (double)n, slots[at] / cells_pages(f->cell), NAN, NAN, NAN });
	free(slots);
}

const struct plot plots[] = {
	{ { "forest", "rows", "Each strategy against its baseline", "difference", "", CHART_ROWS | CHART_UNIT_ON_X },
	  "Bars are intervals: 99 % confidence of time, resolution of counts. Grey is the margin: 1 % of throughput,"
	  " 0.2 % of instructions. The rule is that of gate: a difference of time counts when its interval excludes 0 and"
	  " it is at least half the margin; one of counts from the margin and three times the resolution on.",
	  "no strategy has an interval against a baseline", .cell = add_forest },
	{ { "added", "rows", "Time added to a page", "added", "", CHART_ROWS | CHART_UNIT_ON_X },
	  "Nanoseconds, with intervals of 99 %. They hardly depend on what a page of the baseline costs, so compare"
	  " file systems and machines by them. Grey is the margin: 1 % of the baseline.",
	  "no strategy was timed with an interval", .cell = add_added },
	{ { "cost", "rows", "Cost per page", "cost", "", CHART_ROWS | CHART_UNIT_ON_X },
	  "Medians of all slots, bars from the first to the third quartile.", "no cell was measured", .cell = add_cost },
	{ { "kernels", "rows", "Kernel versions", "cost", "", CHART_ROWS | CHART_UNIT_ON_X },
	  "The same cells on several kernels; medians and quartiles.",
	  "no cell was measured on two kernels", .cell = add_kernel,
	  .keep = has_two_series },
	{ { "arch", "rows", "Architectures", "cost", "", CHART_ROWS | CHART_UNIT_ON_X },
	  "The same cells of one kernel version on several architectures. Instructions of one are not those of another.",
	  "no cell was measured on two architectures", .cell = add_arch,
	  .keep = has_two_series },
	{ { "breakeven", "curves", "Break-even share of cold pages", "share of cold pages, %", "difference", 0 },
	  "Below 0 a strategy costs less than the baseline. Crosses mark break-evens, lines through them their"
	  " intervals. Shown to about four times the highest break-even. Strategies that always cost more, or always"
	  " less, are left out where others have a break-even; the tables have them.",
	  "no sweep over cold_fraction", .curve = add_breakeven },
	{ { "probe", "curves", "Distance between probes", "bytes between probes", "cost", CHART_LOG2 },
	  "Medians, with quartiles.", "no strategy was measured with two distances", .cell = add_probe,
	  .keep = has_two_ticks },
	{ { "block", "curves", "Size of a call", "bytes per call", "cost", CHART_LOG2 },
	  "Medians, with quartiles.", "no family of workloads has two block sizes", .cell = add_block,
	  .keep = has_two_ticks },
	{ { "places", "curves", "Cost by place in the file", "place in the file", "cost", 0 },
	  "Overwrites that were counted. Ticks are at multiples of the writes that filled the file. A cost that rises"
	  " between them depends on the place in a large folio, which is at most as large as such a write.",
	  "no overwrite was counted", .cell = add_places },
	{ { "ecdf", "curves", "Distribution of slots", "cost", "share of slots, %", CHART_UNIT_ON_X },
	  "Share of slots that cost at most so much; the slowest per cent is left out.", "no cell was timed", .cell = add_ecdf },
	{ { "slots", "curves", "Slots over time", "round", "cost", 0 },
	  "Medians of neighbouring slots, in the order in which they were measured.", "no cell was timed", .cell = add_slots },
	{ .caption = NULL },
};

static bool has_points(const struct chart_panel *p)
{
	return p->n_blocks > 0;
}

void plots_fill(struct chart *c, const struct plot *plot, const struct plots_input *in)
{
	for (size_t i = 0; plot->cell && i < in->results->n_cells; i++)
		if (cells_is_shown(&in->figures[i]))
			plot->cell(c, in, &in->figures[i]);
	for (size_t i = 0; plot->curve && i < in->n_curves; i++)
		plot->curve(c, in, &in->curves[i]);
	chart_keep(c, plot->keep ? plot->keep : has_points);
	/* A sweep over sizes is read from left to right. */
	for (size_t i = 0; plot->style.flags & CHART_LOG2 && i < c->n_panels; i++) {
		struct chart_panel *p = &c->panels[i];

		qsort(p->ticks, p->n_ticks, sizeof(p->ticks[0]), by_place);
		for (size_t k = 0; k < p->n_blocks; k++)
			qsort(p->blocks[k].points, p->blocks[k].n, sizeof(struct chart_point), by_x);
	}
}
