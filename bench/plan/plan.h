/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a request to jobs, and from jobs to a result file. */
#ifndef FAULTBENCH_PLAN_H
#define FAULTBENCH_PLAN_H

#include "format/results.h"
#include "place/place.h"

/* What is asked for. Lists are separated by commas; NULL takes the default. */
struct request {
	const char *workloads;		/* required */
	const char *strategies;
	const char *targets;		/* default: those of the place that work there */
	const char *layouts;		/* default: all of the workload */
	const char *place;
	const char *device;
	const char *cpus;		/* list of CPUs to measure on; default: all that may be used */
	const char *baseline;		/* default: native, else the first strategy */
	uint64_t device_size;		/* bytes; 0: what the files need */
	uint64_t budget_ns;		/* of the whole run; 0: ten seconds a job */
	uint64_t seed;
	uint64_t rounds;		/* a repetition; 0: what the budget allows */
	uint64_t repetitions;		/* 0: what the budget allows */
	unsigned most_repetitions;	/* that the budget may allow; 0: as many as show their variance well */
};

/* Cells that were measured, those of them that lack a repetition, and the others. */
struct outcome {
	unsigned cells, partial, failures;
};

/* A seed for a run that was given none. */
uint64_t plan_seed(void);

/* Call @fn for every word of the comma list @list. Returns its first non-zero result, or 0. */
int plan_each_word(const char *list, int (*fn)(const char *word, void *arg), void *arg);

/*
 * Open the place of @request and lay out its jobs. Returns STATUS_OK, or
 * STATUS_BAD_INPUT after one line that names what is wrong. plan_free() follows
 * in either case.
 */
int plan_make(const struct request *request, struct plan *plan);
void plan_free(struct plan *plan);

/*
 * Set the device that --device @device (NULL: loop) and --device-size @size (0:
 * what the files need) ask for. Returns STATUS_OK, or STATUS_BAD_INPUT after one
 * line, with nothing touched.
 */
int plan_device(struct plan *plan, const char *device, uint64_t size);

/*
 * Measure the one job of @plan, with its repetitions, @n times, each a cell with a
 * seed of its own. Returns 0 or -ENOMEM.
 */
int plan_repeat(struct plan *plan, unsigned n);

/* Say which default strategy is not measured everywhere, as another does the same; if any. */
void plan_say_left_out(const struct plan *plan);

/*
 * Print the jobs of @plan and what would be made for them, and what is known to
 * prevent some. Returns the exit status that a run would have, as far as is known.
 */
int plan_print(const struct plan *plan);

/*
 * Open result file @path for appending ("-": standard output). An existing file
 * must be a result file. Returns the descriptor, or -1 after one line.
 */
int plan_open_output(const char *path);

/* The exit status that @outcome stands for. */
int plan_status(const struct outcome *outcome);

/*
 * Measure @plan, with progress on a terminal. A context line for @command and a
 * line per cell are appended to @fd (-1: to none), and to @keep, if not NULL, which
 * is pooled afterwards. Returns 0, or -errno after one line when the file cannot be
 * written, which ends the run, or memory is short.
 */
int plan_run(struct plan *plan, const struct request *request, const char *command, int fd,
	     struct results *keep, struct outcome *outcome);

/* Join argv into one line for the context; the caller frees it. */
char *plan_command(int argc, char **argv);

#endif
