// SPDX-License-Identifier: GPL-2.0-or-later
/* The main of commands that read result files. */
#include <argp.h>
#include <assert.h>

#include "base/options.h"
#include "base/say.h"
#include "cmd/command.h"
#include "cmd/reading.h"

enum { FORMATS_MAX = 16, KEY_FORMAT = 256 };	/* and above: the format's place in formats[] */

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct reading *a = state->input;

	switch (key) {
	case 'b':
		if (!job_name_ok(arg))
			option_bad(state, "--baseline takes the name of an arm, such as %s",
				   a->baseline_example);
		a->baseline = arg;
		return 0;
	case ARGP_KEY_ARGS:
		a->files = state->argv + state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		option_bad(state, "give a result file of %s", a->files_doc);
	}
	if (key < KEY_FORMAT || key >= KEY_FORMAT + FORMATS_MAX)
		return ARGP_ERR_UNKNOWN;
	if (a->format != formats[0] && a->format != formats[key - KEY_FORMAT])
		option_bad(state, "give one of --%s and --%s", a->format->name,
			   formats[key - KEY_FORMAT]->name);
	a->format = formats[key - KEY_FORMAT];
	return 0;
}

static void parse_options(struct reading *a, int argc, char **argv)
{
	struct argp_option options[1 + FORMATS_MAX + 1] = {
		{ "baseline", 'b', "ARM", 0, a->baseline_doc, 0 },
	};
	const struct argp argp = { options, parse, "FILE...", a->doc, NULL, NULL, NULL };
	int n = 1;

	a->format = formats[0];
	for (int i = 1; formats[i]; i++) {
		assert(i < FORMATS_MAX);
		if (a->offers(formats[i]))
			options[n++] = (struct argp_option){ .name = formats[i]->name,
							     .key = KEY_FORMAT + i,
							     .doc = formats[i]->summary };
	}
	option_parse(&argp, argc, argv, a);
}

int reading_main(struct reading *a, int argc, char **argv)
{
	struct results r;
	int status = STATUS_BAD_INPUT;

	parse_options(a, argc, argv);
	results_init(&r);
	for (char **file = a->files; *file; file++)
		if (results_load(*file, &r))
			goto out;
	status = a->print(a, &r);
out:
	results_free(&r);
	return status;
}
