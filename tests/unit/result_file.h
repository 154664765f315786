/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A result file in memory, for tests of the analysis. Include it behind <cmocka.h>. */
#ifndef FAULTBENCH_RESULT_FILE_H
#define FAULTBENCH_RESULT_FILE_H

#include <stdio.h>
#include <stdlib.h>

#include "format/results.h"

struct file {
	FILE *out;
	char *text;
	size_t size;
};

/* The rest of a cell, behind its slots. */
static inline void end_cell(struct file *f, unsigned rounds)
{
	fputs("],\"order\":[", f->out);
	for (unsigned i = 0; i < 2 * rounds; i++)
		fprintf(f->out, "%s%u", i ? "," : "", i % 2);
	fputs("]}\n", f->out);
}

/* Read the file into @r. */
static inline void end(struct file *f, struct results *r)
{
	struct reason message;
	FILE *in;

	fclose(f->out);
	in = fmemopen(f->text, f->size, "r");
	assert_non_null(in);
	results_init(r);
	if (results_read(in, "f", r, &message))
		fail_msg("%s", message.text);
	fclose(in);
	free(f->text);
	f->out = NULL;
}

#endif
