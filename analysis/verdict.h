/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rule by which a difference is judged, of gate and of reports alike. It is positive
 * where the change, or the strategy, is worse: slower, or a longer path. Pure.
 */
#ifndef FAULTBENCH_VERDICT_H
#define FAULTBENCH_VERDICT_H

#include "analysis/cells.h"

/* The margins by default, in per cent of the throughput and of the instructions. */
#define VERDICT_MARGIN_TIME 1.0
#define VERDICT_MARGIN_COUNTS 0.2

/* Arms that are too few for ranks differ, if by more than so many resolutions of their baseline: docs/method.md. */
#define VERDICT_FEW_ARMS 3

enum verdict { VERDICT_WITHIN, VERDICT_WORSE, VERDICT_BETTER, VERDICT_UNDECIDED, N_VERDICTS };
extern const char *const verdict_names[];	/* "slower or longer" */

/* A margin of throughput, in per cent, as a theta. */
double verdict_margin_theta(double pct);

/* A margin of instructions, in per cent of @cost, but at least one. */
double verdict_margin_counts(double pct, double cost);

/*
 * Whether @change is worse by @margin, in the same unit. @significant: it is not due to
 * chance. @upper: a larger one is excluded. Returns any but VERDICT_BETTER.
 */
enum verdict verdict_worse(enum tier tier, double change, bool significant, double upper, double margin);

/* An arm against its baseline: per cent of throughput lost, or instructions per page added. */
struct verdict_effect {
	double value, low, high, margin;
	enum verdict verdict;
};

/* Judge @f by itself, either way, with the default margin. Returns whether it is a comparison at all. */
bool verdict_of(const struct figures *f, struct verdict_effect *e);

#endif
