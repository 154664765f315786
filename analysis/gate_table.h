/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verdict for people. */
#ifndef FAULTBENCH_GATE_TABLE_H
#define FAULTBENCH_GATE_TABLE_H

#include "analysis/document.h"
#include "analysis/gate.h"

/*
 * Print the verdict, the sides, every cell that changed or was not decided, and the
 * command that repeats it; with @style->settings the machine too. Returns 0 or -ENOMEM.
 */
int gate_print(FILE *out, const struct document_style *style, const struct gate *g);

/* What is compared and by which rules: printed before the first number. */
void gate_write_plan(struct document *d, const struct gate_plan *plan, bool counts, bool time, size_t cells);

/* "3163", "+15", "-0.25 %": a cell's figures as a table shows them. Return @buf. */
enum { GATE_NUMBER = 32 };
const char *gate_cost(char buf[GATE_NUMBER], double cost);
const char *gate_change(char buf[GATE_NUMBER], const struct gate_cell *c);
const char *gate_margin(char buf[GATE_NUMBER], const struct gate_cell *c);

#endif
