// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/options.h"
#include "base/say.h"

void option_bad(const struct argp_state *state, const char *format, ...)
{
	char text[1024], line[4 * sizeof(text)];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	fprintf(stderr, "%s: %s\n", state->name, say_escape(line, sizeof(line), text));
	exit(STATUS_BAD_INPUT);
}

#define KEY_USAGE 0x100

/* argp's own --help would be as silent as its errors. */
static error_t parse_help(int key, char *arg, struct argp_state *state)
{
	int at = state->next - 1;

	(void)arg;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = state->input;
		return 0;
	case '?':
	case KEY_USAGE:
		state->flags &= ~(unsigned)ARGP_NO_ERRS;
		argp_state_help(state, stdout, key == '?' ? ARGP_HELP_STD_HELP
							  : ARGP_HELP_USAGE | ARGP_HELP_EXIT_OK);
		return 0;
	case ARGP_KEY_ERROR:
		/* getopt() has not left a word with more letters in it, as -xw. */
		if (*state->argv[at] != '-' && state->next < state->argc)
			at = state->next;
		option_bad(state, "'%s' is no option, or lacks its value; see '%s --help'",
			   state->argv[at], state->name);
	}
	return ARGP_ERR_UNKNOWN;
}

void option_parse(const struct argp *argp, int argc, char **argv, void *input)
{
	static const struct argp_option options[] = {
		{ "help", '?', NULL, 0, "Give this help list", -1 },
		{ "usage", KEY_USAGE, NULL, 0, "Give a short usage message", 0 },
		{ 0 },
	};
	const struct argp_child children[] = { { .argp = argp }, { 0 } };
	const struct argp root = { .options = options, .parser = parse_help, .children = children };

	argp_parse(&root, argc, argv, ARGP_NO_ERRS | ARGP_NO_HELP, NULL, input);
}

static void bad(const struct argp_state *state, const char *option, const char *text, const char *wants)
{
	option_bad(state, "%s %s: wants %s", option, text, wants);
}

uint64_t option_whole(const struct argp_state *state, const char *option, const char *text,
		      uint64_t min, uint64_t max)
{
	char *end;
	unsigned long long value = strtoull(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || value < min || value > max)
		option_bad(state, "%s %s: wants a whole number from %llu to %llu",
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
	option_bad(state, "'%s' is no option; see '%s --help'", word, state->name);
}
