// SPDX-License-Identifier: GPL-2.0-or-later
/* Plain text in lines of 72 columns. */
#include <string.h>

#include "analysis/breakeven_table.h"
#include "analysis/formats.h"
#include "analysis/tables.h"
#include "base/text.h"

/* A blank line before what has a heading or begins a part. */
static void separate(struct document *d, bool heading)
{
	if (d->last && (heading || d->part))
		fputc('\n', d->out);
}

static void block(struct document *d, enum document_block kind, const char *text)
{
	separate(d, kind == DOCUMENT_HEADING);
	text_wrap(d->out, kind == DOCUMENT_ITEM ? 2 : 0, text);
}

static int start_of(const struct document *d, size_t column)
{
	int start = 0;

	for (size_t i = 0; i < column; i++)
		start += d->columns[i].width + 1;
	return start;
}

static void cell(struct document *d, const char *text, bool rest)
{
	const struct document_column *c = &d->columns[d->column];
	int start = start_of(d, d->column), len = (int)strlen(text);

	if (rest && d->column == 0)	/* a title of the rows below it */
		d->indent = 1;
	else if (d->column == 0)
		start += d->indent;
	if (!c->name && !rest)
		start += c->width - len;
	if (d->at && start <= d->at)	/* what came before is too long */
		start = d->at + 1;
	if (len == 0)
		return;
	d->at += fprintf(d->out, "%*s", start - d->at, "");
	if (rest) {
		text_continue(d->out, d->at, TEXT_COLUMNS, text);
		d->at = 0;
	} else if (c->name && start + len > start_of(d, d->column + 1) - 1) {
		fprintf(d->out, "%s\n", text);
		d->at = 0;
	} else {
		d->at += fprintf(d->out, "%s", text);
	}
}

static void row(struct document *d)
{
	if (d->at)
		fputc('\n', d->out);
}

/* How much of @text fits @width: whole words, or a part of one that is longer. */
static size_t fitting(const char *text, size_t width)
{
	size_t len = strlen(text), at = width;

	if (len <= width)
		return len;
	while (at && text[at] != ' ')
		at--;
	return at ? at : width;
}

/* Line @line, from 0, of @text wrapped to @width; *@len: its length, 0 behind the last. */
static const char *wrapped_line(const char *text, size_t width, int line, size_t *len)
{
	for (*len = fitting(text, width); line; line--) {
		text += *len;
		text += strspn(text, " ");
		*len = fitting(text, width);
	}
	return text;
}

/* A line of the groups' heads, each wrapped within its columns. Returns whether it has text. */
static bool groups(struct document *d, int line)
{
	int at = 0;

	for (size_t i = 0, end; i < d->n_columns; i = end) {
		const char *text = d->columns[i].group;
		int start = start_of(d, i);
		size_t len;

		for (end = i + 1; end < d->n_columns && d->columns[end].group == text; end++)
			;
		if (!text)
			continue;
		text = wrapped_line(text, (size_t)(start_of(d, end) - 1 - start), line, &len);
		if (len)
			at += fprintf(d->out, "%*s%.*s", start - at, "", (int)len, text);
	}
	if (at)
		fputc('\n', d->out);
	return at;
}

static void table(struct document *d)
{
	separate(d, false);
	for (int line = 0; groups(d, line); line++)
		;
	d->at = 0;
	for (d->column = 0; d->column < d->n_columns; d->column++)
		cell(d, d->columns[d->column].head, false);
	row(d);
}

const struct document_style plain_style = {
	.line = TEXT_COLUMNS, .block = block, .table = table, .cell = cell, .row = row,
};

static int cells(FILE *out, const struct results *r, const struct figures *figures)
{
	return tables_print(out, &plain_style, r, figures);
}

static int curves(FILE *out, const struct curve *curve, size_t n)
{
	return breakeven_tables(out, false, curve, n);
}

const struct format format_plain = { "plain", "tables in lines of 72 columns", cells, curves };
