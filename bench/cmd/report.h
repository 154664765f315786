/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A report while it is made; private to report*.c. */
#ifndef FAULTBENCH_CMD_REPORT_H
#define FAULTBENCH_CMD_REPORT_H

#include "analysis/page.h"

enum { REPORT_FILES_MAX = 256 };

struct report {
	const char *folder, *baseline;
	char *plots;			/* the directory of the templates */
	struct page_picture *pictures, **last;
	char files[REPORT_FILES_MAX][NAME_SIZE];	/* written, apart from those of plots */
	size_t n_files;
};

/* The whole of @file, which it closes, for free(); NULL after one line about @name, or without a @file. */
char *report_read(FILE *file, const char *name);

/* Add @picture, taking over what it owns. Returns STATUS_OK, or another after one line. */
int report_add(struct report *r, struct page_picture picture);

/*
 * Add the passes of 'faultbench record' in @folder, up to @depth folders below it, and
 * count them in *@n. Returns as report_add() does.
 */
int report_add_passes(struct report *r, const char *folder, int depth, size_t *n);

#endif
