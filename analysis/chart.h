/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a plot shows, before anything is drawn: panels one below the other, and in
 * each the points of some series. Written as a data file and as variables for
 * gnuplot, which plots/begin.gp describes. Pure: no input.
 */
#ifndef FAULTBENCH_CHART_H
#define FAULTBENCH_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
	CHART_PANELS_MAX = 12,	/* of a picture; more are in further ones */
	CHART_CONTEXTS_MAX = 4,	/* of a panel */
	CHART_SERIES_MAX = 48, CHART_ROWS_MAX = 48,	/* of a chart, of a panel */
};

/* NAN: not there. In a panel with rows x is the number of the row, from 0. */
struct chart_point {
	double x, y, low, high;
	double margin;		/* half the width of the band around 0 */
};

struct chart_block {
	size_t series;		/* index into the chart's; CHART_MARKS: marks, not a series */
	struct chart_point *points;
	size_t n;
};

#define CHART_MARKS ((size_t)-1)

/* A tick with a text of its own: the name of a row, or a size. */
struct chart_tick {
	char *text;
	double at;
};

struct chart_panel {
	char *name;
	const char *unit;	/* of its values */
	char *contexts[CHART_CONTEXTS_MAX];	/* of the runs that it shows */
	size_t n_contexts;
	size_t n_low, n_high;	/* repetitions or rounds of its cells */
	const char *n_of;	/* which of them, with its s; NULL: not known yet */
	struct chart_block *blocks;
	size_t n_blocks;
	struct chart_tick ticks[CHART_ROWS_MAX];
	size_t n_ticks;
};

struct chart {
	struct chart_panel *panels;
	size_t n_panels;
	char *series[CHART_SERIES_MAX];
	size_t n_series;
	size_t n_dropped;	/* points for which there was no room */
	bool out_of_memory;	/* what was to be added is not there */
};

void chart_free(struct chart *c);

/* The panel of this name, made if there is none; NULL without memory. */
struct chart_panel *chart_panel(struct chart *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Once for each cell: what it was measured on, in words, and with how many @n_of. */
void chart_context(struct chart *c, struct chart_panel *p, const char *text, size_t n, const char *n_of);

/* The number of the tick @text of @p, made with @at, or with its number if @at is NAN; NAN without room. */
double chart_tick(struct chart *c, struct chart_panel *p, const char *text, double at);

/* The number of a series, which its colour and shape follow, made if it is new; CHART_MARKS for NULL or without room. */
size_t chart_series(struct chart *c, const char *name);

/* Add @point to a series of @p; NULL: to its marks. A @p of NULL is ignored, and an x of NAN dropped. */
void chart_add(struct chart *c, struct chart_panel *p, const char *series, struct chart_point point);

/* Remove the panels that @keep refuses. */
void chart_keep(struct chart *c, bool (*keep)(const struct chart_panel *p));

/* How many pictures the panels take. */
size_t chart_parts(const struct chart *c);

/* What is in picture @i, from 0: owned by @c. */
struct chart chart_part(const struct chart *c, size_t i);

/* How the chart is drawn: plots/TEMPLATE.gp and texts that are constants. */
struct chart_style {
	const char *name, *template, *title, *x_label, *y_label;
	enum {
		CHART_ROWS = 1 << 0,		/* x is the number of a row */
		CHART_UNIT_ON_X = 1 << 1,	/* the axis of x has the unit of the panel */
		CHART_LOG2 = 1 << 2,		/* so is the axis of x */
	} flags;
};

/* Where the parts of the picture are, in pixels from its top. */
struct chart_layout {
	size_t width, head;	/* head: of title and legend */
	size_t across;		/* entries of a line of the legend */
	size_t panels, top[CHART_PANELS_MAX + 1];	/* the last is the height of the picture */
};

/* What follows is of a chart of one part. */
void chart_layout(const struct chart *c, const struct chart_style *style, struct chart_layout *l);

/* Points, a block for each series of a panel, in the order of chart_variables(). */
void chart_data(FILE *out, const struct chart *c);

/* The variables of the template. Texts are quoted: none can act in gnuplot. */
void chart_variables(FILE *out, const struct chart *c, const struct chart_style *style,
		     const struct chart_layout *layout);

#endif
