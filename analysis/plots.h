/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plots of a report. Adding one is a row of plots.c, with a function that adds a
 * cell to its chart and, unless one of those in plots/ draws it, a template there.
 */
#ifndef FAULTBENCH_PLOTS_H
#define FAULTBENCH_PLOTS_H

#include "analysis/breakeven.h"
#include "analysis/chart.h"

/* What plots are made from. */
struct plots_input {
	const struct results *results;
	const struct figures *figures;	/* as cells_figures() gives them */
	const struct curve *curves;	/* as breakeven_curves() does */
	size_t n_curves;
};

struct plot {
	struct chart_style style;
	const char *caption;	/* how to read it */
	const char *lacks;	/* what files without data for it do not have */
	/* Adds what is shown of a cell, for which cells_is_shown() is true, or of a curve; NULL: of none. */
	void (*cell)(struct chart *c, const struct plots_input *in, const struct figures *f);
	void (*curve)(struct chart *c, const struct plots_input *in, const struct curve *curve);
	bool (*keep)(const struct chart_panel *p);	/* panels that say something; NULL: those with points */
};

/* In the order of the page; a row without a name ends them. */
extern const struct plot plots[];

/* Fill @c, which is empty, with what @plot shows of @in. */
void plots_fill(struct chart *c, const struct plot *plot, const struct plots_input *in);

#endif
