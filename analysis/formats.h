/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The formats in which figures are shown: a file in formats/ and a row of
 * FORMATS() each. Those for people are a style of the documents that tables.c,
 * breakeven_table.c and gate_table.c write; those for programs print the columns
 * of columns.c.
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
	const struct document_style *style;	/* for people; NULL: for programs, by what follows */
	/* As the functions below; NULL: not in this format. */
	int (*cells)(FILE *out, const struct results *r, const struct figures *figures);
	int (*curves)(FILE *out, const struct curve *curves, size_t n);
	int (*verdict)(FILE *out, const struct gate *g);
};

/* All of them: formats/NAME.c defines format_NAME, and plain.c that of mail too. The first is the default and has no option. */
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

/*
 * Print r->n_cells figures, as cells_figures() gives them, or curves, as
 * breakeven_curves() does, or a verdict, in @f, which has it. Return 0 or -ENOMEM.
 */
int format_cells(const struct format *f, FILE *out, const struct results *r, const struct figures *figures);
int format_curves(const struct format *f, FILE *out, const struct curve *curves, size_t n);
int format_verdict(const struct format *f, FILE *out, const struct gate *g);

#endif
