/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands that measure have in common: options, and what they set. */
#ifndef FAULTBENCH_MEASURING_H
#define FAULTBENCH_MEASURING_H

#include <argp.h>

#include "plan/plan.h"

struct measuring {
	struct request request;
	const char *output;	/* NULL: not told */
	bool dry_run;
};

/*
 * Children for argp, whose input is a struct measuring with the defaults set:
 * where to measure, and that with seed and output. They take no arguments.
 */
extern const struct argp measuring_where_argp, measuring_argp;

/* For a parser whose input begins with a struct measuring. */
static inline void measuring_init(struct argp_state *state)
{
	state->child_inputs[0] = state->input;
}

#endif
