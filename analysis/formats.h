/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The formats in which figures are shown: a file in formats/ and a row of
 * FORMATS() each. Those for people give a style to the document that tables.c or
 * breakeven_table.c writes; those for programs print the columns of columns.c.
 */
#ifndef FAULTBENCH_FORMATS_H
#define FAULTBENCH_FORMATS_H

#include <stdio.h>

#include "analysis/breakeven.h"
#include "analysis/cells.h"
#include "analysis/document.h"
#include "analysis/gate.h"

struct format {
	const char *name;	/* of the option, too */
	const char *summary;	/* for --help */
	/*
	 * Print r->n_cells figures, as cells_figures() gives them, or curves, as
	 * breakeven_curves() does, or a verdict. Return 0 or -ENOMEM. NULL: not in this format.
	 */
	int (*cells)(FILE *out, const struct results *r, const struct figures *figures);
	int (*curves)(FILE *out, const struct curve *curves, size_t n);
	int (*verdict)(FILE *out, const struct gate *g);
};

/* All of them: formats/NAME.c defines format_NAME. The first is the default and has no option. */
#define FORMATS(row) \
	row(plain) \
	row(mail) \
	row(markdown) \
	row(html) \
	row(csv) \
	row(json) \
	row(ktap) \
	row(junit) \
	row(github) \
	row(b4) \
	row(benchstat) \
	row(kcidb) \
	row(lava) \
	row(tmt)

#define FORMAT_DECLARE(name) extern const struct format format_##name;
FORMATS(FORMAT_DECLARE)
#undef FORMAT_DECLARE

extern const struct format *const formats[];	/* ends with NULL */

extern const struct document_style plain_style, markdown_style, html_style;

#endif
