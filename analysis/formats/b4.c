// SPDX-License-Identifier: GPL-2.0-or-later
/* The JSON list that b4 reads from a check command: one entry, with the plain verdict as details. */
#include <errno.h>
#include <stdlib.h>

#include "analysis/formats.h"
#include "analysis/formats/json.h"

static int verdict(FILE *out, const struct gate *g)
{
	char *details = NULL;
	size_t size;
	FILE *text = open_memstream(&details, &size);
	struct reason summary;
	int err = text ? gate_print(text, &plain_style, g) : -ENOMEM;

	if (text && fclose(text))
		err = -ENOMEM;
	if (!err)
		err = json_print(out, json_pack("[{s:s, s:s, s:s, s:n, s:o}]", "tool", "faultbench", "status",
						gate_words[g->outcome].b4, "summary", gate_summary(g, &summary), "url",
						"details", json_text(details)));
	free(details);
	return err;
}

const struct format format_b4 = { "b4", "the list that b4 reads from a check command", .verdict = verdict };
