/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places: where faultbench-measure runs. A kind of place is a file and a row in place.c. */
#ifndef FAULTBENCH_PLACE_H
#define FAULTBENCH_PLACE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/cpus.h"
#include "base/reason.h"
#include "base/table.h"
#include "disk/device.h"
#include "disk/target.h"
#include "format/fault_sites.h"
#include "format/function_count.h"
#include "format/job.h"
#include "format/result.h"

/*
 * Repetitions of a job: by default as many as leave most of the time to its rounds,
 * LOW to HIGH. The ranks of 12 give an interval of 1.8 sd at 99 %, 8 one of 2.8, 30
 * one of 1.0; fewer than MIN none, so a request is for 1 or for at least MIN.
 */
enum { PLACE_REPETITIONS_MIN = 8, PLACE_REPETITIONS_LOW = 12, PLACE_REPETITIONS_HIGH = 40 };

enum { PLACE_RECORDER_WORDS = 32 };

/* Repetitions of every job before observer->enough() is asked, and from one time to the next. */
enum { PLACE_LOOK_FIRST = 20, PLACE_LOOK_EVERY = 4 };

struct results;
struct strategy;

/* A job, and the target that it is measured on. */
struct item {
	struct job job;
	const struct target *target;
};

/* What is to be measured: items, one after the other, at one place. */
struct plan {
	struct item *items;
	unsigned n;
	unsigned jobs;			/* items i, i + jobs, ... are the repetitions of one job */
	bool fixed_repetitions;		/* else the place may take fewer */
	struct arm_status {
		char arm[NAME_SIZE];	/* empty behind the last */
		unsigned measured;	/* repetitions */
		bool failed;
	} (*statuses)[JOB_ARMS_MAX];	/* of each job's arms, so far; NULL: not kept */
	const struct strategy *left_out;	/* by default, where another does the same; or NULL */
	struct place *place;
	struct device_choice device;
	cpu_set_t cpus;			/* that a measuring process may use, from the last on */
	FILE *profile;			/* where its tables go, or NULL */
	/* On the host, a command that runs faultbench-measure, whose path takes that word's place; or NULL. */
	const char *const *recorder;
	uint64_t budget_ns;		/* of the whole run */
	uint64_t deadline;		/* of the whole run, clock_ns(); 0: none */
	/* Whether the results so far are enough, with @enough_arg. NULL: the plan is done in full. */
	bool (*enough)(const struct results *so_far, void *arg);
	void *enough_arg;
};

/* What hears of a run. Every callback gets @arg. */
struct observer {
	/* A cell or a failure of @item, which it may empty by results_add(). */
	void (*result)(const struct item *item, struct result *r, void *arg);
	/* @item is being prepared or measured: called a few times a second. NULL: not called. */
	void (*progress)(const struct plan *plan, const struct item *item, void *arg);
	/* Whether to end early, between two repetitions of all jobs. NULL: no. */
	bool (*enough)(void *arg);
	/*
	 * All functions of the kernel, with the profile of @item's baseline, where the place
	 * has profiles. NULL: none is taken for it.
	 */
	void (*functions)(const struct item *item, const struct function_count *counts, size_t n, void *arg);
	/* Where the faults of @item's baseline came from, where the place has profiles. NULL: none is taken. */
	void (*faults)(const struct item *item, struct fault_sites *sites, void *arg);
	void *arg;
};

/* A place that was opened. */
struct place {
	const struct place_kind *kind;
	bool kernel_backend;		/* its kernel has the strategies built in */
	const char *strategies;		/* measured by default; NULL: all of the back end's */
	uint64_t page_size;		/* bytes */
	char about[480];		/* its kernel, for people; empty: this host's */
	void *own;			/* of its kind */
};

struct place_kind {
	const char *name;
	const char *summary;
	bool profiles;		/* can profile functions: run --profile */
	bool local;		/* this machine: rights and --device matter; a guest has its own */
	const char *targets;	/* default: those of this comma list that work there */
	/*
	 * Read @options (what follows the name, or "") and find all that the place
	 * needs, into an empty @place. Returns 0, or -errno with @reason, which is
	 * why the place cannot be used here; close() follows in either case.
	 */
	int (*open)(struct place *place, const char *options, struct reason *reason);
	void (*close)(struct place *place);	/* NULL: it has nothing of its own */
	/* Why @target cannot be used there, or NULL. */
	const char *(*target_unsupported)(const struct target *target, struct reason *reason);
	/* What is known to prevent @item there, its target included, or NULL. */
	const char *(*obstacle)(const struct plan *plan, const struct item *item, struct reason *reason);
	/* Fit a job to the place: its tier and what goes with it. NULL: as it is. */
	void (*shape)(const struct place *place, struct job *job);
	/* Replace in @run, which describes this host, what differs there. NULL: nothing does. */
	void (*describe)(const struct place *place, struct results_run *run);
	/*
	 * Measure everything in @plan, at plan->place. What cannot be measured becomes
	 * a failure for each of its arms. Ends early when `interrupted` is set.
	 */
	void (*run)(struct plan *plan, const struct observer *observer);
};

extern const struct place_kind place_host, place_vm_x86_64, place_vm_arm64, place_vm_arm64_mte;
extern const struct place_kind *const place_kinds[];	/* NULL-ended */
extern const struct table place_table;

/*
 * Open the place that @name stands for, as in "vm:x86_64,tree=6.12". Returns NULL
 * with @reason, which begins with the place's name, where it cannot be used; errno is then
 * EINVAL for a name that does not exist, or options that it does not take.
 */
struct place *place_open(const char *name, struct reason *reason);
/* @reason of place_open() for @name, without the name in front. */
const char *place_why(const char *name, const struct reason *reason);
void place_close(struct place *place);		/* NULL is allowed */

/* A plan of @n prepared @items, each a job of one repetition. No deadline. */
struct plan place_plan(struct place *place, struct item *items, unsigned n);

/* A failure for every arm of @item that @seen does not mark (NULL: none is). */
void place_fail(const struct observer *observer, const struct item *item, const bool *seen,
		const char *reason);

/* The arm of @job that @r is about; job->n_arms: none of them. */
unsigned place_arm(const struct job *job, const struct result *r);

/* The median slot of @cell, the lower one of two; 0: it has no slots, or there is no memory. */
double place_median_slot(const struct results_cell *cell);

/* The status of the arm of job @job that @r is about; NULL: the job has no such arm. */
struct arm_status *place_status(const struct plan *plan, size_t job, const struct result *r);

/*
 * Take those arms out of item @i that failed in an earlier repetition of its job, or
 * its pilot. Returns whether any is left.
 */
bool place_drop_failed(struct plan *plan, unsigned i);

#endif
