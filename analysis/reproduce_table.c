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

#include "analysis/cells.h"
#include "analysis/reproduce_table.h"
#include "analysis/tables.h"
#include "base/text.h"

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

	return !f->counts && !strcmp(cell->backend, "user") &&
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

static void print_row(FILE *out, const struct row *row)
{
	const struct published *p = row->published;
	const struct figures *f = row->f;
	const char *name = row->target;
	char a[TABLES_NUMBER], b[TABLES_NUMBER], c[TABLES_NUMBER];
	char range[2 * TABLES_NUMBER];

	if (strlen(name) > 6) {	/* has a line of its own */
		fprintf(out, "%s\n", name);
		name = "";
	}
	if (p)
		fprintf(out, "%-6s %5.0f %5.0f %8.1f  ", name, p->before, p->after,
			100 * (1 - p->after / p->before));
	else
		fprintf(out, "%-6s %5s %5s %8s  ", name, "-", "-", "-");
	if (is_measured(row))
		fprintf(out, "%7s %7s %8s  %s\n", tables_number(a, f->baseline_mb_per_s, 0),
			tables_number(b, f->mb_per_s, 0), tables_penalty(c, f->theta),
			tables_interval(range, f));
	else
		fprintf(out, "%7s %7s %8s  %s\n", "-", "-", "-", "-");
}

static void print_note(FILE *out, const char *target, const char *text)
{
	char *line;

	if (asprintf(&line, "%s: %s", target, text) < 0)
		return;
	text_wrap(out, 2, line);
	free(line);
}

/* With what the rows were measured, and how far their intervals reach. */
static void print_efforts(FILE *out, const struct rows *rows)
{
	const char *one = NULL, *head = "\nMeasured here in\n";

	for (const struct row *row = rows->row; row < rows->row + rows->n; row++) {
		char *drift;

		if (!row->f)
			continue;
		fprintf(out, "%s  %-6s ", head, row->target);
		head = "";
		tables_effort(out, row->f);
		fputc('\n', out);
		drift = row->base ? tables_drift(row->base) : NULL;
		if (drift)
			print_note(out, row->target, drift);
		free(drift);
		one = one ? one : tables_one_repetition(row->f, 1);
	}
	if (one)
		text_wrap(out, 0, one);
}

static void print_verdict(FILE *out, const struct row *row)
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
		verdict = "not in these results";	/* nobody asked, or the run was cut short */
	}
	fprintf(out, "  %-6s %s\n", row->target, verdict);
	if (why)
		print_note(out, row->target, why);
	if (f && f->cell->rounds && f->cell->steady == RESULTS_NO)
		print_note(out, row->target, "not steady after warming up");
	for (size_t i = 0; f && i < f->cell->n_notes; i++)
		print_note(out, row->target, f->cell->notes[i]);
}

int reproduce_print(FILE *out, const struct results *r)
{
	struct figures *figures;
	struct rows rows = { NULL, 0 };
	int measured = 0, err;

	err = cells_figures(r, REPRODUCE_BASELINE, &figures);
	if (!err)
		err = make_rows(r, figures, &rows);
	if (err)
		goto out;

	fputs("Published: Marinas, 22 October 2021, Raspberry Pi 4, in the kernel.\n"
	      "Here: " REPRODUCE_STRATEGY " against " REPRODUCE_BASELINE ", "
	      REPRODUCE_WORKLOAD ", user-space emulation: before each\n"
	      "write() a byte in every 16 of the source is read, against one a page.\n"
	      "MB/s, 1 MB = 1000000 bytes; penalty: throughput lost, above 0 is slower.\n\n"
	      "            published            here\n", out);
	fprintf(out, "%-6s %5s %5s %8s  %7s %7s %8s  %s\n", "", "page", "16 B", "penalty%",
		"page", "16 B", "penalty%", "99% interval");
	for (size_t i = 0; i < rows.n; i++) {
		print_row(out, &rows.row[i]);
		measured += is_measured(&rows.row[i]);
	}
	print_efforts(out, &rows);
	fputs("\nVerdict, of the interval: same direction when it lies above 0, and\n"
	      "reproduced when it overlaps 5 to 6.5 % besides; cannot tell when it\n"
	      "overlaps that and holds 0; else not reproduced.\n", out);
	for (size_t i = 0; i < rows.n; i++)
		print_verdict(out, &rows.row[i]);
out:
	free(rows.row);
	free(figures);
	return err ? err : measured;
}
