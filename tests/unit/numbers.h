/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random numbers that are the same in every run, and a comparison. Include it behind <cmocka.h>. */
#ifndef FAULTBENCH_NUMBERS_H
#define FAULTBENCH_NUMBERS_H

#include <math.h>
#include <stdint.h>

static uint64_t state = 88172645463325252u;

/* In (0, 1), by xorshift64. */
static inline double uniform(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (double)(state >> 11) * 0x1p-53;
}

static inline void near(double a, double b, double tolerance)
{
	if (!(fabs(a - b) <= tolerance))
		fail_msg("%.17g is not within %g of %.17g", a, tolerance, b);
}

/* Of a standard normal distribution. */
static inline double normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform());
}

#endif
