// SPDX-License-Identifier: GPL-2.0-or-later
/* Workflow commands of GitHub Actions: an annotation per cell that did not pass. */
#include "analysis/formats.h"

/* @text as the message of a command, if @w has one; GitHub's toolkit escapes these. */
static void put(FILE *out, const struct gate_words *w, const char *text)
{
	if (w->github)
		fprintf(out, "::%s title=faultbench gate::", w->github);
	for (; *text; text++) {
		if (*text == '%' || *text == '\r' || *text == '\n')
			fprintf(out, "%%%02X", (unsigned char)*text);
		else
			fputc(*text, out);
	}
	fputc('\n', out);
}

static int verdict(FILE *out, const struct gate *g)
{
	const struct gate_words *w = &gate_words[g->outcome];
	char name[GATE_NAME], change[GATE_NUMBER], margin[GATE_NUMBER];
	struct reason text, message;

	reason_set(&message, "faultbench gate: %s  %s", w->name, gate_summary(g, &text));
	put(out, w, message.text);
	for (size_t i = 0; i < g->n_cells; i++) {
		const struct gate_cell *c = &g->cells[i];

		w = &gate_words[c->outcome];
		if (!w->github)
			continue;
		reason_set(&message, "%s: %s, change %s, margin %s", gate_cell_name(g, c, name), w->name,
			   gate_change(change, c), gate_margin(margin, c));
		if (c->reason.text[0])
			reason_add(&message, "%s", c->reason.text);
		put(out, w, message.text);
	}
	return 0;
}

const struct format format_github = { "github", "annotations of GitHub Actions", .verdict = verdict };
