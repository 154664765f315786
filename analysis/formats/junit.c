// SPDX-License-Identifier: GPL-2.0-or-later
/* JUnit's XML, which GitLab and Jenkins show: a test case per cell. */
#include <stdint.h>

#include "analysis/formats.h"
#include "base/text.h"

static void test(FILE *out, enum gate_outcome outcome, const char *name, const char *message)
{
	const struct gate_words *w = &gate_words[outcome];

	fputs("  <testcase classname=\"faultbench.gate\" name=\"", out);
	text_markup(out, name, SIZE_MAX);
	if (w->junit) {
		fprintf(out, "\">\n    <%s message=\"%s: ", w->junit, w->name);
		text_markup(out, message, SIZE_MAX);
		fputs("\"/>\n  </testcase>\n", out);
	} else {
		fputs("\"/>\n", out);
	}
}

static int verdict(FILE *out, const struct gate *g)
{
	const bool whole = !g->n_cells;	/* nothing to name: the gate itself is the test */
	size_t n[N_GATE_OUTCOMES];
	struct reason summary;

	for (int i = 0; i < N_GATE_OUTCOMES; i++)
		n[i] = g->n[i] + (whole && (int)g->outcome == i);
	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"faultbench gate\" tests=\"%zu\""
		" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n", g->n_cells + whole, n[GATE_FAIL],
		n[GATE_ERROR], n[GATE_INCONCLUSIVE] + n[GATE_NONE]);
	if (whole)
		test(out, g->outcome, "gate", gate_summary(g, &summary));
	for (size_t i = 0; i < g->n_cells; i++) {
		const struct gate_cell *c = &g->cells[i];
		char name[GATE_NAME], change[GATE_NUMBER], margin[GATE_NUMBER];
		struct reason message;

		reason_set(&message, "change %s, margin %s", gate_change(change, c), gate_margin(margin, c));
		if (c->reason.text[0])
			reason_add(&message, "%s", c->reason.text);
		test(out, c->outcome, gate_cell_name(g, c, name), message.text);
	}
	fputs("</testsuite>\n", out);
	return 0;
}

const struct format format_junit = { "junit", "JUnit's XML, a test case per cell", .verdict = verdict };
