/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands that measure have in common: options, and the main of run and calibrate. */
#ifndef FAULTBENCH_MEASURING_H
#define FAULTBENCH_MEASURING_H

#include "base/options.h"
#include "plan/plan.h"

/* What the command line says; rows of options are about its members. */
struct measuring {
	struct request request;
	const char *output;	/* NULL: not given */
	const char *profile;
	uint64_t runs;		/* of calibrate */
	bool dry_run;
};

/* Rows of options, for a command to choose from. */
extern const struct option_row measuring_where[];	/* targets and devices, --dry-run */
extern const struct option_row measuring_output[];	/* --output */
extern const struct option_row measuring_choice[];	/* strategies, layouts, the place */
extern const struct option_row measuring_cpu[];		/* --cpu, --seed */
extern const struct option_row measuring_workload[];
extern const struct option_row measuring_budget[];
extern const struct option_row measuring_effort[];	/* --rounds, --repetitions */

struct measurement {
	struct syntax syntax;
	struct request request;	/* what has no option here, or another default */
	/* Fit the plan to the command. Returns STATUS_OK, or another after one line. NULL: it fits. */
	int (*prepare)(const struct measuring *m, struct plan *plan);
	/*
	 * Print what the results mean. Returns the exit status. NULL: results only go to
	 * a file, which has a name even when none is given.
	 */
	int (*judge)(const struct results *results);
};

/* Returns the exit status. */
int measuring_main(const struct measurement *kind, int argc, char **argv);

/*
 * Call @fn for every place of the comma list @list: a word with '=' is an option of the
 * place before it. Returns as plan_each_word() does.
 */
int measuring_each_place(const char *list, int (*fn)(const char *place, void *arg), void *arg);

/* Whether every word of @list is a target. Returns STATUS_OK, or another after one line. */
int measuring_check_targets(const char *list);

#endif
