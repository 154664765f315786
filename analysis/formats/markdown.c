// SPDX-License-Identifier: GPL-2.0-or-later
/* Markdown as GitHub and GitLab show it. */
#include <string.h>

#include "analysis/formats.h"

/* Print @text as text: what could begin a span, a link, a tag, a formula or a cell is escaped. */
static void escaped(FILE *out, const char *text)
{
	for (const char *t = text; *t; t++) {
		bool link = (*t == ':' && t[1] == '/') ||
			    (*t == '.' && t - text >= 3 && !strncmp(t - 3, "www", 3));

		if (*t == '<')
			fputs("&lt;", out);
		else if (*t == '&')
			fputs("&amp;", out);
		else if (link || strchr("\\`*_[]>|~$", *t))
			fprintf(out, "\\%c", *t);
		else
			fputc(*t, out);
	}
}

/* Between backticks nothing but a backtick has a meaning, and in tables a bar. */
static void code(FILE *out, const char *text)
{
	if (!*text)
		return;
	fputc('`', out);
	for (; *text; text++) {
		if (*text == '|')
			fputc('\\', out);
		fputc(*text == '`' ? '\'' : *text, out);
	}
	fputc('`', out);
}

static void separate(struct document *d, bool goes_on)
{
	if (d->last && !goes_on)
		fputc('\n', d->out);
}

static void block(struct document *d, enum document_kind kind, const char *text)
{
	size_t digits;

	separate(d, kind == DOCUMENT_ITEM && d->last == kind);
	if (kind == DOCUMENT_HEADING)
		fputs("### ", d->out);
	else if (kind == DOCUMENT_ITEM)
		fputs("- ", d->out);
	/* At its start what could begin a list, a heading or a line is escaped too. */
	text += strspn(text, " ");
	digits = strspn(text, "0123456789");
	if (strspn(text, "#+-=") || (digits && strspn(text + digits, ".)"))) {
		fprintf(d->out, "%.*s\\", (int)digits, text);
		text += digits;
	}
	escaped(d->out, text);
	fputc('\n', d->out);
}

static void heads(struct document *d)
{
	separate(d, false);
	for (size_t i = 0; i < d->n_columns; i++) {
		fputs("| ", d->out);
		escaped(d->out, d->columns[i].head);
		fputc(' ', d->out);
	}
	fputs("|\n", d->out);
	for (size_t i = 0; i < d->n_columns; i++)
		fputs(d->columns[i].name ? "|---" : "|--:", d->out);
	fputs("|\n", d->out);
}

static void cell(struct document *d, const char *text, bool rest)
{
	fputs("| ", d->out);
	if (d->columns[d->column].name && !rest)
		code(d->out, text);
	else
		escaped(d->out, text);
	fputc(' ', d->out);
	/* Cells cannot be joined: the others stay empty. */
	for (size_t i = d->column + 1; rest && i < d->n_columns; i++)
		fputs("| ", d->out);
}

static void end_row(struct document *d)
{
	fputs("|\n", d->out);
}

const struct document_style markdown_style = {
	.block = block, .heads = heads, .cell = cell, .end_row = end_row,
};

const struct format format_markdown = { "markdown", "tables in Markdown", .style = &markdown_style };
