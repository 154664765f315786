// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The published table and this machine's. The published figures are Catalin
 * Marinas's, linux-fsdevel, 22 October 2021: Raspberry Pi 4, file system on a
 * RAM block device, dd of 512 MB in 1 MB blocks from /dev/zero, linux-next
 * with the kernel's fault-in reading a byte in every 16 against one a page.
 * Here user space touches the source before write(), which bounds the
 * kernel's cost and is not it. Measures nothing.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cells.h"
#include "reproduce_table.h"
#include "tables.h"

static const struct row {
	const char *target;
	double before, after;	/* MB/s */
} rows[] = {
	{ "ext4", 261, 246 },
	{ "btrfs", 360, 337 },
};

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

/* The first cell that belongs in the row of @target, else NULL. */
static const struct figures *find(const struct figures *figures, size_t n, const char *target)
{
	for (size_t i = 0; i < n; i++)
		if (belongs(&figures[i]) && !strcmp(figures[i].cell->target, target))
			return &figures[i];
	return NULL;
}

/* The baseline that @f was compared with; NULL when there is none. */
static const struct figures *baseline_of(const struct figures *figures, size_t n,
					 const struct figures *f)
{
	for (size_t i = 0; i < n; i++)
		if (figures[i].cell == f->baseline)
			return &figures[i];
	return NULL;
}

static bool is_published(const char *target)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(rows[i].target, target))
			return true;
	return false;
}

/* What was measured here, behind the published half of a row. Returns whether it was. */
static bool print_measured(FILE *out, const struct figures *f)
{
	if (!f || isnan(f->low)) {
		fprintf(out, "%7s %7s %8s  %s\n", "-", "-", "-", "-");
		return false;
	}
	fprintf(out, "%7.0f %7.0f %8.2f  %.2f..%.2f\n", f->baseline_mb_per_s, f->mb_per_s,
		cells_penalty_pct(f->theta), cells_penalty_pct(f->low), cells_penalty_pct(f->high));
	return true;
}

/* Why the row of @target is empty. */
static const char *why_not(const struct results *r, const struct figures *f, const char *target)
{
	if (f && f->reason)
		return f->reason;
	for (size_t i = 0; i < r->n_failures; i++) {
		const struct results_failure *failure = &r->failures[i];

		if (!strcmp(failure->workload, REPRODUCE_WORKLOAD) &&
		    !strcmp(failure->target, target))
			return failure->reason;
	}
	return "no such cell in the results";
}

static void print_note(FILE *out, const char *target, const char *text)
{
	char *line;

	if (asprintf(&line, "%s: %s", target, text) < 0)
		return;
	tables_wrap(out, 2, line);
	free(line);
}

/* With what the rows were measured, and how far their intervals reach. */
static void print_efforts(FILE *out, const struct figures *figures, size_t n)
{
	const char *one = NULL, *head = "\nMeasured here in\n";

	for (size_t i = 0; i < n; i++) {
		const struct figures *f = &figures[i], *base = baseline_of(figures, n, f);
		char *drift;

		if (!belongs(f))
			continue;
		drift = base ? tables_drift(base) : NULL;
		fputs(head, out);
		head = "";
		fprintf(out, "  %-6s ", f->cell->target);
		tables_effort(out, f);
		fputc('\n', out);
		if (drift)
			print_note(out, f->cell->target, drift);
		free(drift);
		one = one ? one : tables_one_sitting(f, 1);
	}
	if (one)
		tables_wrap(out, 0, one);
}

int reproduce_print(FILE *out, const struct results *r)
{
	struct figures *figures;
	int measured = 0, err;

	err = cells_figures(r, REPRODUCE_BASELINE, &figures);
	if (err)
		return err;

	fputs("Published: Marinas, 22 October 2021, Raspberry Pi 4, in the kernel.\n"
	      "Here: " REPRODUCE_STRATEGY " against " REPRODUCE_BASELINE ", "
	      REPRODUCE_WORKLOAD ", user-space emulation: before each\n"
	      "write() a byte in every 16 of the source is read, against one a page.\n"
	      "MB/s, 1 MB = 1000000 bytes; penalty: throughput lost, above 0 is slower.\n\n"
	      "            published            here\n", out);
	fprintf(out, "%-6s %5s %5s %8s  %7s %7s %8s  %s\n", "", "page", "16 B", "penalty%",
		"page", "16 B", "penalty%", "99% interval");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		const struct figures *f = find(figures, r->n_cells, row->target);

		fprintf(out, "%-6s %5.0f %5.0f %8.1f  ", row->target, row->before, row->after,
			100 * (1 - row->after / row->before));
		measured += print_measured(out, f);
	}
	for (size_t i = 0; i < r->n_cells; i++) {
		const char *target = figures[i].cell->target;

		if (!belongs(&figures[i]) || is_published(target))
			continue;
		if (strlen(target) > 6)	/* has a line of its own */
			fprintf(out, "%s\n", target);
		fprintf(out, "%-6s %5s %5s %8s  ", strlen(target) > 6 ? "" : target, "-", "-", "-");
		measured += print_measured(out, &figures[i]);
	}

	print_efforts(out, figures, r->n_cells);
	fputs("\nVerdict, of the interval: same direction when it lies above 0, and\n"
	      "reproduced when it overlaps 5 to 6.5 % besides; cannot tell when it\n"
	      "overlaps that and holds 0; else not reproduced.\n", out);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *target = rows[i].target;
		const struct figures *f = find(figures, r->n_cells, target);
		double low = f ? cells_penalty_pct(f->low) : NAN;
		double high = f ? cells_penalty_pct(f->high) : NAN;
		enum reproduce_verdict verdict = reproduce_verdict(low, high);

		fprintf(out, "  %-6s %s\n", target, verdicts[verdict]);
		if (verdict == REPRODUCE_NOT_MEASURED)
			print_note(out, target, why_not(r, f, target));
		if (f && f->cell->rounds && f->cell->steady == RESULTS_NO)
			print_note(out, target, "not steady after warming up");
		for (size_t j = 0; f && j < f->cell->n_notes; j++)
			print_note(out, target, f->cell->notes[j]);
	}
	free(figures);
	return measured;
}
