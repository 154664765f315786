// SPDX-License-Identifier: GPL-2.0-or-later
/* Composes the texts of a document and hands them to its style. */
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/document.h"

void document_begin(struct document *d, FILE *out, const struct document_style *style)
{
	memset(d, 0, sizeof(*d));
	d->out = out;
	d->style = style;
}

int document_end(struct document *d)
{
	if (d->text)
		fclose(d->text);
	free(d->buffer);
	return d->err;
}

void document_add(struct document *d, const char *format, ...)
{
	va_list ap;

	if (!d->text)
		d->text = open_memstream(&d->buffer, &d->size);
	if (!d->text) {
		d->err = -ENOMEM;
		return;
	}
	va_start(ap, format);
	if (vfprintf(d->text, format, ap) < 0)
		d->err = -ENOMEM;
	va_end(ap);
}

/* The text composed so far, valid until the next document_add(). */
static const char *composed(struct document *d)
{
	if (d->text && fclose(d->text))
		d->err = -ENOMEM;
	d->text = NULL;
	return d->buffer ? d->buffer : "";
}

static void clear(struct document *d)
{
	free(d->buffer);
	d->buffer = NULL;
}

static void block(struct document *d, enum document_block kind)
{
	d->style->block(d, kind, composed(d));
	d->last = kind;
	d->part = false;
	clear(d);
}

void document_heading(struct document *d)
{
	block(d, DOCUMENT_HEADING);
}

void document_paragraph(struct document *d)
{
	block(d, DOCUMENT_PARAGRAPH);
}

void document_item(struct document *d)
{
	block(d, DOCUMENT_ITEM);
}

void document_part(struct document *d)
{
	d->part = true;
}

void document_table(struct document *d, const struct document_column *columns, size_t n)
{
	d->columns = columns;
	d->n_columns = n;
	d->indent = 0;
	d->style->table(d);
	d->last = DOCUMENT_TABLE;
	d->part = false;
	d->column = 0;
	d->at = 0;
}

static void cell(struct document *d, bool rest)
{
	assert(d->last == DOCUMENT_TABLE && d->column < d->n_columns);
	d->style->cell(d, composed(d), rest);
	d->column = rest ? d->n_columns : d->column + 1;
	clear(d);
}

void document_cell(struct document *d)
{
	cell(d, false);
}

void document_rest(struct document *d)
{
	cell(d, true);
}

void document_row(struct document *d)
{
	d->style->row(d);
	d->column = 0;
	d->at = 0;
}
