/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line. An option is one row: parsing, the help text and the test
 * against the manual pages come from it. A wrong command line ends the program
 * with one line and the status of the syntax.
 */
#ifndef FAULTBENCH_OPTIONS_H
#define FAULTBENCH_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

/* 2^53 - 1: the largest number that survives JSON readers that know doubles only. */
#define OPTION_WHOLE_MAX ((UINT64_C(1) << 53) - 1)

enum option_type {
	OPTION_FLAG,		/* bool, without an argument */
	OPTION_CHOICE,		/* int, set to @value, without an argument; one of all at the same offset */
	OPTION_TEXT,		/* const char * */
	OPTION_LIST,		/* const char *, words with commas between; given twice, they add up */
	OPTION_WHOLE,		/* uint64_t, from @min to @max */
	OPTION_DURATION,	/* uint64_t, ns; "90s", "2m", "1.5h" */
	OPTION_SIZE,		/* uint64_t, bytes; "64M", "1G" */
};

struct option_row {
	const char *name;		/* after "--"; NULL ends a table */
	char letter;			/* after "-"; 0: none */
	enum option_type type;
	size_t offset;			/* in the command's struct */
	uint64_t min, max;		/* of OPTION_WHOLE */
	int value;			/* of OPTION_CHOICE */
	const char *argument;		/* as the help shows it: "LIST" */
	const char *by_default;		/* as it would be given; NULL: none */
	const char *help;
};

struct syntax {
	const struct option_row *tables[10];	/* the command's options, up to a NULL */
	const char *defaults[8][2];	/* name and default, in place of the row's, up to a NULL */
	const char *arguments;		/* as in "FILE..."; NULL: the command takes none */
	const char *doc;		/* before the options and, after a \v, behind them */
	int wrong_status;		/* of a wrong command line; 0: STATUS_BAD_INPUT */
};

/*
 * Set the defaults of @syntax in @into, then what @argv gives. argv[0] is the
 * command's name in messages. Returns the arguments that are not options, a
 * NULL-ended tail of @argv.
 */
char **option_parse(const struct syntax *syntax, int argc, char **argv, void *into);

/* The name of an option of @table that the last command line had, without the "--"; NULL: none. */
const char *option_given(const struct option_row *table);

#endif
