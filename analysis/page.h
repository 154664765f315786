/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page of a report: pictures, tables, commands and contexts, in one file without scripts. */
#ifndef FAULTBENCH_PAGE_H
#define FAULTBENCH_PAGE_H

#include "analysis/plots.h"

/* A picture: of @plot, or a flame graph called @name. */
struct page_picture {
	const struct plot *plot;
	const char *name;
	char *svg;		/* whole, of who made it; NULL: @plot has no data */
	struct chart_layout layout;
	size_t panels;		/* of which the layout has some */
	struct page_picture *next;
};

struct page {
	const struct plots_input *in;
	const struct page_picture *pictures;	/* the first */
	const char *command;	/* that makes the report */
	const char *const *files;	/* in the folder of the page; a NULL ends them */
};

/* Returns 0 or -ENOMEM. */
int page_write(FILE *out, const struct page *page);

#endif
