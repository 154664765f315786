/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is shown of a cell: a row for each column, in the order in which it is
 * shown. Tables for people, --csv and --json are made from these rows alone, so
 * a column is added by a row and its getter in columns.c.
 */
#ifndef FAULTBENCH_COLUMNS_H
#define FAULTBENCH_COLUMNS_H

#include "analysis/cells.h"

/* Where a column shows. */
enum {
	IN_TIME = 1 << 0,	/* tables of tier time */
	IN_COUNTS = 1 << 1,	/* tables of tier counts */
	IN_HARNESS = 1 << 2,	/* the row of strategy null in a table of time */
	IN_CSV = 1 << 3,
	IN_JSON = 1 << 4,
};

struct value {
	enum { VALUE_NULL, VALUE_TEXT, VALUE_WHOLE, VALUE_REAL, VALUE_RANGE, VALUE_FLAG } type;
	const char *text;
	uint64_t whole;
	double real, high;	/* finite; a range is from real to high */
	bool flag;
};

struct column {
	const char *key;	/* in --csv and --json; NULL: not there */
	const char *head;	/* in tables; NULL: not there */
	int width;		/* in tables whose lines are limited, where 0 hides it */
	int digits;		/* behind the point, in tables */
	struct value (*get)(const struct figures *f);
	unsigned where;
};

extern const struct column cell_columns[];	/* ends with a row whose get is NULL */

/* Bytes of a number or a range of two as text; those who fill @buf return it. */
enum { COLUMNS_NUMBER = 32, COLUMNS_TEXT = NAME_SIZE + COLUMNS_NUMBER };

/* "-" for NAN, which is what was not measured. */
const char *columns_number(char buf[COLUMNS_NUMBER], double value, int digits);

/* "low..high", "-" where one is NAN. */
const char *columns_range(char buf[COLUMNS_TEXT], double low, double high, int digits);

/* The cell of a table for people. */
const char *columns_text(char buf[COLUMNS_TEXT], const struct column *c, const struct figures *f);

/* A text of a run: its key in --json, its head in --mail (NULL: shown otherwise). */
enum { COLUMNS_RUN_TEXTS = 12 };
struct columns_run_text {
	const char *key, *head;
	const char *text;	/* NULL: not known */
};
void columns_run_texts(const struct results_run *run, struct columns_run_text texts[COLUMNS_RUN_TEXTS]);

#endif
