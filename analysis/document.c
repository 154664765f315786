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

static __attribute__((format(printf, 2, 0))) void add(struct document *d, const char *format,
							va_list ap)
{
	if (!d->text)
		d->text = open_memstream(&d->buffer, &d->size);
	if (!d->text || vfprintf(d->text, format, ap) < 0)
		d->err = -ENOMEM;
}

void document_add(struct document *d, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add(d, format, ap);
	va_end(ap);
}

/* Hand the cells of @row, with tabs between them, to the style. */
static void show_row(struct document *d, char *row)
{
	d->at = 0;
	for (d->column = 0; row; d->column++) {
		char *next = strchr(row, '\t');

		assert(d->column < d->n_columns);
		if (next)
			*next++ = '\0';
		d->style->cell(d, row, !next && d->column + 1 < d->n_columns);
		row = next;
	}
	d->style->end_row(d);
}

void document_block(struct document *d, enum document_kind kind, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add(d, format, ap);
	va_end(ap);
	if (d->text && fclose(d->text))
		d->err = -ENOMEM;
	d->text = NULL;
	if (d->buffer && kind == DOCUMENT_ROW)
		show_row(d, d->buffer);
	else if (d->buffer)
		d->style->block(d, kind, d->buffer);
	free(d->buffer);
	d->buffer = NULL;
	d->last = kind;
	d->part = false;
}

void document_table(struct document *d, const struct document_column *columns, size_t n)
{
	d->columns = columns;
	d->n_columns = n;
	d->indent = d->at = 0;
	d->style->heads(d);
	d->last = DOCUMENT_ROW;
	d->part = false;
}

void document_part(struct document *d)
{
	d->part = true;
}
