// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "say.h"

static void bad(const struct argp_state *state, const char *option, const char *text, const char *wants)
{
	argp_failure(state, STATUS_BAD_INPUT, 0, "%s %s: wants %s", option, text, wants);
}

uint64_t option_whole(const struct argp_state *state, const char *option, const char *text,
		      uint64_t min, uint64_t max)
{
	char *end;
	unsigned long long value = strtoull(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || value < min || value > max)
		argp_failure(state, STATUS_BAD_INPUT, 0, "%s %s: wants a whole number from %llu to %llu",
			     option, text, (unsigned long long)min, (unsigned long long)max);
	return value;
}

/* @text as a number with one of @units behind it, each the factor of its place. 0: it is not. */
static double with_unit(const char *text, const char *units, const double *factors)
{
	char *end;
	double value = strtod(text, &end);
	const char *unit = *end ? strchr(units, *end) : units;

	if (end == text || !unit || (*end && end[1]) || !(value > 0) || !isfinite(value))
		return 0;
	return value * factors[unit - units];
}

uint64_t option_duration(const struct argp_state *state, const char *option, const char *text)
{
	static const double seconds[] = { 1, 60, 3600 };
	double value = with_unit(text, "smh", seconds);

	if (!(value > 0 && value <= 1e6))
		bad(state, option, text, "a time, as in 120s or 2m");
	return (uint64_t)(value * 1e9);
}

uint64_t option_size(const struct argp_state *state, const char *option, const char *text)
{
	static const double bytes[] = { 1, 1024, 1 << 20, 1 << 30 };
	double value = with_unit(text, "BKMG", bytes);

	if (!(value >= 1 && value <= 0x1p44))
		bad(state, option, text, "bytes, as in 512M");
	return (uint64_t)value;
}

void option_stray(const struct argp_state *state, const char *word)
{
	argp_failure(state, STATUS_BAD_INPUT, 0, "'%s' is no option; see '%s --help'", word, state->name);
}
