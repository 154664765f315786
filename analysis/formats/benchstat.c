// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The Go project's benchmark format, which benchstat reads: lines of configuration
 * "key: value", and a line per repetition of a cell with its median.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>

#include "analysis/formats.h"

/* In a name blanks end it, slashes divide it, and "-N" at its end is a number of CPUs. */
static void put_name(FILE *out, const char *key, const char *name)
{
	fprintf(out, "/%s=", key);
	for (; *name; name++)
		fputc(*name == '/' ? '_' : *name, out);
}

/* A value holds until the key comes again; an empty one removes it. */
static void put_run(FILE *out, const struct figures *f)
{
	fprintf(out, "place: %s\narch: %s\nkernel: %s\ntier: %s\nbackend: %s\ncpu: %s\n", f->cell->place,
		f->cell->arch, f->run->kernel, tier_names[f->cell->tier], backend_names[f->cell->backend],
		f->run->cpu ? f->run->cpu : "");
}

static int put_repetition(FILE *out, const struct figures *f, const struct results_repetition *r)
{
	const struct results_cell *cell = f->cell;
	const double median = cells_median(cell, r->first, r->rounds);

	if (isnan(median))
		return -ENOMEM;
	fputs("BenchmarkFaultbench", out);
	put_name(out, "workload", cell->workload);
	put_name(out, "target", cell->target);
	put_name(out, "strategy", cell->strategy);
	put_name(out, "device", cell->device);
	put_name(out, "layout", cell->layout);
	fprintf(out, "\t%" PRIu64 "\t%.9g %s\n", 2 * r->rounds * cell->writes_per_slot, median,
		f->counts ? "instructions/page" : "ns/page");
	return 0;
}

static int cells(FILE *out, const struct results *r, const struct figures *figures)
{
	int err = 0;

	fputs("Unit ns/page better=lower\nUnit instructions/page better=lower\n", out);
	for (size_t i = 0; i < r->n_cells && !err; i++) {
		const struct figures *f = &figures[i];

		if (i == 0 || f->first != figures[i - 1].first)
			put_run(out, f);
		for (size_t k = 0; k < f->cell->n_repetitions && !err; k++)
			if (f->cell->repetitions[k].rounds)
				err = put_repetition(out, f, &f->cell->repetitions[k]);
	}
	return err;
}

const struct format format_benchstat = {
	"benchstat", "Go's benchmark format, a line per repetition", .cells = cells,
};
