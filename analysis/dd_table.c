// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "analysis/cells.h"
#include "analysis/reproduce_table.h"

/* Welch's interval of the difference of two means, in per cent of the first. */
static void write_difference(struct document *d, const struct dd_row *a, const struct dd_row *b)
{
	const double va = a->sd_s * a->sd_s / a->runs, vb = b->sd_s * b->sd_s / b->runs;
	const double freedom = (va + vb) * (va + vb) / (va * va / (a->runs - 1) + vb * vb / (b->runs - 1));
	const double half = gsl_cdf_tdist_Pinv(1 - (1 - CELLS_CONFIDENCE) / 2, freedom) * sqrt(va + vb);
	const double difference = b->mean_s - a->mean_s;

	document_block(d, DOCUMENT_ITEM, "%s: two equal commands differ by %.1f %%, 99 %% interval %.1f..%.1f (Welch): a "
		       "smaller difference does not show in this way", a->target, 100 * difference / a->mean_s,
		       100 * (difference - half) / a->mean_s, 100 * (difference + half) / a->mean_s);
}

void dd_table(struct document *d, const struct dd_row *rows, size_t n)
{
	static const struct document_column columns[] = {
		{ "target", 12, true }, { "strategy", 14, true }, { "runs", 5, false }, { "ms", 9, false },
		{ "sd ms", 7, false }, { "MB/s", 7, false }, { "ns/page", 8, false },
	};

	document_block(d, DOCUMENT_HEADING, "GNU dd as a whole, under hyperfine");
	document_table(d, columns, sizeof(columns) / sizeof(columns[0]));
	for (const struct dd_row *row = rows; row < rows + n; row++)
		document_block(d, DOCUMENT_ROW, "%s\t%s\t%u\t%.1f\t%.1f\t%.0f\t%.0f", row->target, row->strategy, row->runs,
			       1e3 * row->mean_s, 1e3 * row->sd_s, row->bytes / row->mean_s / 1e6,
			       row->mean_s * 1e9 / row->bytes * 4096);
	for (size_t i = 1; i < n; i++)
		if (!strcmp(rows[i].target, rows[i - 1].target) && !strcmp(rows[i].strategy, rows[i - 1].strategy))
			write_difference(d, &rows[i - 1], &rows[i]);
}

/* ns per 4 KiB of the host's @strategy on @target; NAN: none. */
static double cost_of(const struct results *r, const struct figures *figures, const char *target, const char *strategy)
{
	for (size_t i = 0; i < r->n_cells; i++) {
		const struct results_cell *cell = figures[i].cell;

		if (!figures[i].counts && !strcmp(cell->place, "host") && !strcmp(cell->target, target) &&
		    !strcmp(cell->strategy, strategy))
			return figures[i].cost * 4096 / (double)cell->page_size;
	}
	return NAN;
}

int dd_parts(struct document *d, const struct dd_row *rows, size_t n, const struct results *r)
{
	struct figures *figures;
	int err = cells_figures(r, NULL, &figures);

	for (size_t i = 0; !err && i < n; i++) {
		const struct dd_row *row = &rows[i];
		const double all = row->mean_s * 1e9 / row->bytes * 4096;
		const double read = cost_of(r, figures, row->target, "null");
		const double both = cost_of(r, figures, row->target, "touch");

		if (isnan(read) || isnan(both) || (i && !strcmp(row->target, rows[i - 1].target)))
			continue;
		document_block(d, DOCUMENT_ITEM, "%s: of dd's %.0f ns per 4 KiB read() of /dev/zero takes %.0f, write() %.0f, and "
			       "the rest %.0f (start and end of dd, the file's creation, waiting for write-back); write-back "
			       "wrote %.0f of %.0f MB per run", row->target, all, read, both - read, all - both,
			       row->written_back / 1e6, row->bytes / 1e6);
	}
	if (!err)
		free(figures);
	return err;
}
