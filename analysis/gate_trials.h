/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The gate tried on A/A results, as they are and with a loss that is added to them. Pure. */
#ifndef FAULTBENCH_GATE_TRIALS_H
#define FAULTBENCH_GATE_TRIALS_H

#include "analysis/gate.h"

struct gate_trial {
	double loss;		/* added: per cent of throughput, or instructions per page */
	size_t family;		/* cells of a gate; the loss is in the first */
	double bias;		/* bound, in theta */
	size_t n;		/* gates */
	size_t outcomes[N_GATE_OUTCOMES];
	double units;		/* mean number of repetitions, or arms, of a gate */
	double ks_p;		/* of the p-values of time being uniform; NAN of counts */
};

/*
 * Fill in @t: a gate for each t->family groups of @aa, whose odd arms of the baseline are
 * the base, and even ones the head. Timed gates look as they do when they measure: at 20
 * repetitions and every fourth from there, at standard errors alone. Returns 0, -ENODATA
 * where there is no A/A, or -ENOMEM.
 */
int gate_trial(const struct results *aa, struct gate_trial *t);

/* Show trials as a table. */
void gate_trials_write(struct document *d, const struct gate_trial *trials, size_t n, enum tier tier);

#endif
