// SPDX-License-Identifier: GPL-2.0-or-later
#include "analysis/formats.h"
#include "analysis/tables.h"

#define FORMAT_POINTER(name) &format_##name,
const struct format *const formats[] = { FORMATS(FORMAT_POINTER) NULL };

int format_cells(const struct format *f, FILE *out, const struct results *r, const struct figures *figures)
{
	return f->style ? tables_print(out, f->style, r, figures) : f->cells(out, r, figures);
}

int format_curves(const struct format *f, FILE *out, const struct curve *curves, size_t n)
{
	return f->style ? breakeven_print(out, f->style, curves, n) : f->curves(out, curves, n);
}

int format_verdict(const struct format *f, FILE *out, const struct gate *g)
{
	return f->style ? gate_print(out, f->style, g) : f->verdict(out, g);
}
