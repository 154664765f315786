// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The published table and this machine's. The published figures are Catalin
 * Marinas's, linux-fsdevel, 22 October 2021: Raspberry Pi 4, file system on a RAM
 * block device, dd of 512 MB in 1 MB blocks from /dev/zero, linux-next with a fault-in
 * that reads one byte in 16 against one per page. Here user space reads the source
 * before write(), which bounds the cost in the kernel but is not it. Measures nothing.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/columns.h"
#include "analysis/formats.h"
#include "analysis/reproduce_table.h"
#include "analysis/tables.h"

static const struct published {
	const char *target;
	double before, after;	/* MB/s */
} published[] = {
	{ "ext4", 261, 246 },
	{ "btrfs", 360, 337 },
};

enum { N_PUBLISHED = sizeof(published) / sizeof(published[0]) };

static const char *const verdicts[] = {
	[REPRODUCE_NOT_MEASURED] = "not measured",
	[REPRODUCE_NOT_REPRODUCED] = "not reproduced",
	[REPRODUCE_CANNOT_TELL] = "cannot tell",
	[REPRODUCE_SAME_DIRECTION] = "same direction",
	[REPRODUCE_REPRODUCED] = "reproduced",
};

static const char legend[] =
	"Published: Marinas, 22 October 2021, Raspberry Pi 4, in the kernel. Here: " REPRODUCE_STRATEGY
	" against " REPRODUCE_BASELINE ", " REPRODUCE_WORKLOAD ", user-space emulation: before each"
	" write() one byte in 16 of the source is read (16 B), against one per page (page). MB/s,"
	" 1 MB = 1000000 bytes; penalty%: throughput lost, positive is slower.";
static const char rule[] =
	"Verdict from the interval: reproduced when it is above 0 and overlaps 5 to 6.5 %; same"
	" direction when it is above 0 but does not; cannot tell when it overlaps that and contains 0;"
	" else not reproduced.";

enum reproduce_verdict reproduce_verdict(double low, double high)
{
	if (isnan(low) || isnan(high))
		return REPRODUCE_NOT_MEASURED;
	if (low <= 6.5 && high >= 5)
		return low > 0 ? REPRODUCE_REPRODUCED : REPRODUCE_CANNOT_TELL;
	return low > 0 ? REPRODUCE_SAME_DIRECTION : REPRODUCE_NOT_REPRODUCED;
}

/* Whether it was measured as the published figures were. */
static bool belongs(const struct figures *f)
{
	const struct results_cell *cell = f->cell;

	return !f->counts && cell->backend == BACKEND_USER &&
	       !strcmp(cell->workload, REPRODUCE_WORKLOAD) &&
	       !strcmp(cell->strategy, REPRODUCE_STRATEGY);
}

/* A row of the table: what was published of a target, and what was measured here. */
struct row {
	const char *target;
	const struct published *published;	/* NULL: nothing */
	const struct figures *f;		/* NULL: no cell */
	const struct figures *base;		/* of f; NULL: none */
	const char *failure;			/* NULL: none */
};

struct rows {
	struct row *row;
	size_t n;
};

/* The row of @target, new if there is none; there is room for it. */
static struct row *row_of(struct rows *rows, const char *target)
{
	struct row *row = rows->row;

	for (; row < rows->row + rows->n; row++)
		if (!strcmp(row->target, target))
			return row;
	rows->n++;
	*row = (struct row){ .target = target };
	return row;
}

/* The published rows, then others that were measured or failed. Returns 0 or -ENOMEM. */
static int make_rows(const struct results *r, const struct figures *figures, struct rows *rows)
{
	rows->n = 0;
	rows->row = malloc((N_PUBLISHED + r->n_cells + r->n_failures) * sizeof(*rows->row));
	if (!rows->row)
		return -ENOMEM;
	for (size_t i = 0; i < N_PUBLISHED; i++)
		row_of(rows, published[i].target)->published = &published[i];
	for (size_t i = 0; i < r->n_cells; i++) {
		struct row *row;

		if (!belongs(&figures[i]))
			continue;
		row = row_of(rows, figures[i].cell->target);
		if (row->f)
			continue;
		row->f = &figures[i];
		for (size_t j = 0; j < r->n_cells && !row->base; j++)
			if (figures[j].cell == row->f->baseline)
				row->base = &figures[j];
	}
	for (size_t i = 0; i < r->n_failures; i++)
		if (!strcmp(r->failures[i].workload, REPRODUCE_WORKLOAD))
			row_of(rows, r->failures[i].target)->failure = r->failures[i].reason;
	return 0;
}

static bool is_measured(const struct row *row)
{
	return row->f && !isnan(row->f->low);
}

static void write_table(struct document *d, const struct rows *rows)
{
	static const struct document_column columns[] = {
		{ "target", 10, true }, { "where", 9, false }, { "page", 5, false },
		{ "16 B", 5, false }, { "penalty%", 8, false }, { "99% interval", 13, false },
		{ "adds ns, 99%", 15, false },
	};
	char a[COLUMNS_NUMBER], b[COLUMNS_NUMBER], c[COLUMNS_NUMBER];
	char penalty[COLUMNS_TEXT], delta[COLUMNS_TEXT];

	document_table(d, columns, sizeof(columns) / sizeof(columns[0]));
	for (const struct row *row = rows->row; row < rows->row + rows->n; row++) {
		const struct published *p = row->published;
		const struct figures *f = row->f;

		if (p)
			document_block(d, DOCUMENT_ROW, "%s\tpublished\t%.0f\t%.0f\t%.1f\t-\t-",
				       row->target, p->before, p->after,
				       100 * (1 - p->after / p->before));
		document_add(d, "%s\there", p ? "" : row->target);
		if (is_measured(row))
			document_block(d, DOCUMENT_ROW, "\t%s\t%s\t%s\t%s\t%s",
				       columns_number(a, f->baseline_mb_per_s, 0),
				       columns_number(b, f->mb_per_s, 0),
				       columns_number(c, cells_penalty_pct(f->theta), 2),
				       columns_range(penalty, cells_penalty_pct(f->low),
						     cells_penalty_pct(f->high), 2),
				       columns_range(delta, f->delta_low, f->delta_high, 1));
		else
			document_block(d, DOCUMENT_ROW, "\t-\t-\t-\t-\t-");
	}
}

static const char *verdict_of(const struct row *row)
{
	const struct figures *f = row->f;

	if (is_measured(row) && !row->published)
		return "nothing published to compare with";
	if (is_measured(row))
		return verdicts[reproduce_verdict(cells_penalty_pct(f->low),
						  cells_penalty_pct(f->high))];
	/* Else it was not asked for, or the run was interrupted. */
	return f || row->failure ? verdicts[REPRODUCE_NOT_MEASURED] : "not in these results";
}

/* A row's verdict, what it was measured with, and what else has to be said of it. */
static void write_verdict(struct document *d, const struct row *row)
{
	const struct figures *f = row->f;
	const char *texts[TABLES_REMARKS];
	size_t n = f ? tables_remarks(f, texts) : 0;
	char drift[TABLES_TEXT];

	document_add(d, "%s: %s", row->target, verdict_of(row));
	if (!f && row->failure)
		document_add(d, ": %s", row->failure);
	if (f) {
		document_add(d, "; ");
		tables_add_effort(d, f);
	}
	for (size_t i = 0; i < n; i++)
		document_add(d, "; %s", texts[i]);
	document_block(d, DOCUMENT_ITEM, "%s", "");
	if (row->base && tables_drift(drift, row->base))
		document_block(d, DOCUMENT_ITEM, "%s: %s", row->target, drift);
}

int reproduce_write(struct document *d, const struct results *r)
{
	struct figures *figures;
	struct rows rows = { NULL, 0 };
	const char *one = NULL;
	int measured = 0, err;

	err = cells_figures(r, REPRODUCE_BASELINE, &figures);
	if (!err)
		err = make_rows(r, figures, &rows);
	if (err)
		goto out;
	document_block(d, DOCUMENT_PARAGRAPH, "%s", legend);
	write_table(d, &rows);
	for (size_t i = 0; i < rows.n && !one; i++)
		one = rows.row[i].f ? tables_one_repetition(rows.row[i].f, 1) : NULL;
	if (one)
		document_block(d, DOCUMENT_PARAGRAPH, "%s", one);
	document_part(d);
	document_block(d, DOCUMENT_PARAGRAPH, "%s", rule);
	for (size_t i = 0; i < rows.n; i++) {
		write_verdict(d, &rows.row[i]);
		measured += is_measured(&rows.row[i]);
	}
out:
	free(rows.row);
	free(figures);
	return err ? err : measured;
}

int reproduce_print(FILE *out, const struct results *r)
{
	struct document d;
	int measured;

	document_begin(&d, out, &plain_style);
	measured = reproduce_write(&d, r);
	return document_end(&d) ? -ENOMEM : measured;
}
