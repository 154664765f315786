/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The repetitions of a plan on this machine. */
#ifndef FAULTBENCH_REPETITIONS_H
#define FAULTBENCH_REPETITIONS_H

#include "place/place.h"

/* What measures an item of the plan. Both get @arg. */
struct repetitions_runner {
	/* Returns 0, or -errno with @reason where it could not be started. */
	int (*measure)(const struct plan *plan, const struct item *item, const struct observer *observer,
		       void *arg, struct reason *reason);
	/* End what the last item still does: memory is to be settled. */
	void (*idle)(void *arg);
	void *arg;
};

/*
 * Run everything in @plan with @runner: as many repetitions as the time allows, from
 * what a pilot of each job shows. Free memory is settled first, and again where it scatters.
 */
void repetitions_run(struct plan *plan, const struct observer *observer, const struct repetitions_runner *runner);

#endif
