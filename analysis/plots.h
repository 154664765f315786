/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plots of a report. Adding one is a row of plots.c, with a function that fills
 * its chart and, unless one of those in plots/ draws it, a template there.
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
	void (*fill)(struct chart *c, const struct plots_input *in);
};

/* In the order of the page; a row without a name ends them. */
extern const struct plot plots[];

/* The margins within which a difference is no verdict: of throughput, and of instructions. */
#define PLOTS_MARGIN 0.01
#define PLOTS_MARGIN_COUNTS 0.002

/* How an arm compares with its baseline, by its interval and the margin. */
enum plots_verdict { PLOTS_WITHIN, PLOTS_SLOWER, PLOTS_FASTER, PLOTS_UNDECIDED, N_PLOTS_VERDICTS };
extern const char *const plots_verdict_names[];

/* Whether @f is a comparison at all, and its verdict. */
bool plots_verdict(const struct figures *f, enum plots_verdict *verdict);

#endif
