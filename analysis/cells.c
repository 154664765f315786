// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Figures of cells. Pairs each arm with its baseline inside one group, whose
 * cells were measured in the same rounds; nothing here compares across runs.
 */
#include <errno.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/cells.h"
#include "base/signed_rank.h"

enum {
	BLOCK_ROUNDS = 4,	/* at least, of a block, whose medians are compared */
	/* Of the only repetition: parts that its throughput's interval comes from. */
	RATES_MAX = JOB_REPETITIONS_MAX,
};

double cells_penalty_pct(double theta)
{
	return -100 * expm1(-theta);
}

double cells_mde(double se, size_t n)
{
	const double freedom = (double)n - 1;

	if (isnan(se))	/* of a single value, too */
		return NAN;
	return (gsl_cdf_tdist_Pinv(0.99, freedom) + gsl_cdf_tdist_Pinv(0.90, freedom)) * se;
}

bool cells_is_repeat(const struct figures *f)
{
	return f->counts && f->cell != f->baseline && !isnan(f->resolution) &&
	       name_same_stem(f->cell->strategy, f->baseline_name);
}

bool cells_is_shown(const struct figures *f)
{
	return !f->harness && !isnan(f->cost) && !cells_is_repeat(f) && !strchr(f->cell->workload, '@');
}

uint64_t cells_page_size(const struct results *r, size_t run)
{
	for (size_t i = 0; i < r->n_cells; i++)
		if (r->cells[i].run == run)
			return r->cells[i].page_size;
	return r->runs[run].page_size;
}

double cells_pages(const struct results_cell *cell)
{
	return (double)cell->bytes_per_slot / (double)cell->page_size;
}

double *cells_slots(const struct results_cell *cell, uint64_t first, uint64_t rounds)
{
	const size_t n = 2 * (size_t)rounds;
	double *slots = malloc((n + 1) * sizeof(*slots));

	if (slots && n)
		memcpy(slots, cell->slots + 2 * first, n * sizeof(*slots));
	return slots;
}

double cells_median(const struct results_cell *cell, uint64_t first, uint64_t rounds)
{
	double *slots = rounds ? cells_slots(cell, first, rounds) : NULL;
	const double median = slots ? gsl_stats_median(slots, 1, 2 * (size_t)rounds) / cells_pages(cell) : NAN;

	free(slots);
	return median;
}

/*
 * What the slots of @s are compared by, as @scale has it; the caller frees it. NULL without
 * memory.
 */
static double *costs_of(const struct results_cell *cell, const struct results_repetition *s,
			enum cells_scale scale)
{
	const double pages = cells_pages(cell);
	double *costs = cells_slots(cell, s->first, s->rounds);

	for (size_t i = 0; costs && i < 2 * s->rounds; i++) {
		costs[i] /= pages;
		if (scale == CELLS_LOG)
			costs[i] = log(costs[i]);
	}
	return costs;
}

/* The median over blocks of rounds of the difference of the arms' medians; reorders the arms. */
static double block_difference(double *base, double *arm, size_t rounds)
{
	const size_t blocks = rounds < BLOCK_ROUNDS ? 1 : rounds / BLOCK_ROUNDS;

	for (size_t i = 0; i < blocks; i++) {
		size_t first = 2 * (i * rounds / blocks), n = 2 * ((i + 1) * rounds / blocks) - first;

		/* In the place of a slot that is not needed any more. */
		arm[i] = gsl_stats_median(arm + first, 1, n) - gsl_stats_median(base + first, 1, n);
	}
	return gsl_stats_median(arm, 1, blocks);
}

/* d of each round of a repetition, into @d. */
static void round_differences(const double *base, const double *arm, size_t rounds, double *d)
{
	for (size_t i = 0; i < 2 * rounds; i += 2)
		d[i / 2] = (arm[i] + arm[i + 1] - base[i] - base[i + 1]) / 2;
}

/* The repetition of @base that was measured with @s of another arm, or NULL. */
static const struct results_repetition *same_repetition(const struct results_cell *base,
						  const struct results_repetition *s)
{
	for (size_t i = 0; i < base->n_repetitions; i++)
		if (base->repetitions[i].number == s->number &&
		    base->repetitions[i].rounds == s->rounds)
			return s->rounds ? &base->repetitions[i] : NULL;
	return NULL;
}

ssize_t cells_differences(const struct results_cell *base, const struct results_cell *arm,
			  enum cells_scale scale, double **out)
{
	/* Repetitions that are compared have a round at least. */
	double *d = malloc(((size_t)arm->rounds + 1) * sizeof(*d));
	ssize_t n = d ? 0 : -ENOMEM;

	*out = NULL;
	for (size_t i = 0; n >= 0 && i < arm->n_repetitions; i++) {
		const struct results_repetition *sa = &arm->repetitions[i], *sb = same_repetition(base, sa);
		double *a, *b;

		if (!sb)
			continue;
		a = costs_of(arm, sa, scale);
		b = costs_of(base, sb, scale);
		if (!a || !b) {
			n = -ENOMEM;
		} else if (arm->planned == 1) {
			round_differences(b, a, (size_t)sa->rounds, d);
			n = (ssize_t)signed_rank_group(d, (size_t)sa->rounds, SIGNED_RANK_MAX);
		} else {
			d[n++] = block_difference(b, a, (size_t)sa->rounds);
		}
		free(a);
		free(b);
	}
	if (n > 0)
		*out = d;
	else
		free(d);
	return n;
}

static double sum(const double *values, uint64_t first, uint64_t end)
{
	double total = 0;

	for (uint64_t i = first; i < end; i++)
		total += values[i];
	return total;
}

/*
 * ln of the mean time of a slot into @logs, which has room: of each repetition, or of
 * neighbouring rounds of the only one. Returns how many.
 */
static size_t log_times(const struct results_cell *cell, double logs[RATES_MAX])
{
	const uint64_t parts = cell->rounds < RATES_MAX ? cell->rounds : RATES_MAX;
	size_t n = 0;

	for (uint64_t i = 0; cell->n_repetitions == 1 && i < parts; i++) {
		uint64_t first = i * cell->rounds / parts, end = (i + 1) * cell->rounds / parts;

		logs[n++] = log(sum(cell->slots, 2 * first, 2 * end) / (double)(end - first));
	}
	for (size_t i = 0; cell->n_repetitions > 1 && i < cell->n_repetitions; i++) {
		const struct results_repetition *s = &cell->repetitions[i];

		if (s->rounds)
			logs[n++] = log(sum(cell->slots, 2 * s->first, 2 * (s->first + s->rounds)) /
					(double)s->rounds);
	}
	return n;
}

/* Bytes over total time, and its interval: Student's, from the logarithms of the rates. */
static void throughput(struct figures *f)
{
	/* A byte per ns is 1000 MB/s. */
	const double bytes = 1000.0 * (double)f->cell->bytes_per_slot;
	double logs[RATES_MAX], half;
	size_t n = log_times(f->cell, logs);

	f->mb_per_s = bytes * 2 * (double)f->cell->rounds /
		      sum(f->cell->slots, 0, 2 * f->cell->rounds);
	if (n < 2)
		return;
	half = gsl_cdf_tdist_Pinv((1 + CELLS_CONFIDENCE) / 2, (double)n - 1) *
	       gsl_stats_sd(logs, 1, n) / sqrt((double)n);
	f->mb_low = f->mb_per_s * exp(-half);
	f->mb_high = f->mb_per_s * exp(half);
}

/*
 * The range of the medians of the repetitions of @f's cell, which has rounds, but for the
 * tenth at either end: of many repetitions one is always far off.
 */
static int repetition_range(struct figures *f)
{
	const struct results_cell *cell = f->cell;
	double *medians = malloc(cell->n_repetitions * sizeof(*medians));
	size_t n = 0;

	if (!medians)
		return -ENOMEM;
	for (size_t i = 0; i < cell->n_repetitions; i++) {
		const struct results_repetition *s = &cell->repetitions[i];

		if (s->rounds)
			medians[n++] = cells_median(cell, s->first, s->rounds);
	}
	gsl_sort(medians, 1, n);
	f->cost_low = gsl_stats_quantile_from_sorted_data(medians, 1, n, 0.1);
	f->cost_high = gsl_stats_quantile_from_sorted_data(medians, 1, n, 0.9);
	free(medians);
	return 0;
}

/* What needs no baseline: median, quartiles and throughput. */
static int own_figures(struct figures *f)
{
	const struct results_cell *cell = f->cell;
	const double pages = cells_pages(cell);
	size_t n = 2 * (size_t)cell->rounds;
	double *sorted;

	if (n == 0)
		return 0;
	sorted = cells_slots(cell, 0, cell->rounds);
	if (!sorted || repetition_range(f)) {
		free(sorted);
		return -ENOMEM;
	}
	gsl_sort(sorted, 1, n);
	f->cost = gsl_stats_quantile_from_sorted_data(sorted, 1, n, 0.5) / pages;
	f->cost_q1 = gsl_stats_quantile_from_sorted_data(sorted, 1, n, 0.25) / pages;
	f->cost_q3 = gsl_stats_quantile_from_sorted_data(sorted, 1, n, 0.75) / pages;
	free(sorted);
	if (!f->counts)
		throughput(f);
	return 0;
}

static void count_figures(struct figures *f)
{
	const struct results_counts *c = &f->cell->counts;

	if (!(c->pages > 0))
		return;
	/* A counter that was not available is NAN, and so is a sum with it. */
	f->faults = (c->of[COUNT_MINOR_FAULTS] + c->of[COUNT_MAJOR_FAULTS]) / c->pages;
	f->exceptions = (c->of[COUNT_EXCEPTIONS_KERNEL] + c->of[COUNT_EXCEPTIONS_USER]) / c->pages;
	f->short_copies = c->of[COUNT_SHORT_COPIES] / c->pages;
	f->retries = c->of[COUNT_RETRIES] / c->pages;
	if (c->of[COUNT_SHORT_COPIES] > 0)
		f->exceptions_per_copy = c->of[COUNT_COPY_EXCEPTIONS] / c->of[COUNT_SHORT_COPIES];
}

/* The interval of the @n differences @d, which are sorted. */
static struct cells_interval interval_of(double *d, size_t n, double confidence)
{
	struct cells_interval out = { NAN, NAN, NAN, NAN, n };
	struct signed_rank rank = { .theta = NAN };

	if (n && !signed_rank(d, n, confidence, &rank)) {
		out.low = rank.low;
		out.high = rank.high;
		out.se = rank.se;
	}
	out.estimate = rank.theta;
	return out;
}

int cells_interval(const struct results_cell *base, const struct results_cell *arm, enum cells_scale scale,
		   double confidence, struct cells_interval *out)
{
	double *d;
	ssize_t n = cells_differences(base, arm, scale, &d);

	if (n < 0)
		return (int)n;
	*out = interval_of(d, (size_t)n, confidence);
	free(d);
	return 0;
}

/* Whether slot i of either was at the same place of its file, for each i: faultbench-results(5). */
static bool same_places(const struct results_cell *a, const struct results_cell *b)
{
	return a->rounds == b->rounds && a->bytes_per_slot == b->bytes_per_slot &&
	       a->n_repetitions == 1 && b->n_repetitions == 1 &&
	       (!strcmp(a->layout, layout_names[LAYOUT_OVERWRITE]) ||
		(a->run != b->run && a->seed == b->seed && !strcmp(a->strategy, b->strategy)));
}

int cells_by_place(const struct results_cell *base, const struct results_cell *arm, struct cells_quartiles *out)
{
	const size_t n = 2 * (size_t)arm->rounds;
	double *d;

	*out = (struct cells_quartiles){ NAN, NAN, NAN };
	if (!n || !same_places(base, arm))
		return 0;
	d = malloc(n * sizeof(*d));
	if (!d)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		d[i] = (arm->slots[i] - base->slots[i]) / cells_pages(arm);
	gsl_sort(d, 1, n);
	out->median = gsl_stats_median_from_sorted_data(d, 1, n);
	out->q1 = gsl_stats_quantile_from_sorted_data(d, 1, n, 0.25);
	out->q3 = gsl_stats_quantile_from_sorted_data(d, 1, n, 0.75);
	free(d);
	return 0;
}

/* What a counted arm adds: by place where it can be had, else to the median. */
static int counted_figures(struct figures *f)
{
	struct cells_quartiles d;
	int err = cells_by_place(f->baseline, f->cell, &d);

	f->delta = isnan(d.median) ? f->cost - f->baseline_cost : d.median;
	f->delta_q1 = d.q1;
	f->delta_q3 = d.q3;
	return err;
}

/* The arm against its baseline. */
static int paired_figures(struct figures *f)
{
	const struct results_cell *cell = f->cell, *base = f->baseline;
	struct cells_interval theta, bound, delta;
	double *d;
	ssize_t n;
	int err;

	if (cell == base)
		return 0;
	if (!base)
		f->reason = "its baseline was not measured in this run";
	else if (cell->rounds == 0)
		f->reason = "counted, not timed";
	else if (base->rounds == 0)
		f->reason = "its baseline was counted, not timed";
	if (f->reason)
		return 0;
	if (f->counts && base->rounds == cell->rounds)
		return counted_figures(f);
	n = cells_differences(base, cell, CELLS_LOG, &d);
	if (n < 0)
		return (int)n;
	theta = interval_of(d, (size_t)n, CELLS_CONFIDENCE);
	bound = interval_of(d, (size_t)n, 2 * CELLS_BOUND - 1);
	free(d);
	err = cells_interval(base, cell, CELLS_NS, CELLS_CONFIDENCE, &delta);
	if (err)
		return err;
	if (theta.n == 0) {
		f->reason = "rounds do not match those of its baseline";
		return 0;
	}
	if (isnan(theta.low))
		f->reason = cell->planned > 1 ? "too few repetitions for an interval"
					      : "too few rounds for an interval";
	f->theta = theta.estimate;
	f->low = theta.low;
	f->high = theta.high;
	f->se = theta.se;
	f->mde = cells_mde(theta.se, theta.n);
	f->bound_low = bound.low;
	f->bound_high = bound.high;
	f->delta = delta.estimate;
	f->delta_low = delta.low;
	f->delta_high = delta.high;
	return 0;
}

/*
 * Range of what repeated arms of the baseline add to it, 0 included, for tier counts;
 * NAN of too few. *@exact: it is 0, and the quartiles show no difference either, those
 * by place or those of each arm.
 */
static double resolution(const struct figures *group, size_t n, bool *exact)
{
	bool same_by_place = true, same_quartiles = true;
	double low = 0, high = 0;
	int arms = 0;

	for (size_t i = 0; i < n; i++) {
		const struct figures *f = &group[i];

		if (!name_same_stem(f->cell->strategy, f->baseline_name) || isnan(f->cost))
			continue;
		/* They pass over NAN, which the baseline has. */
		low = fmin(low, f->delta);
		high = fmax(high, f->delta);
		same_by_place &= f->cell == f->baseline || (f->delta_q1 >= 0 && f->delta_q3 <= 0);
		same_quartiles &= f->cost_q3 <= f->cost_q1;
		arms++;
	}
	*exact = arms >= JOB_RESOLUTION_ARMS && high <= low && (same_by_place || same_quartiles);
	return arms >= JOB_RESOLUTION_ARMS ? high - low : NAN;
}

static int group_figures(struct figures *group, size_t n)
{
	int err;

	for (size_t i = 0; i < n; i++) {
		struct figures *f = &group[i];

		for (size_t j = 0; j < n && !f->baseline; j++) {
			if (strcmp(group[j].cell->strategy, f->baseline_name))
				continue;
			f->baseline = group[j].cell;
			f->baseline_cost = group[j].cost;
			f->baseline_mb_per_s = group[j].mb_per_s;
		}
		err = paired_figures(f);
		if (err)
			return err;
	}
	for (struct figures *f = group; f < group + n; f++)
		if (f->counts && f->cell != f->baseline)
			f->resolution = resolution(group, n, &f->exact);
	return 0;
}

/* Groups as they appear, in each the baseline first. */
static int by_group(const void *pa, const void *pb)
{
	const struct figures *a = pa, *b = pb;
	bool base_a = !strcmp(a->cell->strategy, a->baseline_name);
	bool base_b = !strcmp(b->cell->strategy, b->baseline_name);

	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	if (base_a != base_b)
		return base_a ? -1 : 1;
	return (a->cell > b->cell) - (a->cell < b->cell);
}

int cells_figures(const struct results *r, const char *baseline, struct figures **out)
{
	const struct results_cell **first = calloc(r->n_groups + 1, sizeof(*first));
	struct figures *figures = calloc(r->n_cells + 1, sizeof(*figures));
	int err = first && figures ? 0 : -ENOMEM;

	*out = NULL;
	for (size_t i = 0; i < r->n_cells && !err; i++) {
		const struct results_cell *cell = &r->cells[i];
		struct figures *f = &figures[i];

		f->cost = f->cost_q1 = f->cost_q3 = f->baseline_cost = NAN;
		f->cost_low = f->cost_high = NAN;
		f->mb_per_s = f->mb_low = f->mb_high = f->baseline_mb_per_s = NAN;
		f->theta = f->low = f->high = f->se = f->mde = NAN;
		f->bound_low = f->bound_high = NAN;
		f->delta = f->delta_low = f->delta_high = f->resolution = NAN;
		f->delta_q1 = f->delta_q3 = NAN;
		f->faults = f->exceptions = f->short_copies = f->retries = NAN;
		f->exceptions_per_copy = NAN;
		if (!first[cell->group])
			first[cell->group] = cell;
		f->cell = cell;
		f->first = first[cell->group];
		f->run = &r->runs[cell->run];
		snprintf(f->baseline_name, sizeof(f->baseline_name), "%s",
			 baseline ? baseline : cell->baseline);
		f->counts = cell->tier == TIER_COUNTS;
		f->harness = name_same_stem(cell->strategy, "null");
		count_figures(f);
		err = own_figures(f);
	}
	if (!err)
		qsort(figures, r->n_cells, sizeof(*figures), by_group);
	for (size_t i = 0, end; i < r->n_cells && !err; i = end) {
		for (end = i + 1; end < r->n_cells && figures[end].first == figures[i].first; end++)
			;
		err = group_figures(figures + i, end - i);
	}
	if (!err)
		*out = figures;
	else
		free(figures);
	free(first);
	return err;
}
