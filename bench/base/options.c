// SPDX-License-Identifier: GPL-2.0-or-later
/* Rows of options handed to argp, whose errors and help become ours. */
#include <argp.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/options.h"
#include "base/say.h"
#include "base/table.h"
#include "base/text.h"

enum {
	OPTIONS_MAX = 48,
	KEY_FIRST = 0x200,	/* of options without a letter */
	KEY_USAGE = 0x100,
};

/* The command line that is being parsed: there is one at a time. */
static struct {
	const struct syntax *syntax;
	const struct option_row *rows[OPTIONS_MAX];
	bool given[OPTIONS_MAX];
	size_t n;
	void *into;
	char **arguments;
	const char *command;
} line;

static _Noreturn void bad(const char *format, ...) __attribute__((format(printf, 1, 2)));

static _Noreturn void bad(const char *format, ...)
{
	char text[1024], escaped[4 * sizeof(text)];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	fprintf(stderr, "%s: %s\n", line.command, say_escape(escaped, sizeof(escaped), text));
	exit(line.syntax->wrong_status ? line.syntax->wrong_status : STATUS_BAD_INPUT);
}

static const char *row_name(size_t i)
{
	return i < line.n ? line.rows[i]->name : NULL;
}

static const struct table option_table = { .what = "option", .name = row_name };

static uint64_t whole(const struct option_row *o, const char *text)
{
	char *end;
	unsigned long long value = strtoull(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || value < o->min || value > o->max)
		bad("--%s %s: must be a whole number from %llu to %llu", o->name, text,
		    (unsigned long long)o->min, (unsigned long long)o->max);
	return value;
}

/* @text as a number with one of @units after it, each the factor of its place. 0: it is not. */
static double with_unit(const char *text, const char *units, const double *factors)
{
	char *end;
	double value = text_number(text, &end);
	const char *unit = *end ? strchr(units, *end) : units;

	if (!unit || (*end && end[1]) || !(value > 0) || !isfinite(value))
		return 0;
	return value * factors[unit - units];
}

static uint64_t duration(const struct option_row *o, const char *text)
{
	static const double seconds[] = { 1, 60, 3600 };
	double value = with_unit(text, "smh", seconds);

	if (!(value > 0 && value <= 1e6))
		bad("--%s %s: must be a time, as in 120s or 2m", o->name, text);
	return (uint64_t)(value * 1e9);
}

static uint64_t size(const struct option_row *o, const char *text)
{
	static const double bytes[] = { 1, 1024, 1 << 20, 1 << 30 };
	double value = with_unit(text, "BKMG", bytes);

	if (!(value >= 1 && value <= 0x1p44))
		bad("--%s %s: must be bytes, as in 512M", o->name, text);
	return (uint64_t)value;
}

/* Lists live as long as the program, as argv does; the chain keeps them from being leaks. */
static const char *join(const char *list, const char *more)
{
	static struct joined {
		struct joined *next;
		char text[];
	} *chain;
	struct joined *joined;
	size_t size;

	if (!list)
		return more;
	size = strlen(list) + strlen(more) + 2;
	joined = malloc(sizeof(*joined) + size);
	if (!joined)
		bad("not enough memory");
	snprintf(joined->text, size, "%s,%s", list, more);
	joined->next = chain;
	chain = joined;
	return joined->text;
}

static void set(const struct option_row *o, const char *text, bool again)
{
	void *at = (char *)line.into + o->offset;

	switch (o->type) {
	case OPTION_FLAG:
		*(bool *)at = true;
		break;
	case OPTION_CHOICE:
		*(int *)at = o->value;
		break;
	case OPTION_TEXT:
		if (!*text)
			bad("--%s has an empty value", o->name);
		*(const char **)at = text;
		break;
	case OPTION_LIST:
		*(const char **)at = join(again ? *(const char **)at : NULL, text);
		break;
	case OPTION_WHOLE:
		*(uint64_t *)at = whole(o, text);
		break;
	case OPTION_DURATION:
		*(uint64_t *)at = duration(o, text);
		break;
	case OPTION_SIZE:
		*(uint64_t *)at = size(o, text);
		break;
	}
}

static const char *default_of(const struct option_row *o)
{
	for (size_t i = 0; line.syntax->defaults[i][0]; i++)
		if (!strcmp(line.syntax->defaults[i][0], o->name))
			return line.syntax->defaults[i][1];
	return o->by_default;
}

/* Option @i was given. */
static void take(size_t i, const char *text)
{
	const struct option_row *o = line.rows[i];

	for (size_t k = 0; o->type == OPTION_CHOICE && k < line.n; k++)
		if (k != i && line.given[k] && line.rows[k]->type == OPTION_CHOICE &&
		    line.rows[k]->offset == o->offset)
			bad("--%s and --%s exclude each other", line.rows[k]->name, o->name);
	if (line.given[i] && o->argument && o->type != OPTION_LIST)
		bad("--%s is given twice", o->name);
	set(o, text, line.given[i]);
	line.given[i] = true;
}

/* An unknown option, or one without its argument: @word. */
static _Noreturn void bad_option(const char *word)
{
	const char *plain = word + strspn(word, "-");
	char *name = strndup(plain, strcspn(plain, "="));
	const char *near = name && !strncmp(word, "--", 2) ? table_nearest(&option_table, name) : NULL;

	for (size_t i = 0; name && i < line.n; i++)
		if (!strcmp(name, line.rows[i]->name) || (word[1] == line.rows[i]->letter && !word[2]))
			bad(line.rows[i]->argument ? "%s needs an argument: %s; see '%s --help'"
						   : "%s takes no argument (%s); see '%s --help'",
			    word, line.rows[i]->argument ? line.rows[i]->argument : line.rows[i]->name, line.command);
	if (near)
		bad("invalid option '%s'; did you mean '--%s'?", word, near);
	bad("invalid option '%s'; see '%s --help'", word, line.command);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	int at = state->next - 1;

	switch (key) {
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
		bad_option(state->argv[at]);
	case ARGP_KEY_ARGS:
		if (!line.syntax->arguments)
			bad("unexpected argument '%s'; see '%s --help'", state->argv[state->next], line.command);
		line.arguments = state->argv + state->next;
		return 0;
	}
	for (size_t i = 0; i < line.n; i++)
		if (key == (line.rows[i]->letter ? line.rows[i]->letter : KEY_FIRST + (int)i)) {
			take(i, arg);
			return 0;
		}
	return ARGP_ERR_UNKNOWN;
}

/* The help text of a row, with its default. */
static char *help_of(const struct option_row *o)
{
	const char *by_default = default_of(o);
	char *text;
	int len = by_default ? asprintf(&text, "%s (default: %s)", o->help, by_default)
			     : asprintf(&text, "%s", o->help);

	return len < 0 ? NULL : text;
}

char **option_parse(const struct syntax *syntax, int argc, char **argv, void *into)
{
	struct argp_option options[OPTIONS_MAX + 3] = { 0 };
	const struct argp argp = {
		.options = options, .parser = parse, .args_doc = syntax->arguments, .doc = syntax->doc,
	};

	memset(&line, 0, sizeof(line));
	line.syntax = syntax;
	line.into = into;
	line.command = argv[0];
	line.arguments = argv + argc;
	for (size_t t = 0; syntax->tables[t]; t++)
		for (const struct option_row *o = syntax->tables[t]; o->name && line.n < OPTIONS_MAX; o++)
			line.rows[line.n++] = o;
	for (size_t i = 0; i < line.n; i++) {
		const struct option_row *o = line.rows[i];
		const char *by_default = default_of(o);

		if (by_default)
			set(o, by_default, false);
		options[i] = (struct argp_option){
			.name = o->name, .key = o->letter ? o->letter : KEY_FIRST + (int)i,
			.arg = o->argument, .doc = help_of(o),
		};
	}
	options[line.n] = (struct argp_option){ "help", '?', NULL, 0, "show this help", -1 };
	options[line.n + 1] = (struct argp_option){ "usage", KEY_USAGE, NULL, 0, "show a short usage message", -1 };
	argp_parse(&argp, argc, argv, ARGP_NO_ERRS | ARGP_NO_HELP, NULL, NULL);
	for (size_t i = 0; i < line.n; i++)
		free((char *)(uintptr_t)options[i].doc);
	return line.arguments;
}

const char *option_given(const struct option_row *table)
{
	for (const struct option_row *o = table; o->name; o++)
		for (size_t i = 0; i < line.n; i++)
			if (line.rows[i] == o && line.given[i])
				return o->name;
	return NULL;
}
