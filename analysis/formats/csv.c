// SPDX-License-Identifier: GPL-2.0-or-later
/* RFC 4180: one line per cell, after a line of keys. What was not measured is empty. */
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

/* @f NULL: the keys. */
static void print_line(FILE *out, const struct figures *f)
{
	struct column columns[N_COLUMNS];
	const char *comma = "";

	columns_of(f, columns);
	for (const struct column *c = columns; c < columns + N_COLUMNS; c++) {
		if (!(c->where & IN_CSV))
			continue;
		fputs(comma, out);
		comma = ",";
		if (f)
			print_value(out, c->value);
		else
			fputs(c->key, out);
	}
	fputc('\n', out);
}

static int cells(FILE *out, const struct results *r, const struct figures *figures)
{
	print_line(out, NULL);
	for (size_t i = 0; i < r->n_cells; i++)
		print_line(out, &figures[i]);
	return 0;
}

const struct format format_csv = {
	"csv", "one line per cell, for plots and spreadsheets", .cells = cells,
};
