// SPDX-License-Identifier: GPL-2.0-or-later
/* results.yaml of tmt, for tests with "result: custom": an entry per cell. */
#include "analysis/columns.h"
#include "analysis/formats.h"
#include "analysis/tables.h"

/* Between double quotes YAML escapes as C does. */
static void quote(FILE *out, const char *text)
{
	for (; *text; text++)
		if (*text == '"' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else
			fputc(*text >= ' ' && *text <= '~' ? *text : '?', out);
}

static void put_entry(FILE *out, size_t run, const char *const names[4], const char *result)
{
	fprintf(out, "- name: \"/run-%zu", run + 1);
	for (int i = 0; i < 4; i++) {
		fputc('/', out);
		quote(out, names[i]);
	}
	fprintf(out, "\"\n  result: %s\n  note:\n", result);
}

static void put_note(FILE *out, const char *before, const char *text)
{
	fprintf(out, "    - \"%s", before);
	quote(out, text);
	fputs("\"\n", out);
}

/* Figures of a cell, as its row in a table. */
static void put_figures(FILE *out, const struct figures *f)
{
	struct column columns[N_COLUMNS];
	char text[COLUMNS_TEXT];

	columns_of(f, columns);
	for (const struct column *c = columns; c < columns + N_COLUMNS; c++) {
		if (!c->head || c->value.type == VALUE_NULL || !(c->where & (f->counts ? IN_COUNTS : IN_TIME)))
			continue;
		fprintf(out, "    - \"%s: ", c->head);
		quote(out, columns_text(text, c));
		fputs("\"\n", out);
	}
}

static int cells(FILE *out, const struct results *r, const struct figures *figures)
{
	for (size_t i = 0; i < r->n_cells; i++) {
		const struct figures *f = &figures[i];
		const char *const names[] = { f->cell->workload, f->cell->target, f->cell->layout, f->cell->strategy };
		const char *remarks[TABLES_REMARKS];
		size_t n = tables_remarks(f, remarks);

		put_entry(out, f->cell->run, names, f->cell->verified == RESULTS_NO ? "fail" : "info");
		put_figures(out, f);
		for (size_t k = 0; k < n; k++)
			put_note(out, "", remarks[k]);
	}
	for (size_t i = 0; i < r->n_failures; i++) {
		const struct results_failure *f = &r->failures[i];
		const char *const names[] = { f->workload, f->target, f->layout, f->strategy };

		put_entry(out, f->run, names, "skip");
		put_note(out, "not measured: ", f->reason);
	}
	return 0;
}

static int verdict(FILE *out, const struct gate *g)
{
	char name[GATE_NAME];
	struct reason summary;

	fprintf(out, "- name: /gate\n  result: %s\n  note:\n", gate_words[g->outcome].tmt);
	put_note(out, "", gate_summary(g, &summary));
	for (size_t i = 0; i < g->n_cells; i++) {
		fputs("- name: \"/gate/", out);
		quote(out, gate_cell_name(g, &g->cells[i], name));
		fprintf(out, "\"\n  result: %s\n", gate_words[g->cells[i].outcome].tmt);
	}
	return 0;
}

const struct format format_tmt = {
	"tmt", "results.yaml of tmt, for result: custom", .cells = cells, .verdict = verdict,
};
