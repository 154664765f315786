/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FAULTBENCH_FLAME_GRAPH_H
#define FAULTBENCH_FLAME_GRAPH_H

#include <stdio.h>

#include "base/reason.h"

/*
 * Draw the folded stacks that @in holds, "outer;inner COUNT" a line, as an SVG without
 * scripts: readable in light and dark and in print, with everything from @in escaped.
 * @title is shown above, and @unit is what the counts are of. Returns 0, or -errno with
 * @reason for lines that are no stacks, or too many.
 */
int flame_graph(FILE *out, FILE *in, const char *title, const char *unit, struct reason *reason);

#endif
