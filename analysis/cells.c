// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Figures of cells. Pairs each arm with its baseline inside one group, whose
 * cells were measured in the same rounds; nothing here compares across runs.
 */
#include <errno.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/cells.h"
#include "base/signed_rank.h"

enum {
	/*
	 * Resamples for the throughput's interval, and the most blocks that are
	 * resampled: 100000 draws take about 1 ms.
	 */
	BOOTSTRAP_DRAWS = 1000,
	BOOTSTRAP_BLOCKS = JOB_REPETITIONS_MAX,
};

double cells_penalty_pct(double theta)
{
	return -100 * expm1(-theta);
}

double cells_mde(double se)
{
	return (normal_quantile(0.99) + normal_quantile(0.90)) * se;
}

uint64_t cells_page_size(const struct results *r, size_t run)
{
	for (size_t i = 0; i < r->n_cells; i++)
		if (r->cells[i].run == run)
			return r->cells[i].page_size;
	return r->runs[run].page_size;
}

static double pages_per_slot(const struct results_cell *cell)
{
	return (double)cell->bytes_per_slot / (double)cell->page_size;
}

/* d of each round of a repetition, into @d. */
static void round_differences(const struct results_cell *base, const struct results_repetition *sb,
			      const struct results_cell *arm, const struct results_repetition *sa,
			      double *d)
{
	const double pages = log(pages_per_slot(base) / pages_per_slot(arm));

	for (uint64_t i = 0; i < sa->rounds; i++) {
		const double *a = base->slots + 2 * (sb->first + i);
		const double *b = arm->slots + 2 * (sa->first + i);

		/* x = ln(ns / page); d = (sum of arm's x - sum of base's x) / 2 */
		d[i] = 0.5 * log(b[0] * b[1] / (a[0] * a[1])) + pages;
	}
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
			  double **out)
{
	double *d, *thetas;
	ssize_t n = 0;

	*out = NULL;
	if (arm->rounds == 0)
		return 0;
	d = malloc((size_t)arm->rounds * sizeof(*d));
	thetas = malloc(arm->n_repetitions * sizeof(*thetas));
	if (!d || !thetas)
		n = -ENOMEM;
	for (size_t i = 0; n >= 0 && i < arm->n_repetitions; i++) {
		const struct results_repetition *sa = &arm->repetitions[i];
		const struct results_repetition *sb = same_repetition(base, sa);
		struct signed_rank rank;
		size_t left;

		if (!sb)
			continue;
		round_differences(base, sb, arm, sa, d);
		left = signed_rank_group(d, (size_t)sa->rounds, SIGNED_RANK_MAX);
		if (arm->planned == 1) {
			*out = d;
			free(thetas);
			return (ssize_t)left;
		}
		/* Few rounds give no interval, but always an estimate. */
		signed_rank(d, left, CELLS_CONFIDENCE, &rank);
		thetas[n++] = rank.theta;
	}
	free(d);
	if (n > 0)
		*out = thetas;
	else
		free(thetas);
	return n;
}

static int by_value(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;

	return (a > b) - (a < b);
}

/* Sort a copy of @values into @sorted. Returns their quantile at @q, NAN of none. */
static double quantile(double *sorted, const double *values, size_t n, double q)
{
	memcpy(sorted, values, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), by_value);
	return n ? gsl_stats_quantile_from_sorted_data(sorted, 1, n, q) : NAN;
}

static double sum(const double *values, uint64_t first, uint64_t end)
{
	double total = 0;

	for (uint64_t i = first; i < end; i++)
		total += values[i];
	return total;
}

/* Slots that are resampled together: a repetition, or neighbouring rounds of the only one. */
struct block {
	double slots, time;
};

/* Blocks of @cell into @blocks, which has room. Returns how many. */
static size_t make_blocks(const struct results_cell *cell, struct block blocks[BOOTSTRAP_BLOCKS])
{
	size_t rounds = (size_t)cell->rounds, n = 0, length;

	if (cell->n_repetitions == 1) {
		length = (rounds + BOOTSTRAP_BLOCKS - 1) / BOOTSTRAP_BLOCKS;
		for (size_t first = 0; first < rounds; first += length) {
			size_t end = first + length < rounds ? first + length : rounds;

			blocks[n++] = (struct block){ .slots = 2.0 * (double)(end - first),
						      .time = sum(cell->slots, 2 * first, 2 * end) };
		}
		return n;
	}
	for (size_t i = 0; i < cell->n_repetitions; i++) {
		const struct results_repetition *s = &cell->repetitions[i];

		if (s->rounds)
			blocks[n++] = (struct block){
				.slots = 2.0 * (double)s->rounds,
				.time = sum(cell->slots, 2 * s->first, 2 * (s->first + s->rounds)),
			};
	}
	return n;
}

/* Bytes over total time, and its interval from resampled blocks. */
static void throughput(struct figures *f, gsl_rng *rng)
{
	/* A byte per ns is 1000 MB/s. */
	const double bytes = 1000.0 * (double)f->cell->bytes_per_slot;
	struct block blocks[BOOTSTRAP_BLOCKS];
	size_t n = make_blocks(f->cell, blocks);
	double rates[BOOTSTRAP_DRAWS];

	f->mb_per_s = bytes * 2 * (double)f->cell->rounds /
		      sum(f->cell->slots, 0, 2 * f->cell->rounds);
	gsl_rng_set(rng, (unsigned long)f->cell->seed);
	for (int draw = 0; draw < BOOTSTRAP_DRAWS; draw++) {
		struct block all = { 0, 0 };

		for (size_t i = 0; i < n; i++) {
			const struct block *b = &blocks[gsl_rng_uniform_int(rng, n)];

			all.slots += b->slots;
			all.time += b->time;
		}
		rates[draw] = bytes * all.slots / all.time;
	}
	qsort(rates, BOOTSTRAP_DRAWS, sizeof(*rates), by_value);
	f->mb_low = gsl_stats_quantile_from_sorted_data(rates, 1, BOOTSTRAP_DRAWS,
							(1 - CELLS_CONFIDENCE) / 2);
	f->mb_high = gsl_stats_quantile_from_sorted_data(rates, 1, BOOTSTRAP_DRAWS,
							 (1 + CELLS_CONFIDENCE) / 2);
}

/* What needs no baseline: median, quartiles and throughput. */
static int own_figures(struct figures *f, gsl_rng *rng)
{
	const struct results_cell *cell = f->cell;
	const double pages = pages_per_slot(cell);
	size_t n = 2 * (size_t)cell->rounds;
	double *sorted;

	if (n == 0)
		return 0;
	sorted = malloc(n * sizeof(*sorted));
	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < cell->n_repetitions; i++) {
		const struct results_repetition *s = &cell->repetitions[i];
		double cost = quantile(sorted, cell->slots + 2 * s->first, 2 * s->rounds, 0.5);

		/* Both pass over NAN: the start, or a repetition without rounds. */
		f->cost_low = fmin(f->cost_low, cost / pages);
		f->cost_high = fmax(f->cost_high, cost / pages);
	}
	f->cost = quantile(sorted, cell->slots, n, 0.5) / pages;
	f->cost_q1 = gsl_stats_quantile_from_sorted_data(sorted, 1, n, 0.25) / pages;
	f->cost_q3 = gsl_stats_quantile_from_sorted_data(sorted, 1, n, 0.75) / pages;
	free(sorted);
	if (!f->counts)
		throughput(f, rng);
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

/* The arm against its baseline. */
static int paired_figures(struct figures *f)
{
	const struct results_cell *cell = f->cell, *base = f->baseline;
	struct signed_rank rank = { .theta = NAN };
	double *d;
	ssize_t n;

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
	n = cells_differences(base, cell, &d);
	if (n < 0)
		return (int)n;
	if (n == 0) {
		f->reason = "rounds do not match those of its baseline";
	} else if (f->counts) {
		f->delta = f->cost - f->baseline_cost;
	} else if (signed_rank(d, (size_t)n, CELLS_CONFIDENCE, &rank)) {
		f->reason = cell->planned > 1 ? "too few repetitions for an interval"
					      : "too few rounds for an interval";
	} else {
		f->low = rank.low;
		f->high = rank.high;
		f->se = rank.se;
		f->mde = cells_mde(rank.se);
	}
	f->theta = rank.theta;
	free(d);
	return 0;
}

/*
 * Range of the medians of all arms of the baseline, for tier counts; NAN of too few.
 * *@exact: it is 0, and so is the range of quartiles within each arm.
 */
static double resolution(const struct figures *group, size_t n, bool *exact)
{
	double low = INFINITY, high = -INFINITY;
	int arms = 0;

	*exact = true;
	for (size_t i = 0; i < n; i++) {
		if (!name_same_stem(group[i].cell->strategy, group[i].baseline_name) ||
		    isnan(group[i].cost))
			continue;
		low = fmin(low, group[i].cost);
		high = fmax(high, group[i].cost);
		*exact &= group[i].cost_q3 <= group[i].cost_q1;
		arms++;
	}
	*exact &= arms >= JOB_RESOLUTION_ARMS && high <= low;
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
		if (f->counts && f->cell != f->baseline)
			f->resolution = resolution(group, n, &f->exact);
	}
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
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	int err = first && figures && rng ? 0 : -ENOMEM;

	*out = NULL;
	for (size_t i = 0; i < r->n_cells && !err; i++) {
		const struct results_cell *cell = &r->cells[i];
		struct figures *f = &figures[i];

		f->cost = f->cost_q1 = f->cost_q3 = f->baseline_cost = NAN;
		f->cost_low = f->cost_high = NAN;
		f->mb_per_s = f->mb_low = f->mb_high = f->baseline_mb_per_s = NAN;
		f->theta = f->low = f->high = f->se = f->mde = NAN;
		f->delta = f->resolution = NAN;
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
		err = own_figures(f, rng);
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
	if (rng)
		gsl_rng_free(rng);
	free(first);
	return err;
}
