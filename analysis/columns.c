// SPDX-License-Identifier: GPL-2.0-or-later
/* The columns of columns.def with their values. Computes nothing: figures are those of cells.c. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/columns.h"

static const struct value null = { .type = VALUE_NULL };

static struct value text(const char *t)
{
	return t ? (struct value){ .type = VALUE_TEXT, .text = t } : null;
}

static struct value whole(uint64_t w)
{
	return (struct value){ .type = VALUE_WHOLE, .whole = w };
}

static struct value real(double r)
{
	return isfinite(r) ? (struct value){ .type = VALUE_REAL, .real = r } : null;
}

static struct value range(double low, double high)
{
	if (!isfinite(low) || !isfinite(high))
		return null;
	return (struct value){ .type = VALUE_RANGE, .real = low, .high = high };
}

static struct value flag(bool f)
{
	return (struct value){ .type = VALUE_FLAG, .flag = f };
}

static struct value judged(enum results_judged j)
{
	return j == RESULTS_NOT_JUDGED ? null : flag(j == RESULTS_YES);
}

enum {
	FILES = IN_CSV | IN_JSON,
	SHARED = FILES | IN_CURVES,
	IDENTITY = SHARED | IN_FAILURES,
	TIME = IN_TIME | FILES,
	COUNTS = IN_COUNTS | FILES,
};

static const struct results_cell no_cell;
static const struct results_run no_run;
static const struct figures nothing = { .cell = &no_cell, .run = &no_run };

void columns_of(const struct figures *figures, struct column columns[N_COLUMNS])
{
	const struct figures *f = figures ? figures : &nothing;
	const struct column rows[] = {
#define COLUMN(name, ...) [COLUMN_##name] = { __VA_ARGS__ },
#include "analysis/columns.def"
#undef COLUMN
	};

	memcpy(columns, rows, sizeof(rows));
}

const char *columns_number(char buf[COLUMNS_NUMBER], double value, int digits)
{
	if (isnan(value))
		return strcpy(buf, "-");
	/* More digits than these are noise and cost width. */
	if (fabs(value) >= 10000)
		digits = 0;
	else if (fabs(value) >= 100 && digits > 1)
		digits = 1;
	snprintf(buf, COLUMNS_NUMBER, "%.*f", digits, value);
	return buf;
}

const char *columns_range(char buf[COLUMNS_TEXT], double low, double high, int digits)
{
	char a[COLUMNS_NUMBER], b[COLUMNS_NUMBER];

	if (isnan(low) || isnan(high))
		return strcpy(buf, "-");
	snprintf(buf, COLUMNS_TEXT, "%s..%s", columns_number(a, low, digits),
		 columns_number(b, high, digits));
	return buf;
}

const char *columns_text(char buf[COLUMNS_TEXT], const struct column *c)
{
	const struct value *v = &c->value;

	switch (v->type) {
	case VALUE_NULL:
		return strcpy(buf, "-");
	case VALUE_TEXT:
		snprintf(buf, COLUMNS_TEXT, "%s", v->text);
		return buf;
	case VALUE_WHOLE:
		snprintf(buf, COLUMNS_TEXT, "%" PRIu64, v->whole);
		return buf;
	case VALUE_REAL:
		return columns_number(buf, v->real, c->digits);
	case VALUE_RANGE:
		return columns_range(buf, v->real, v->high, c->digits);
	case VALUE_FLAG:
		return strcpy(buf, v->flag ? "yes" : "no");
	}
	return buf;
}
