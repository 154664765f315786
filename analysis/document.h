/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A document for people: headings, paragraphs, lists and tables. Contents are
 * written once and shown in any style; the styles are in formats/. Text is
 * composed piece by piece and then closed as what it is:
 *
 *	document_add(d, "%zu rounds", n);
 *	document_paragraph(d);
 *
 * Text is printable ASCII, as results_read() makes it. A style escapes what
 * its format would not take as text.
 */
#ifndef FAULTBENCH_DOCUMENT_H
#define FAULTBENCH_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum document_block {
	DOCUMENT_NOTHING,	/* the document is empty */
	DOCUMENT_HEADING,
	DOCUMENT_PARAGRAPH,
	DOCUMENT_ITEM,		/* of a list */
	DOCUMENT_TABLE,
};

struct document_column {
	const char *group;	/* head of neighbours that have the same pointer; NULL: none */
	const char *head;
	int width;		/* in characters, where lines are limited; one blank separates columns */
	bool name;		/* left-aligned and shown as code; else right-aligned */
};

struct document;

struct document_style {
	int line;		/* longest line; 0: no limit */
	bool settings;		/* runs are shown with settings and command */
	void (*block)(struct document *d, enum document_block block, const char *text);
	void (*table)(struct document *d);	/* the heads of d->columns */
	/* In d->column; @rest: up to the last column. */
	void (*cell)(struct document *d, const char *text, bool rest);
	void (*row)(struct document *d);	/* ends it, d->column cells were shown */
};

struct document {
	FILE *out;
	const struct document_style *style;

	/* What follows is for styles to read. */
	enum document_block last;
	bool part;		/* a part begins with what comes next */
	const struct document_column *columns;
	size_t n_columns, column;
	/* For styles to write; 0 at the start of a table, @at also at the start of a row. */
	int at, indent;

	/* What follows is private to document.c. */
	FILE *text;
	char *buffer;
	size_t size;
	int err;
};

void document_begin(struct document *d, FILE *out, const struct document_style *style);

/* Frees what @d holds. Returns 0, or -ENOMEM when something may be missing. */
int document_end(struct document *d);

/* Append to the text that a call below closes. */
void document_add(struct document *d, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Close the text. */
void document_heading(struct document *d);
void document_paragraph(struct document *d);
void document_item(struct document *d);

/* What comes next is set apart from what came before, as behind a heading of its own. */
void document_part(struct document *d);

/*
 * Begin a table; @columns must live until the next block. It ends with the next
 * block. Each cell is composed and closed, and each row ended; cells that are
 * left out at the end of a row are empty. Where lines are limited, a name too
 * long for its column has a line of its own.
 */
void document_table(struct document *d, const struct document_column *columns, size_t n);
void document_cell(struct document *d);
void document_rest(struct document *d);	/* a cell that takes the rest of the row */
void document_row(struct document *d);

#endif
