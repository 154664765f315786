// SPDX-License-Identifier: GPL-2.0-or-later
/* faultbench compare: the figures of each cell in result files, in any format of analysis/formats.c. */
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "cmd/command.h"
#include "cmd/reading.h"

static bool offers(const struct format *format)
{
	return format->style || format->cells;
}

static bool has_arm(const struct results *r, const char *arm)
{
	for (size_t i = 0; i < r->n_cells; i++)
		if (!strcmp(r->cells[i].strategy, arm))
			return true;
	return false;
}

static int print(const struct reading *a, const struct results *r)
{
	struct figures *figures;
	int err;

	if (a->baseline && !has_arm(r, a->baseline))
		return say_bad("--baseline %s: no cell has this strategy; without --baseline the"
			       " table lists them", a->baseline);
	err = cells_figures(r, a->baseline, &figures);
	if (!err)
		err = format_cells(formats[a->format], stdout, r, figures);
	free(figures);
	return err ? say_bad("not enough memory") : STATUS_OK;
}

static int compare_main(int argc, char **argv)
{
	struct reading a = {
		.doc = "Show the cost, throughput and penalty of each strategy in result files,"
		       " against its baseline.\v"
		       "FILE may be - for standard input. A penalty is throughput lost, positive when"
		       " slower, with its 99 % interval. What was not measured is - in tables, null"
		       " in JSON and empty in CSV. Exits 0, or 2 if a file cannot be read.",
		.files_doc = "'faultbench run'",
		.baseline_doc = "compare with this strategy, not with the baseline of the run",
		.warn_of_empty = true, .offers = offers, .print = print,
	};

	return reading_main(&a, argc, argv);
}

const struct command cmd_compare = { "compare", "print tables from result files", compare_main };
