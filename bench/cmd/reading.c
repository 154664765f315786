// SPDX-License-Identifier: GPL-2.0-or-later
/* The main of commands that read result files. */
#include <assert.h>

#include "base/options.h"
#include "base/say.h"
#include "cmd/reading.h"

enum { FORMATS_MAX = 16 };

#define ROW(member, ...) { .offset = offsetof(struct reading, member), __VA_ARGS__ }

static void parse_options(struct reading *a, int argc, char **argv)
{
	const struct option_row baseline[] = {
		ROW(baseline, .name = "baseline", .letter = 'b', .type = OPTION_TEXT, .argument = "STRATEGY",
		    .help = a->baseline_doc),
		{ .name = NULL },
	};
	struct option_row rows[FORMATS_MAX + 1] = { { .name = NULL } };
	const struct syntax syntax = { .tables = { baseline, rows }, .arguments = "FILE...", .doc = a->doc };
	size_t n = 0;

	for (int i = 1; formats[i]; i++) {
		assert(n < FORMATS_MAX);
		if (a->offers(formats[i]))
			rows[n++] = (struct option_row)ROW(format, .name = formats[i]->name,
							   .type = OPTION_CHOICE, .value = i,
							   .help = formats[i]->summary);
	}
	a->files = option_parse(&syntax, argc, argv, a);
}

int reading_main(struct reading *a, int argc, char **argv)
{
	struct results r;
	int status = STATUS_BAD_INPUT;

	parse_options(a, argc, argv);
	if (!a->files[0])
		return say_bad("no file given: give a result file of %s", a->files_doc);
	if (a->baseline && !name_ok(a->baseline))
		return say_bad("--baseline must be the name of an arm, such as native");
	results_init(&r);
	for (char **file = a->files; *file; file++) {
		size_t cells = r.n_cells, failures = r.n_failures;

		if (results_load(*file, &r))
			goto out;
		if (a->warn_of_empty && r.n_cells == cells)
			say("%s: no cells; %s", *file, r.n_failures > failures
			    ? "all failed: plain tables and --json give the reasons"
			    : "the run has just begun, or ended before its first cell");
	}
	status = a->print(a, &r);
out:
	results_free(&r);
	return status;
}
