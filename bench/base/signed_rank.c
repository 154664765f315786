// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Signed ranks: the Hodges-Lehmann estimate, its interval and Wilcoxon's
 * p-values, without ever holding the n(n+1)/2 Walsh averages. It knows
 * nothing of slots, rounds or arms. No allocation of its own.
 *
 * Sources: Hodges and Lehmann, Ann. Math. Stat. 34 (1963), the estimate;
 * Hollander and Wolfe, Nonparametric Statistical Methods, chapter 3, the
 * interval and its normal approximation.
 */
#include <errno.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/signed_rank.h"

static int by_value(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;

	return (a > b) - (a < b);
}

static int by_size(const void *pa, const void *pb)
{
	double a = fabs(*(const double *)pa), b = fabs(*(const double *)pb);

	return (a > b) - (a < b);
}

size_t signed_rank_group(double *d, size_t n, size_t limit)
{
	size_t run, groups;

	if (n <= limit)
		return n;
	run = (n + limit - 1) / limit;
	groups = n / run;
	for (size_t g = 0; g < groups; g++) {
		size_t start = g * run;
		size_t end = g + 1 == groups ? n : start + run;
		double sum = 0;

		for (size_t i = start; i < end; i++)
			sum += d[i];
		d[g] = sum / (double)(end - start);
	}
	return groups;
}

/* Halves first, so that no sum overflows; exact but for denormals. */
static double walsh(double a, double b)
{
	return 0.5 * a + 0.5 * b;
}

/* Walsh averages of the sorted @d that are at most @limit: two pointers, O(n). */
static uint64_t count_walsh(const double *d, size_t n, double limit)
{
	uint64_t count = 0;
	size_t end = n;

	for (size_t i = 0; i < n; i++) {
		while (end > i && walsh(d[i], d[end - 1]) > limit)
			end--;
		if (end <= i)
			break;
		count += end - i;
	}
	return count;
}

/* Doubles as integers of the same order, and back. */
static int64_t to_ordered(double x)
{
	int64_t bits;

	x += 0.0;	/* -0 becomes 0 */
	memcpy(&bits, &x, sizeof(bits));
	return bits < 0 ? INT64_MIN - bits : bits;
}

static double from_ordered(int64_t bits)
{
	double x;

	if (bits < 0)
		bits = INT64_MIN - bits;
	memcpy(&x, &bits, sizeof(x));
	return x;
}

/*
 * The @k-th smallest Walsh average, 1 <= k <= n(n+1)/2. Bisects over the
 * doubles themselves: the smallest double with a count of k or more is one
 * of the averages, since the count changes nowhere else.
 */
static double walsh_select(const double *d, size_t n, uint64_t k)
{
	int64_t low = to_ordered(d[0]), high = to_ordered(d[n - 1]);

	while (low < high) {
		/* The ends may be further apart than INT64_MAX. */
		uint64_t width = (uint64_t)high - (uint64_t)low;
		int64_t middle = (int64_t)((uint64_t)low + width / 2);

		if (count_walsh(d, n, from_ordered(middle)) >= k)
			high = middle;
		else
			low = middle + 1;
	}
	return from_ordered(low);
}

/*
 * Ways in which each sum of a subset of the @n @ranks (in halves, so middle
 * ranks are whole) comes about: ways[0..returned value]. With n of at most
 * SIGNED_RANK_EXACT every count is below 2^53, hence exact in a double.
 */
enum { WAYS_MAX = SIGNED_RANK_EXACT * (SIGNED_RANK_EXACT + 1) + 1 };

static unsigned subset_sums(const unsigned *ranks, size_t n, double *ways)
{
	unsigned top = 0;

	memset(ways, 0, WAYS_MAX * sizeof(*ways));
	ways[0] = 1;
	for (size_t i = 0; i < n; i++) {
		top += ranks[i];
		for (unsigned s = top; s >= ranks[i]; s--)
			ways[s] += ways[s - ranks[i]];
	}
	return top;
}

/*
 * C of the interval [W(C+1), W(M-C)]: the largest with P(T <= C) <= alpha/2,
 * or -1.
 */
static int64_t critical(size_t n, double confidence)
{
	double half = (1 - confidence) / 2;
	unsigned ranks[SIGNED_RANK_EXACT];
	double ways[WAYS_MAX], below = 0;
	unsigned top;

	if (n > SIGNED_RANK_EXACT) {
		double m = (double)n;
		double c = m * (m + 1) / 4 +
			   gsl_cdf_ugaussian_Pinv(half) * sqrt(m * (m + 1) * (2 * m + 1) / 24);

		return c < 0 ? -1 : (int64_t)floor(c);
	}
	for (size_t i = 0; i < n; i++)
		ranks[i] = (unsigned)i + 1;
	top = subset_sums(ranks, n, ways);
	for (unsigned s = 0; s <= top; s++) {
		below += ways[s];
		/* Both sides exact but for the rounding of 1 - confidence. */
		if (below > half * ldexp(1, (int)n) * (1 + 1e-12))
			return (int64_t)s - 1;
	}
	return -1;
}

int signed_rank(double *d, size_t n, double confidence, struct signed_rank *out)
{
	uint64_t m = (uint64_t)n * (n + 1) / 2;
	double z;
	int64_t c;

	if (n == 0 || !(confidence > 0 && confidence < 1))
		return -EINVAL;
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(d[i]))
			return -EINVAL;
	}
	qsort(d, n, sizeof(*d), by_value);

	out->theta = walsh_select(d, n, (m + 1) / 2);
	if (m % 2 == 0)
		out->theta = walsh(out->theta, walsh_select(d, n, m / 2 + 1));

	c = critical(n, confidence);
	if (c < 0) {
		out->low = -INFINITY;
		out->high = INFINITY;
		out->se = INFINITY;
		return -ERANGE;
	}
	out->low = walsh_select(d, n, (uint64_t)c + 1);
	out->high = walsh_select(d, n, m - (uint64_t)c);
	z = -gsl_cdf_ugaussian_Pinv((1 - confidence) / 2);
	out->se = (out->high - out->low) / (2 * z);
	return 0;
}

/*
 * P(T > t) and @v of P(T = t), T being the sum of positive ranks and t what it is in @d.
 * Exact given the ties up to SIGNED_RANK_EXACT values; then normal with the
 * variance corrected for ties (Hollander and Wolfe 3.1) and no continuity
 * correction, so that p and interval decide alike.
 */
double signed_rank_p_spread(double *d, size_t n, double v)
{
	unsigned ranks[SIGNED_RANK_EXACT];
	double ways[WAYS_MAX], above = 0, ties = 0, m, var;
	uint64_t sum = 0;	/* of doubled ranks */
	size_t left = 0;

	for (size_t i = 0; i < n; i++) {
		if (d[i] != 0)
			d[left++] = d[i];
	}
	if (left == 0)
		return NAN;
	qsort(d, left, sizeof(*d), by_size);
	for (size_t i = 0, end; i < left; i = end) {
		for (end = i + 1; end < left && fabs(d[end]) == fabs(d[i]); end++)
			;
		double tied = (double)(end - i);

		ties += tied * (tied * tied - 1);
		for (size_t j = i; j < end; j++) {
			/* Ranks i+1 .. end share their mean. */
			if (left <= SIGNED_RANK_EXACT)
				ranks[j] = (unsigned)(i + 1 + end);
			if (d[j] > 0)
				sum += i + 1 + end;
		}
	}

	if (left <= SIGNED_RANK_EXACT) {
		unsigned top = subset_sums(ranks, left, ways);

		for (uint64_t s = sum + 1; s <= top; s++)
			above += ways[s];
		return ldexp(above + v * ways[sum], -(int)left);
	}
	m = (double)left;
	var = m * (m + 1) * (2 * m + 1) / 24 - ties / 48;
	return gsl_cdf_ugaussian_Q(((double)sum / 2 - m * (m + 1) / 4) / sqrt(var));
}

double signed_rank_p_greater(double *d, size_t n)
{
	return signed_rank_p_spread(d, n, 1);
}
