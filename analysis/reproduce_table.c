// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The published table and this machine's. The published figures are Catalin
 * Marinas's, linux-fsdevel, 22 October 2021: Raspberry Pi 4, file system on a
 * RAM block device, dd of 512 MB in 1 MB blocks from /dev/zero, linux-next
 * with the kernel's fault-in reading a byte in every 16 against one a page.
 * Here user space touches the source before write(), which bounds the
 * kernel's cost and is not it. Measures nothing.
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

enum reproduce_verdict reproduce_verdict(double low, double high)
{
	if (isnan(low) || isnan(high))
		return REPRODUCE_NOT_MEASURED;
	if (low <= 6.5 && high >= 5)
		return low > 0 ? REPRODUCE_REPRODUCED : REPRODUCE_CANNOT_TELL;
	return low > 0 ? REPRODUCE_SAME_DIRECTION : REPRODUCE_NOT_REPRODUCED;
}

/* Whether it was measured as the table was. */
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

/* The first row of @target, else a new one, which there is room for. */
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

/* Rows as published, then what else was measured or was to be. Returns 0 or -ENOMEM. */
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
	static const char published_head[] = "published", here[] = "here";
	static const struct document_column columns[] = {
		{ .head = "target", .width = 8, .name = true },
		{ .group = published_head, .head = "page", .width = 5 },
		{ .group = published_head, .head = "16 B", .width = 5 },
		{ .group = published_head, .head = "penalty%", .width = 8 },
		{ .group = here, .head = "page", .width = 7 },
		{ .group = here, .head = "16 B", .width = 7 },
		{ .group = here, .head = "penalty%", .width = 8 },
		{ .group = here, .head = "99% interval", .width = 15 },
	};
	enum { N_HEADS = sizeof(columns) / sizeof(columns[0]) };

	document_table(d, columns, N_HEADS);
	for (const struct row *row = rows->row; row < rows->row + rows->n; row++) {
		const struct published *p = row->published;
		const struct figures *f = is_measured(row) ? row->f : NULL;
		const double numbers[] = {
			p ? p->before : NAN, p ? p->after : NAN,
			p ? 100 * (1 - p->after / p->before) : NAN,
			f ? f->baseline_mb_per_s : NAN, f ? f->mb_per_s : NAN,
			f ? cells_penalty_pct(f->theta) : NAN,
		};
		static const int digits[] = { 0, 0, 1, 0, 0, 2 };
		char text[COLUMNS_TEXT];

		document_add(d, "%s", row->target);
		document_cell(d);
		for (size_t i = 0; i < sizeof(digits) / sizeof(digits[0]); i++) {
			document_add(d, "%s", columns_number(text, numbers[i], digits[i]));
			document_cell(d);
		}
		document_add(d, "%s", columns_range(text, f ? cells_penalty_pct(f->low) : NAN,
						    f ? cells_penalty_pct(f->high) : NAN, 2));
		document_cell(d);
		document_row(d);
	}
}

/* What the rows were measured with, and what their intervals cover. */
static void write_efforts(struct document *d, const struct rows *rows)
{
	const char *one = NULL, *head = "Measured here in:";
	char drift[TABLES_TEXT];

	document_part(d);
	for (const struct row *row = rows->row; row < rows->row + rows->n; row++) {
		if (!row->f)
			continue;
		if (head) {
			document_add(d, "%s", head);
			document_paragraph(d);
		}
		head = NULL;
		document_add(d, "%s: ", row->target);
		tables_add_effort(d, row->f);
		document_item(d);
		if (row->base && tables_drift(drift, row->base)) {
			document_add(d, "%s: %s", row->target, drift);
			document_item(d);
		}
		one = one ? one : tables_one_repetition(row->f, 1);
	}
	if (one) {
		document_add(d, "%s", one);
		document_paragraph(d);
	}
}

static void write_verdict(struct document *d, const struct row *row)
{
	const struct figures *f = row->f;
	const char *verdict, *why = NULL;

	if (is_measured(row)) {
		verdict = row->published ? verdicts[reproduce_verdict(cells_penalty_pct(f->low),
								      cells_penalty_pct(f->high))]
					 : "nothing published to compare with";
	} else if (f || row->failure) {
		verdict = verdicts[REPRODUCE_NOT_MEASURED];
		why = f && f->reason ? f->reason : row->failure;
	} else {
		verdict = "not in these results";	/* not asked for, or the run was interrupted */
	}
	document_add(d, "%s: %s%s%s", row->target, verdict, why ? ": " : "", why ? why : "");
	document_item(d);
	if (f && f->cell->rounds && f->cell->steady == RESULTS_NO) {
		document_add(d, "%s: not steady after warm-up", row->target);
		document_item(d);
	}
	for (size_t i = 0; f && i < f->cell->n_notes; i++) {
		document_add(d, "%s: %s", row->target, f->cell->notes[i]);
		document_item(d);
	}
}

int reproduce_write(struct document *d, const struct results *r)
{
	struct figures *figures;
	struct rows rows = { NULL, 0 };
	int measured = 0, err;

	err = cells_figures(r, REPRODUCE_BASELINE, &figures);
	if (!err)
		err = make_rows(r, figures, &rows);
	if (err)
		goto out;
	document_add(d, "Published: Marinas, 22 October 2021, Raspberry Pi 4, in the kernel. Here: "
		     REPRODUCE_STRATEGY " against " REPRODUCE_BASELINE ", " REPRODUCE_WORKLOAD
		     ", user-space emulation: before each write() one byte in 16 of the source is"
		     " read (16 B), against one per page (page). MB/s, 1 MB = 1000000 bytes;"
		     " penalty%%: throughput lost, positive is slower.");
	document_paragraph(d);
	document_part(d);
	write_table(d, &rows);
	write_efforts(d, &rows);
	document_part(d);
	document_add(d, "Verdict from the interval: reproduced when it is above 0 and overlaps 5 to"
		     " 6.5 %%; same direction when it is above 0 but does not; cannot tell when it"
		     " overlaps that and contains 0; else not reproduced.");
	document_paragraph(d);
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
