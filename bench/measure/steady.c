// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whether a warm-up has ended. Two windows may differ by chance, so they are judged by
 * the spread of medians inside them, which shows slow noise as well as that of slots.
 */
#include <math.h>
#include <stdlib.h>

#include "measure/tables.h"

enum { PARTS = 8 };

static const double agreement = 0.01;	/* ln(time) */
static const double errors = 3;		/* standard errors: chance exceeds them in 1 of 100 pairs */

int window_order(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

struct window_level window_level(uint64_t *slots, size_t n)
{
	const size_t parts = n < 2 * PARTS ? n / 2 : PARTS;
	struct window_level level = { 0, 0 };
	double part[PARTS];

	for (size_t i = 0; i < parts; i++) {
		const size_t first = i * n / parts, end = (i + 1) * n / parts, middle = first + (end - first) / 2;

		qsort(slots + first, end - first, sizeof(*slots), window_order);
		part[i] = log((double)slots[middle]);
		level.mean += part[i] / (double)parts;
	}
	for (size_t i = 0; i < parts && parts > 1; i++)
		level.variance += pow(part[i] - level.mean, 2) / (double)((parts - 1) * parts);
	return level;
}

bool window_agrees(struct window_level a, struct window_level b)
{
	return fabs(a.mean - b.mean) <= fmax(agreement, errors * sqrt(a.variance + b.variance));
}
