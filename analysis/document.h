/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A document for people: headings, paragraphs, lists and tables. Contents are
 * written once and shown in any style; the styles are in formats/. Text is composed
 * in pieces, the last of which says what it is:
 *
 *	document_add(d, "%zu rounds", n);
 *	document_block(d, DOCUMENT_PARAGRAPH, ", seed %u", seed);
 *
 * Text is printable ASCII, as results_read() makes it. A style escapes what its
 * format would not take as text.
 */
#ifndef FAULTBENCH_DOCUMENT_H
#define FAULTBENCH_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum document_kind {
	DOCUMENT_NOTHING,	/* the document is empty */
	DOCUMENT_HEADING,
	DOCUMENT_PARAGRAPH,
	DOCUMENT_ITEM,		/* of a list */
	DOCUMENT_COMMAND,	/* a line to copy: never wrapped */
	DOCUMENT_ROW,		/* of the table that was begun, with a tab between two cells */
};

struct document_column {
	const char *head;
	int width;		/* in characters, where lines are limited, and a blank behind */
	bool name;		/* left-aligned and shown as code; else right-aligned */
};

struct document;

struct document_style {
	int line;		/* longest line; 0: no limit */
	bool settings;		/* runs are shown with settings and command */
	/* All but rows. */
	void (*block)(struct document *d, enum document_kind kind, const char *text);
	void (*heads)(struct document *d);
	/* A cell in d->column; @rest: it takes the columns behind it too. */
	void (*cell)(struct document *d, const char *text, bool rest);
	void (*end_row)(struct document *d);
};

struct document {
	FILE *out;
	const struct document_style *style;

	/* What follows is for styles to read. */
	enum document_kind last;
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

/* Begin a table; @columns must live as long as it has rows. */
void document_table(struct document *d, const struct document_column *columns, size_t n);

/* Append to the text of the next block. */
void document_add(struct document *d, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Append, and show the text as a @kind. The last cell of a row with fewer cells
 * than columns takes the rest of it. Where lines are limited, a name too long for
 * its column has a line of its own.
 */
void document_block(struct document *d, enum document_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Set what comes next apart from what came before, as a heading would. */
void document_part(struct document *d);

#endif
