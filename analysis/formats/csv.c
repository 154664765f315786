// SPDX-License-Identifier: GPL-2.0-or-later
/* RFC 4180: a line of keys, one per cell, and one per failure. What was not measured is empty. */
#include <inttypes.h>
#include <string.h>

#include "analysis/columns.h"
#include "analysis/formats.h"

enum { DIGITS = 9 };	/* of a real number: more than any measurement has */

static void print_text(FILE *out, const char *text)
{
	fputc('"', out);
	/* A spreadsheet would take for a formula what begins like this. */
	if (*text && strchr("=+-@\t\r", *text))
		fputc('\'', out);
	for (; *text; text++)
		fputs(*text == '"' ? "\"\"" : (char[]){ *text, '\0' }, out);
	fputc('"', out);
}

static void print_value(FILE *out, struct value v)
{
	switch (v.type) {
	case VALUE_TEXT:
		print_text(out, v.text);
		break;
	case VALUE_WHOLE:
		fprintf(out, "%" PRIu64, v.whole);
		break;
	case VALUE_REAL:
		fprintf(out, "%.*g", DIGITS, v.real);
		break;
	case VALUE_FLAG:
		fputs(v.flag ? "true" : "false", out);
		break;
	case VALUE_NULL:
	case VALUE_RANGE:	/* its ends have columns of their own */
		break;
	}
}

/* The columns of @f that show @where; @f NULL: the keys. */
static void print_line(FILE *out, const struct figures *f, unsigned where)
{
	struct column columns[N_COLUMNS];
	const char *comma = "";

	columns_of(f, columns);
	for (const struct column *c = columns; c < columns + N_COLUMNS; c++) {
		if (!(c->where & IN_CSV))
			continue;
		fputs(comma, out);
		comma = ",";
		if (!f)
			fputs(c->key, out);
		else if (c->where & where)
			print_value(out, c->value);
	}
	fputc('\n', out);
}

static void print_failure(FILE *out, const struct results *r, const struct results_failure *failure)
{
	struct results_cell cell = { .run = failure->run };
	const struct figures f = { .cell = &cell, .run = &r->runs[failure->run], .reason = failure->reason };

	strcpy(cell.workload, failure->workload);
	strcpy(cell.target, failure->target);
	strcpy(cell.layout, failure->layout);
	strcpy(cell.device, failure->device);
	strcpy(cell.place, failure->place);
	strcpy(cell.strategy, failure->strategy);
	print_line(out, &f, IN_FAILURES);
}

static int cells(FILE *out, const struct results *r, const struct figures *figures)
{
	print_line(out, NULL, 0);
	for (size_t i = 0; i < r->n_cells; i++)
		print_line(out, &figures[i], IN_CSV);
	for (size_t i = 0; i < r->n_failures; i++)
		print_failure(out, r, &r->failures[i]);
	return 0;
}

const struct format format_csv = {
	"csv", "one line per cell or failure, for plots and spreadsheets", .cells = cells,
};
