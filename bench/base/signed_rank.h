/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Location of a symmetric distribution from signed ranks: the Hodges-Lehmann
 * estimate and the interval that belongs to Wilcoxon's test.
 */
#ifndef FAULTBENCH_SIGNED_RANK_H
#define FAULTBENCH_SIGNED_RANK_H

#include <stddef.h>

enum {
	/*
	 * Above it neighbours are averaged first (signed_rank_group()), which costs precision
	 * where some values are far off. So many values take 26 ms.
	 */
	SIGNED_RANK_MAX = 20000,
	/* Up to it the null distribution is enumerated, above it normal. */
	SIGNED_RANK_EXACT = 50,
};

struct signed_rank {
	double theta;		/* Hodges-Lehmann: median of the Walsh averages */
	double low, high;	/* two-sided interval at the confidence asked for */
	double se;		/* (high - low) / 2z */
};

/*
 * Average runs of neighbours in place until at most @limit values are left;
 * values left over at the end join the last run. Returns how many are left.
 */
size_t signed_rank_group(double *d, size_t n, size_t limit);

/*
 * Estimate from the differences @d, which are sorted in place. @confidence is
 * two-sided, in (0, 1). Returns 0; -EINVAL when n is 0 or a value is not
 * finite; -ERANGE when n is too small for the confidence: theta is then set,
 * low, high and se are infinite.
 */
int signed_rank(double *d, size_t n, double confidence, struct signed_rank *out);

/*
 * p-value of theta = 0 against theta > 0. Zeros are dropped and ties take middle
 * ranks, as Wilcoxon's test does. @d is reordered. NaN when no value is left.
 */
double signed_rank_p_greater(double *d, size_t n);

/*
 * The same, for tests of the p-values themselves: of a few
 * values it takes few, and those are larger than uniform. @v, uniform in (0, 1),
 * spreads each over the step to the next: then it is uniform. NaN as above.
 */
double signed_rank_p_spread(double *d, size_t n, double v);

#endif
