/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The formats in which figures are shown. A format is a file in formats/ with a
 * row, and a line in each of the two lists: of declarations here, of rows in
 * formats.c. Formats for people give a style to the document that tables.c or
 * breakeven_table.c writes; those for programs print columns.c's columns.
 */
#ifndef FAULTBENCH_FORMATS_H
#define FAULTBENCH_FORMATS_H

#include <stdio.h>

#include "analysis/breakeven.h"
#include "analysis/cells.h"
#include "analysis/document.h"

struct format {
	const char *name;	/* and that of the option */
	const char *summary;	/* for --help */
	/* Print r->n_cells figures, as cells_figures() gives them. Returns 0 or -ENOMEM. */
	int (*cells)(FILE *out, const struct results *r, const struct figures *figures);
	/* Print curves, as breakeven_curves() gives them; NULL: not in this format. */
	int (*curves)(FILE *out, const struct curve *curves, size_t n);
};

extern const struct format format_plain, format_mail, format_markdown, format_csv, format_json;

/* All of them; ends with NULL. The first is the default. */
extern const struct format *const formats[];

extern const struct document_style plain_style, markdown_style;

#endif
