/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FAULTBENCH_BREAKEVEN_TABLE_H
#define FAULTBENCH_BREAKEVEN_TABLE_H

#include "analysis/breakeven.h"
#include "analysis/document.h"

/*
 * Print @curves as tables, machines side by side, with what a reader must know to
 * judge them. Returns 0 or -ENOMEM.
 */
int breakeven_print(FILE *out, const struct document_style *style, const struct curve *curves,
		    size_t n);

#endif
