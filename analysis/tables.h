/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Figures of cells as a document: tables, and what a reader must know to judge them. */
#ifndef FAULTBENCH_TABLES_H
#define FAULTBENCH_TABLES_H

#include "analysis/cells.h"
#include "analysis/document.h"

/*
 * Print @figures, r->n_cells of them as cells_figures() gives them, and the runs
 * of @r. Returns 0 or -ENOMEM.
 */
int tables_print(FILE *out, const struct document_style *style, const struct results *r,
		 const struct figures *figures);

/* Print the same in short: what each strategy costs, in a table per run. Returns 0 or -ENOMEM. */
int summary_print(FILE *out, const struct document_style *style, const struct results *r,
		  const struct figures *figures);

/* For people: "in the kernel" or "user-space emulation". */
const char *tables_backend(const struct results_cell *cell);

/*
 * Whether @target's file system makes the source resident by itself before it
 * enters a write loop, so that no copy fails there whatever the strategy
 * (docs/kernel-strategies.md).
 */
bool tables_own_prefault(const char *target);

/* Append what a cell was measured with: "12 repetitions, 1779 rounds, seed 7". */
void tables_add_effort(struct document *d, const struct figures *f);

/* Append "Linux 6.1.0 x86_64, 4 KiB pages, ..."; @page_size in bytes. */
void tables_add_machine(struct document *d, const struct results_run *run, uint64_t page_size);

/*
 * What has to be said of a cell besides its figures: wrong data, no interval, not
 * steady, notes. Fills @texts, which are its own, and returns how many.
 */
enum { TABLES_REMARKS = 3 + RESULTS_NOTES_MAX };
size_t tables_remarks(const struct figures *f, const char *texts[TABLES_REMARKS]);

/* Whether the same has to be said of @a and @b. */
bool tables_same_remarks(const struct figures *a, const struct figures *b);

/*
 * What to say below a table that shows an interval from one repetition, NULL when
 * none of @figures has one: such an interval covers the noise of rounds alone, and
 * another process with another file system may give another figure (docs/method.md).
 */
const char *tables_one_repetition(const struct figures *figures, size_t n);

/*
 * What to say of @base, a baseline whose repetitions differ by a tenth, in @buf;
 * else NULL. The machine or its memory changed, which no interval of a ratio
 * covers (docs/method.md).
 */
enum { TABLES_TEXT = 256 };
const char *tables_drift(char buf[TABLES_TEXT], const struct figures *base);

#endif
