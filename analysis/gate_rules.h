/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How cells are judged; private to gate*.c. docs/method.md has the rules and where they come from. */
#ifndef FAULTBENCH_GATE_RULES_H
#define FAULTBENCH_GATE_RULES_H

#include "analysis/gate.h"

enum {
	GATE_REPETITIONS = 20,	/* fewest of a timed cell */
	GATE_PAIRS = 7,		/* fewest of boots */
	GATE_BOOTS = 6,		/* of a side, from which on the boot is the unit of counts */
};

/* Of an exact test of time: the largest p that is significant. */
#define GATE_P_TIME 0.008

/*
 * Each judges all cells of its kind: sets their figures and outcomes. A cell that has an
 * outcome other than GATE_PASS by then is passed over. Return 0 or -ENOMEM.
 */
int gate_judge_counts(struct gate *g);
int gate_judge_time(struct gate *g);	/* strategies inside one boot, or boots in pairs */

/* Set the outcome of @c with its reason. */
void gate_set(struct gate_cell *c, enum gate_outcome outcome, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The margin of a timed cell, in theta. */
double gate_margin_theta(const struct gate_plan *plan);

/*
 * Holm's procedure: mark in @rejected which of @n p-values are rejected at the family's
 * @level. A NAN is no test.
 */
void gate_holm(const double *p, size_t n, double level, bool *rejected);

/*
 * Wilcoxon's rank sum: the probability, if both are alike, that @b is as large as
 * against @a, or larger; exact given the ties. NAN for more than GATE_RANKS values.
 */
enum { GATE_RANKS = 64 };
double gate_rank_sum(const double *a, size_t n_a, const double *b, size_t n_b);

/*
 * p-value of each of @k cells being slower, from @n pairs; d[cell * n + pair] is positive
 * where the head is slower. Flips the signs of whole pairs, all cells together, and
 * compares with the largest statistic: the family's. Returns 0 or -ENOMEM.
 */
int gate_flips(const double *d, size_t k, size_t n, uint64_t seed, double *p);

#endif
