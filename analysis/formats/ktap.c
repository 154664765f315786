// SPDX-License-Identifier: GPL-2.0-or-later
/* KTAP, as kselftest's and KUnit's parsers read it: a test per cell. */
#include "analysis/formats.h"

/* @text without what begins a directive. */
static void put(FILE *out, const char *text)
{
	for (; *text; text++)
		fputc(*text == '#' || *text == '\n' ? ' ' : *text, out);
}

static void test(FILE *out, size_t number, enum gate_outcome outcome, const char *name, const char *reason)
{
	const struct gate_words *w = &gate_words[outcome];

	fprintf(out, "%s %zu ", w->ktap, number);
	put(out, name);
	if (w->directive) {
		fprintf(out, " # %s", w->directive);
		fputs(*reason && outcome != GATE_NONE ? " " : "", out);
		put(out, outcome == GATE_NONE ? "" : reason);
	}
	fputc('\n', out);
}

static int verdict(FILE *out, const struct gate *g)
{
	const bool whole = !g->n_cells;	/* nothing to name: the gate itself is the test */
	char name[GATE_NAME], base[GATE_NUMBER], head[GATE_NUMBER], change[GATE_NUMBER], margin[GATE_NUMBER];
	size_t n[N_GATE_OUTCOMES];
	struct reason summary;

	for (int i = 0; i < N_GATE_OUTCOMES; i++)
		n[i] = g->n[i] + (whole && (int)g->outcome == i);
	fprintf(out, "KTAP version 1\n1..%zu\n# ", g->n_cells + whole);
	put(out, gate_summary(g, &summary));
	fputc('\n', out);
	if (whole)
		test(out, 1, g->outcome, "gate", summary.text);
	for (size_t i = 0; i < g->n_cells; i++) {
		const struct gate_cell *c = &g->cells[i];

		fprintf(out, "# base %s head %s change %s margin %s\n", gate_cost(base, c->base),
			gate_cost(head, c->head), gate_change(change, c), gate_margin(margin, c));
		test(out, i + 1, c->outcome, gate_cell_name(g, c, name), c->reason.text);
	}
	fprintf(out, "# Totals: pass:%zu fail:%zu xfail:0 xpass:0 skip:%zu error:%zu\n", n[GATE_PASS],
		n[GATE_FAIL], n[GATE_INCONCLUSIVE] + n[GATE_NONE], n[GATE_ERROR]);
	return 0;
}

const struct format format_ktap = { "ktap", "KTAP, a test per cell", .verdict = verdict };
