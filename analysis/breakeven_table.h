/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FAULTBENCH_BREAKEVEN_TABLE_H
#define FAULTBENCH_BREAKEVEN_TABLE_H

#include <stdio.h>

#include "analysis/breakeven.h"

/*
 * Print @curves as plain tables of 72 columns, or in Markdown, with what a
 * reader must know to judge them. Returns 0, or -1 without memory.
 */
int breakeven_tables(FILE *out, bool markdown, const struct curve *curves, size_t n);

#endif
