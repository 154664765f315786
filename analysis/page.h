/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page of a report: pictures, tables, commands and contexts, in one file without scripts. */
#ifndef FAULTBENCH_PAGE_H
#define FAULTBENCH_PAGE_H

#include "analysis/plots.h"

/* A picture of a plot, or of what 'faultbench record' saw. Owned apart from @plot. */
struct page_picture {
	const struct plot *plot;	/* NULL: a pass of record */
	char *name;		/* of the files of a plot, or of the pass */
	char *title;		/* of a plot; with its number, where there are several */
	char *svg;		/* whole, of who made it; NULL: there is none, of a plot for lack of data */
	char *sites;		/* of a pass: its table as text, or NULL */
	struct chart_layout layout;
	size_t panels_left, points_left;	/* of the plot, which no picture has; of its last one */
};

void page_picture_free(struct page_picture *p);

struct page {
	const struct plots_input *in;
	const struct page_picture *pictures;
	size_t n_pictures;
	const char *command;	/* that makes the report */
	char (*files)[NAME_SIZE];	/* in the folder of the page */
	size_t n_files;
};

/* Returns 0 or -ENOMEM. */
int page_write(FILE *out, const struct page *page);

#endif
