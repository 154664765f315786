// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A/A runs. Each group of a result file that has its baseline and a repeat of it
 * (`native` and `native#2`) is one run and gives one p-value and one theta. Further
 * repeats share the rounds, are not independent and so are left out.
 */
#include <assert.h>
#include <errno.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/aa.h"
#include "analysis/cells.h"
#include "base/signed_rank.h"

#define NOMINAL 0.01	/* one-sided false alarms */

/*
 * Clopper and Pearson, Biometrika 26 (1934). By bisection over the binomial
 * itself: the beta quantiles of GSL 2.7 do not converge for ordinary counts such
 * as 3 of 300.
 */
void aa_share(size_t hits, size_t n, double confidence, double *low, double *high)
{
	double half = (1 - confidence) / 2;
	unsigned k = (unsigned)hits, all = (unsigned)n;
	double above = 1, below = 0;

	*low = 0;
	*high = 1;
	for (int i = 0; i < 60 && hits > 0; i++) {
		double p = (*low + above) / 2;

		if (gsl_cdf_binomial_Q(k - 1, p, all) < half)
			*low = p;
		else
			above = p;
	}
	for (int i = 0; i < 60 && hits < n; i++) {
		double p = (below + *high) / 2;

		if (gsl_cdf_binomial_P(k, p, all) < half)
			*high = p;
		else
			below = p;
	}
}

/*
 * The limiting distribution with Stephens's correction for finite n, JRSS B 32
 * (1970): good to a few per cent of p from n = 5.
 */
double aa_uniform(double *p, size_t n, double *distance)
{
	double root = sqrt((double)n), lambda, tail = 0, d = 0;

	gsl_sort(p, 1, n);
	for (size_t i = 0; i < n; i++) {
		d = fmax(d, p[i] - (double)i / (double)n);
		d = fmax(d, (double)(i + 1) / (double)n - p[i]);
	}
	*distance = d;
	lambda = (root + 0.12 + 0.11 / root) * d;
	/* Below it the series converges slowly, and p is 1 to nine digits. */
	if (lambda < 0.25)
		return 1;
	for (int j = 1; j <= 100; j++)
		tail += (j % 2 ? 2 : -2) * exp(-2.0 * j * j * lambda * lambda);
	return fmin(1, fmax(0, tail));
}

/* A run's differences into *@d; 0 when the cell does not repeat a baseline that was timed. */
static ssize_t run_differences(const struct figures *f, double **d)
{
	*d = NULL;
	if (f->counts || !f->baseline || f->cell == f->baseline || isnan(f->se) ||
	    !name_same_stem(f->cell->strategy, f->baseline_name))
		return 0;
	return cells_differences(f->baseline, f->cell, CELLS_LOG, d);
}

int aa_figures(const struct results *r, struct aa *out)
{
	double *p, *thetas, *mdes, *rounds, variance = 0;
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);	/* its default seed: the same every time */
	struct figures *figures = NULL;
	struct signed_rank rank;
	size_t taken = r->n_groups;	/* the last group that gave a run */
	int err = -ENOMEM;

	memset(out, 0, sizeof(*out));
	p = calloc(4 * r->n_groups + 1, sizeof(*p));
	if (!p || !rng || cells_figures(r, NULL, &figures))
		goto out;
	thetas = p + r->n_groups;
	mdes = thetas + r->n_groups;
	rounds = mdes + r->n_groups;

	for (size_t i = 0; i < r->n_cells; i++) {
		const struct figures *f = &figures[i];
		double value, *d = NULL;
		ssize_t n = f->cell->group == taken ? 0 : run_differences(f, &d);

		if (n < 0)
			goto out;
		if (n == 0)
			continue;
		assert(out->runs < r->n_groups);
		taken = f->cell->group;
		variance += gsl_stats_variance(d, 1, (size_t)n);
		value = signed_rank_p_greater(d, (size_t)n);
		p[out->runs] = signed_rank_p_spread(d, (size_t)n, gsl_rng_uniform_pos(rng));
		free(d);
		/* All differences are 0: the opposite of an alarm. */
		if (isnan(value))
			p[out->runs] = value = 1;
		thetas[out->runs] = f->theta;
		mdes[out->runs] = f->mde;
		rounds[out->runs] = (double)f->cell->rounds;
		if (f->cell->n_repetitions > out->repetitions)
			out->repetitions = f->cell->n_repetitions;
		out->alarms_p += value <= NOMINAL;
		out->runs++;
	}
	out->skipped = r->n_groups - out->runs;
	err = -ENODATA;
	if (out->runs == 0)
		goto out;

	aa_share(out->alarms_p, out->runs, CELLS_CONFIDENCE, &out->alarms_p_low,
		 &out->alarms_p_high);
	out->ks_p = aa_uniform(p, out->runs, &out->ks);
	out->sd = sqrt(variance / (double)out->runs);
	out->mde = gsl_stats_median(mdes, 1, out->runs);
	out->rounds = (size_t)gsl_stats_median(rounds, 1, out->runs);
	err = signed_rank(thetas, out->runs, CELLS_CONFIDENCE, &rank);
	if (err && err != -ERANGE)
		goto out;
	out->theta = rank.theta;
	out->theta_low = err ? NAN : rank.low;
	out->theta_high = err ? NAN : rank.high;
	out->bias = err ? NAN : fmax(fabs(rank.low), fabs(rank.high));
	err = 0;
out:
	free(figures);
	free(p);
	gsl_rng_free(rng);
	return err;
}

void aa_write(struct document *d, const struct aa *aa)
{
	static const struct document_column columns[] = {
		{ "rule", 20, true }, { "false alarms", 14, false }, { "rate%", 8, false },
		{ "99% interval", 15, false },
	};

	document_add(d, "A/A, a strategy against itself: %zu runs of %zu repetition%s and %zu"
		     " rounds (median).", aa->runs, aa->repetitions, aa->repetitions > 1 ? "s" : "",
		     aa->rounds);
	if (aa->skipped)
		document_add(d, " %zu group%s left out: no repeat of the baseline, or too few"
			     " rounds.", aa->skipped, aa->skipped > 1 ? "s" : "");
	document_block(d, DOCUMENT_PARAGRAPH, " False alarms are one-sided, nominally 1 %%.");
	document_table(d, columns, sizeof(columns) / sizeof(columns[0]));
	document_block(d, DOCUMENT_ROW, "p <= 0.01\t%zu of %zu\t%.2f\t%.2f..%.2f", aa->alarms_p, aa->runs,
		       100 * (double)aa->alarms_p / (double)aa->runs, 100 * aa->alarms_p_low,
		       100 * aa->alarms_p_high);
	if (aa->alarms_p_low > NOMINAL)
		document_block(d, DOCUMENT_ROW, "TOO MANY: the interval is above 1 %%");
	document_block(d, DOCUMENT_PARAGRAPH, "p-values, Kolmogorov-Smirnov against uniform: D ="
		       " %.4f, p = %.4f%s", aa->ks, aa->ks_p,
		       aa->ks_p > 0.01 ? "" : ". NOT UNIFORM: p is at most 0.01");
	document_block(d, DOCUMENT_PARAGRAPH, "sd of %s %.3f %%; MDE of a run %.3f %% of throughput"
		       " (median)", aa->repetitions > 1 ? "repetitions" : "rounds", 100 * aa->sd,
		       cells_penalty_pct(aa->mde));
	if (isnan(aa->bias))
		document_block(d, DOCUMENT_PARAGRAPH, "Bias: too few runs for an interval");
	else
		document_block(d, DOCUMENT_PARAGRAPH, "Bias: theta %.3f %%, 99 %% interval %.3f..%.3f"
			       " %%; bound %.3f %%", 100 * aa->theta, 100 * aa->theta_low,
			       100 * aa->theta_high, 100 * aa->bias);
}
