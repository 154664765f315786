// SPDX-License-Identifier: GPL-2.0-or-later
/* faultbench compare: what result files say of each cell, in any format of analysis/formats.c. */
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "cmd/command.h"
#include "cmd/reading.h"

static bool offers(const struct format *format)
{
	return format->cells != NULL;
}

static bool has_arm(const struct results *r, const char *arm)
{
	for (size_t i = 0; i < r->n_cells; i++)
		if (!strcmp(r->cells[i].strategy, arm))
			return true;
	return false;
}

/* A file without cells leaves nothing in a table that would say so. */
static void warn_of_empty_files(const struct results *r)
{
	size_t cell = 0, failure = 0;

	for (size_t i = 0, end; i < r->n_runs; i = end) {
		size_t first_cell = cell, first_failure = failure;

		for (end = i + 1; end < r->n_runs && !strcmp(r->runs[end].path, r->runs[i].path); end++)
			;
		while (cell < r->n_cells && r->cells[cell].run < end)
			cell++;
		while (failure < r->n_failures && r->failures[failure].run < end)
			failure++;
		if (cell == first_cell)
			say("%s: no cells; %s", r->runs[i].path, failure > first_failure
			    ? "all failed: plain tables and --json give the reasons"
			    : "the run ended before its first cell: measure again");
	}
}

static int print(const struct reading *a, const struct results *r)
{
	struct figures *figures;
	int err;

	if (a->baseline && !has_arm(r, a->baseline))
		return say_bad("--baseline %s: no cell has this strategy; without --baseline the table lists them",
			       a->baseline);
	warn_of_empty_files(r);
	err = cells_figures(r, a->baseline, &figures);
	if (!err)
		err = formats[a->format]->cells(stdout, r, figures);
	free(figures);
	return err ? say_bad("not enough memory") : STATUS_OK;
}

static int compare_main(int argc, char **argv)
{
	struct reading a = {
		.doc = "Show what result files say: cost, throughput and penalty of each strategy"
		       " against its baseline.\v"
		       "FILE may be - for standard input. A penalty is throughput lost, positive when"
		       " slower, with its 99 % interval. What was not measured is - in tables, null"
		       " in JSON and empty in CSV. Exits 0, or 2 when a file cannot be read.",
		.files_doc = "'faultbench run'",
		.baseline_doc = "compare with ARM, not with the baseline of the run",
		.baseline_example = "native",
		.offers = offers, .print = print,
	};

	return reading_main(&a, argc, argv);
}

const struct command cmd_compare = { "compare", "tables from result files", compare_main };
