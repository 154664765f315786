// SPDX-License-Identifier: GPL-2.0-or-later
/* faultbench breakeven: the share of cold pages from which a strategy costs more. */
#include <stdlib.h>

#include "base/say.h"
#include "cmd/command.h"
#include "cmd/reading.h"

static bool offers(const struct format *format)
{
	return format->style || format->curves;
}

/* Whether there are curves at all; says why not. */
static int check(const struct reading *a, const struct curve *curves, size_t n)
{
	bool measured = false;

	if (n == 0)
		return say_bad("%s: no sweep over cold_fraction%s; make one with %s", a->files[0],
			       a->files[1] ? " in it or the other files" : "", a->files_doc);
	for (size_t i = 0; i < n; i++)
		measured |= curves[i].n > 0;
	if (!measured && a->baseline)
		return say_bad("--baseline %s: no sweep can be compared with it: %s", a->baseline,
			       curves[0].reason);
	if (!measured)
		return say_bad("no sweep can be compared with %s: %s; name another with --baseline",
			       curves[0].f.baseline_name, curves[0].reason);
	return STATUS_OK;
}

static int print(const struct reading *a, const struct results *r)
{
	struct curve *curves;
	size_t n;
	int status, err = breakeven_curves(r, a->baseline, &curves, &n);

	status = err ? STATUS_OK : check(a, curves, n);
	if (!err && !status)
		err = format_curves(formats[a->format], stdout, curves, n);
	free(curves);
	return err ? say_bad("not enough memory") : status;
}

static int breakeven_main(int argc, char **argv)
{
	struct reading a = {
		.doc = "Find the share of cold source pages from which a strategy costs more than its"
		       " baseline, in result files with a sweep over cold_fraction.\v"
		       "FILE may be - for standard input. Each machine has its own columns. Exits 0,"
		       " or 2 if a file cannot be read or has no sweep.",
		.files_doc = "'faultbench run -w cold-sweep'",
		.baseline_doc = "compare with this strategy (default: pre in the kernel, touch in user space)",
		.offers = offers, .print = print,
	};

	return reading_main(&a, argc, argv);
}

const struct command cmd_breakeven = {
	"breakeven", "find the share of cold pages from which a strategy costs more", breakeven_main,
};
