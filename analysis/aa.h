/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The harness against itself: false alarms, bias and MDE from many A/A runs, each a
 * strategy against itself in the same rounds. Pure.
 */
#ifndef FAULTBENCH_AA_H
#define FAULTBENCH_AA_H

#include "analysis/document.h"
#include "format/results.h"

struct aa {
	size_t runs;		/* groups with a baseline and a repeat of it */
	size_t skipped;		/* groups without, or with too few rounds */
	size_t repetitions, rounds;	/* of a run: the most, and the median */
	/* Runs in which the repeat was called slower, nominally 1 % of them. */
	size_t alarms_p;	/* p <= 0.01, signed rank, one-sided */
	double alarms_p_low, alarms_p_high;	/* shares: Clopper-Pearson, 99 % */
	double ks;		/* largest distance of the p-values from uniform */
	double ks_p;
	double sd;		/* of the differences, root mean square over runs */
	double mde;		/* of a run, in theta, median over runs */
	double theta, theta_low, theta_high;	/* over runs, Hodges-Lehmann, 99 % */
	double bias;		/* the interval's end that is further from 0; NAN: too few runs */
};

/* Returns 0; -ENODATA when @r has no A/A run; -ENOMEM. */
int aa_figures(const struct results *r, struct aa *out);

void aa_write(struct document *d, const struct aa *aa);

/* Clopper-Pearson interval of a share, @hits of @n, two-sided. */
void aa_share(size_t hits, size_t n, double confidence, double *low, double *high);

/*
 * Kolmogorov-Smirnov against the uniform distribution on (0, 1): the statistic
 * in *@distance, its p-value returned. @p is sorted in place.
 */
double aa_uniform(double *p, size_t n, double *distance);

#endif
