/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From what a person asks for to jobs, and from jobs to a result file. */
#ifndef FAULTBENCH_PLAN_H
#define FAULTBENCH_PLAN_H

#include "format/results.h"
#include "place/place.h"

/* What is asked for. Lists are separated by commas; NULL takes the default. */
struct request {
	const char *workloads;		/* required */
	const char *strategies;
	const char *targets;		/* default: those of ext4, btrfs, xfs, tmpfs that work here */
	const char *layouts;		/* default: all of the workload */
	const char *place;
	const char *device;
	const char *baseline;		/* default: native, else the first strategy */
	uint64_t device_size;		/* bytes; 0: what the files need */
	uint64_t budget_ns;		/* of the whole run; 0: ten seconds a job */
	uint64_t seed;
	uint64_t rounds;		/* a repetition; 0: until it is precise enough, or the budget */
	uint64_t repetitions;		/* 0: what the budget allows */
	double planned_se;
};

/*
 * Repetitions of a job: by default one a second, LOW to HIGH. The ranks of 12 give an
 * interval of 1.8 sd at 99 %, 8 one of 2.8, 30 one of 1.0; fewer than MIN none, so
 * MIN or 1 is the least that can be asked for.
 */
enum { PLAN_REPETITIONS_MIN = 8, PLAN_REPETITIONS_LOW = 12, PLAN_REPETITIONS_HIGH = 40 };

/* Cells that were measured, those of them that were not in every repetition, and the others. */
struct outcome {
	unsigned cells, partial, failures;
};

/* A seed for a run that was given none. */
uint64_t plan_seed(void);

/*
 * Lay out the jobs of @request. Returns STATUS_OK, or STATUS_BAD_INPUT after
 * one line that names what is unknown. The caller ends with plan_free().
 */
int plan_make(const struct request *request, struct plan *plan, const struct place **place);
void plan_free(struct plan *plan);

/*
 * Take the device that --device @device (NULL: loop) and --device-size @size (0:
 * what the files need) ask for. Returns STATUS_OK, or STATUS_BAD_INPUT after one
 * line, with nothing touched.
 */
int plan_device(struct plan *plan, const char *device, uint64_t size);

/*
 * Measure the one job of @plan, with its repetitions, @n times, each a cell with a
 * seed of its own. Returns 0 or -ENOMEM.
 */
int plan_repeat(struct plan *plan, unsigned n);

/* Print the jobs of @plan and what would be made for them. */
void plan_print(const struct plan *plan, const struct place *place);

/*
 * Open result file @path for appending ("-": standard output). A file that
 * exists must be a result file. Returns the descriptor, or -1 after one line.
 */
int plan_open_output(const char *path);

/* A result file without a name, for results that nobody asked to keep. Or -1 after one line. */
int plan_open_scratch(void);

/* Where the next line of @fd goes: for plan_load(). -1 when it cannot be read back. */
off_t plan_mark(int fd);

/* Add what @fd holds from @mark on to @r. Returns 0, or -errno after one line. */
int plan_load(int fd, off_t mark, struct results *r);

/* The exit status that @outcome stands for. */
int plan_status(const struct outcome *outcome);

/*
 * Measure @plan, appending a context line for @command and a line per cell to
 * @fd, with progress on a terminal. Returns 0, or -errno after one line when
 * the file cannot be written, which ends the run.
 */
int plan_run(struct plan *plan, const struct place *place, const struct request *request,
	     const char *command, int fd, struct outcome *outcome);

/* Join argv into one line for the context; the caller frees it. */
char *plan_command(int argc, char **argv);

#endif
