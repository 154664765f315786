/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is shown of a cell. Tables for people, --csv and --json are made from the rows
 * of columns.def alone: a column is added by a row there.
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
	IN_CURVES = 1 << 5,	/* breakeven --json: what all cells of a curve share */
	IN_FAILURES = 1 << 6,	/* --csv: what is known of a cell that was not measured */
};

struct column {
	const char *key;	/* in --csv and --json; NULL: not there */
	const char *head;	/* in tables; NULL: not there */
	int width, digits;	/* in tables; width 0: only where lines have no limit */
	unsigned where;
	struct value {
		enum {
			VALUE_NULL, VALUE_TEXT, VALUE_WHOLE, VALUE_REAL, VALUE_RANGE, VALUE_FLAG,
		} type;
		const char *text;
		uint64_t whole;
		double real, high;	/* finite; a range is from real to high */
		bool flag;
	} value;
};

enum column_index {
#define COLUMN(name, ...) COLUMN_##name,
#include "analysis/columns.def"
#undef COLUMN
	N_COLUMNS
};

/* The columns of @f; NULL: of no cell, for what does not depend on one. */
void columns_of(const struct figures *f, struct column columns[N_COLUMNS]);

/* Bytes of a number, or of any value, as text; those who fill @buf return it. */
enum { COLUMNS_NUMBER = 32, COLUMNS_TEXT = NAME_SIZE + COLUMNS_NUMBER };

/* "-" for NAN, which is what was not measured. */
const char *columns_number(char buf[COLUMNS_NUMBER], double value, int digits);

/* "low..high", "-" where one is NAN. */
const char *columns_range(char buf[COLUMNS_TEXT], double low, double high, int digits);

/* The cell of a table. */
const char *columns_text(char buf[COLUMNS_TEXT], const struct column *c);

#endif
