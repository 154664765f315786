// SPDX-License-Identifier: GPL-2.0-or-later
/* Plain text in lines of 72 columns, and the same for a mail. */
#include <string.h>

#include "analysis/formats.h"
#include "base/text.h"

/* A blank line before what has a heading or begins a part. */
static void separate(struct document *d, bool heading)
{
	if (d->last && (heading || d->part))
		fputc('\n', d->out);
}

static void block(struct document *d, enum document_kind kind, const char *text)
{
	separate(d, kind == DOCUMENT_HEADING);
	if (kind == DOCUMENT_COMMAND)
		fprintf(d->out, "%s\n", text);
	else
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
	} else if (c->name && start + len >= start_of(d, d->column + 1)) {
		fprintf(d->out, "%s\n", text);
		d->at = 0;
	} else {
		d->at += fprintf(d->out, "%s", text);
	}
}

static void end_row(struct document *d)
{
	if (d->at)
		fputc('\n', d->out);
}

static void heads(struct document *d)
{
	separate(d, false);
	for (d->column = 0; d->column < d->n_columns; d->column++)
		cell(d, d->columns[d->column].head, false);
	end_row(d);
}

const struct document_style plain_style = {
	.line = TEXT_COLUMNS, .block = block, .heads = heads, .cell = cell, .end_row = end_row,
};

const struct format format_plain = { "plain", "tables in lines of 72 columns", .style = &plain_style };

/* A reader who has nothing but the mail is given settings and commands too. */
static const struct document_style mail_style = {
	.line = TEXT_COLUMNS, .settings = true, .block = block, .heads = heads, .cell = cell, .end_row = end_row,
};

const struct format format_mail = { "mail", "plain tables, then settings and command", .style = &mail_style };
