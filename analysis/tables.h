/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Figures as tables for people. ASCII; all but Markdown within 72 columns. */
#ifndef FAULTBENCH_TABLES_H
#define FAULTBENCH_TABLES_H

#include "analysis/cells.h"

enum table_style {
	TABLE_PLAIN,
	TABLE_MAIL,	/* plain, followed by machine, kernels and commands */
	TABLE_MARKDOWN,
};

/* Bytes of a number as text; a range has room for two. Those who fill @buf return it. */
enum { TABLES_NUMBER = 32 };

/* "-" for NAN, which is what was not measured. */
const char *tables_number(char buf[TABLES_NUMBER], double value, int digits);

/* The penalty in per cent that belongs to @theta, and the interval of @f in it. */
const char *tables_penalty(char buf[TABLES_NUMBER], double theta);
const char *tables_interval(char buf[2 * TABLES_NUMBER], const struct figures *f);

/* "low..high" */
const char *tables_range(char buf[2 * TABLES_NUMBER], const char *low, const char *high);

/* Print @figures, r->n_cells of them as cells_figures() gives them. */
void tables_print(FILE *out, enum table_style style, const struct results *r,
		  const struct figures *figures);

/* What a backend is called in front of people. */
const char *tables_backend(const char *backend);

/*
 * Whether @target's file system makes the source resident by itself before it
 * enters a write loop, so that no copy fails there whatever the strategy
 * (docs/kernel-strategies.md).
 */
bool tables_own_prefault(const char *target);

/* Print what a cell was measured with: "12 repetitions, 1779 rounds, seed 7". */
void tables_effort(FILE *out, const struct figures *f);

/*
 * What is said of a table that shows an interval from one repetition, NULL when none
 * of @figures has one: a process and a file system of their own move a figure by
 * more than rounds show, and such an interval holds neither (docs/method.md).
 */
const char *tables_one_repetition(const struct figures *figures, size_t n);

/*
 * What is said where the repetitions of @base, a baseline, differ by a tenth, else
 * NULL: the machine ran faster in some than in others, or its memory was another.
 * The ratios then need not be those of the next run, and no interval covers that
 * (docs/method.md). The caller frees it.
 */
char *tables_drift(const struct figures *base);

#endif
