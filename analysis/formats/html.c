// SPDX-License-Identifier: GPL-2.0-or-later
/* HTML: tables and text for a page, without a page around them. */
#include <stdint.h>

#include "analysis/formats.h"
#include "base/text.h"

static void end_table(struct document *d)
{
	if (d->last == DOCUMENT_ROW)
		fputs("</table></div>\n", d->out);
}

static void block(struct document *d, enum document_kind kind, const char *text)
{
	static const char *const tags[] = {
		[DOCUMENT_HEADING] = "h3", [DOCUMENT_PARAGRAPH] = "p", [DOCUMENT_ITEM] = "p",
		[DOCUMENT_COMMAND] = "pre",
	};

	end_table(d);
	fprintf(d->out, "<%s>", tags[kind]);
	text_markup(d->out, text, SIZE_MAX);
	fprintf(d->out, "</%s>\n", tags[kind]);
}

static void heads(struct document *d)
{
	end_table(d);
	fputs("<div class=\"wide\"><table>\n<tr>", d->out);
	for (size_t i = 0; i < d->n_columns; i++) {
		fputs(d->columns[i].name ? "<th class=\"name\">" : "<th>", d->out);
		text_markup(d->out, d->columns[i].head, SIZE_MAX);
		fputs("</th>", d->out);
	}
	fputs("</tr>\n", d->out);
}

static void cell(struct document *d, const char *text, bool rest)
{
	if (d->column == 0)
		fputs("<tr>", d->out);
	fputs(d->columns[d->column].name || rest ? "<td class=\"name\"" : "<td", d->out);
	if (rest)
		fprintf(d->out, " colspan=\"%zu\"", d->n_columns - d->column);
	fputc('>', d->out);
	text_markup(d->out, text, SIZE_MAX);
	fputs("</td>", d->out);
}

static void end_row(struct document *d)
{
	fputs("</tr>\n", d->out);
}

const struct document_style html_style = {
	.settings = true, .block = block, .heads = heads, .cell = cell, .end_row = end_row,
};

const struct format format_html = { "html", "tables in HTML, for a page of your own", .style = &html_style };
