/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands that read result files have in common: files, --baseline and formats. */
#ifndef FAULTBENCH_READING_H
#define FAULTBENCH_READING_H

#include "analysis/formats.h"

struct reading {
	/* What the command sets. */
	const char *doc, *files_doc;	/* for --help; how to make such files */
	const char *baseline_doc;
	bool warn_of_empty;		/* say which file has no cell; else @print does */
	bool (*offers)(const struct format *format);
	/* Prints @r in formats[a->format]. Returns an enum status. */
	int (*print)(const struct reading *a, const struct results *r);

	/* What the command line sets. */
	int format;			/* index into formats */
	const char *baseline;		/* a valid name; NULL: not given */
	char **files;			/* NULL-ended, at least one */
};

/* Parse the command line, load the files and print. Returns an enum status. */
int reading_main(struct reading *a, int argc, char **argv);

#endif
