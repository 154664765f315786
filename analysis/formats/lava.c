// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands of LAVA's test shell: a test case per cell, with its measurement. */
#include <math.h>

#include "analysis/formats.h"

/* Neither the shell nor LAVA takes these characters for more than text. */
static void put_name(FILE *out, const char *name)
{
	for (; *name; name++)
		fputc((*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') ||
		      (*name >= '0' && *name <= '9') || *name == '-' || *name == '.' ? *name : '_', out);
}

static void put_case(FILE *out, const char *workload, const char *target, const char *layout, const char *strategy)
{
	const char *parts[] = { workload, target, layout, strategy };

	fputs("lava-test-case ", out);
	for (int i = 0; i < 4; i++) {
		fputs(i ? "_" : "", out);
		put_name(out, parts[i]);
	}
}

static int cells(FILE *out, const struct results *r, const struct figures *figures)
{
	for (size_t run = 0; run < r->n_runs; run++) {
		fprintf(out, "lava-test-set start run-%zu-", run + 1);
		put_name(out, r->runs[run].place);
		fputc('\n', out);
		for (size_t i = 0; i < r->n_cells; i++) {
			const struct figures *f = &figures[i];

			if (f->cell->run != run)
				continue;
			put_case(out, f->cell->workload, f->cell->target, f->cell->layout, f->cell->strategy);
			fprintf(out, " --result %s", f->cell->verified == RESULTS_NO ? "fail" : "pass");
			if (!isnan(f->cost))
				fprintf(out, " --measurement %.9g --units %s", f->cost,
					f->counts ? "instructions/page" : "ns/page");
			fputc('\n', out);
		}
		for (size_t i = 0; i < r->n_failures; i++) {
			const struct results_failure *f = &r->failures[i];

			if (f->run != run)
				continue;
			put_case(out, f->workload, f->target, f->layout, f->strategy);
			fputs(" --result skip\n", out);
		}
		fputs("lava-test-set stop\n", out);
	}
	return 0;
}

static int verdict(FILE *out, const struct gate *g)
{
	char name[GATE_NAME];

	fprintf(out, "lava-test-case gate --result %s\n", gate_words[g->outcome].lava);
	for (size_t i = 0; i < g->n_cells; i++) {
		fputs("lava-test-case ", out);
		put_name(out, gate_cell_name(g, &g->cells[i], name));
		fprintf(out, " --result %s\n", gate_words[g->cells[i].outcome].lava);
	}
	return 0;
}

const struct format format_lava = {
	"lava", "commands of LAVA's test shell", .cells = cells, .verdict = verdict,
};
