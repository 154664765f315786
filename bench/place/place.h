/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places: where faultbench-measure runs. A place is a file place_*.c and a row in place.c. */
#ifndef FAULTBENCH_PLACE_H
#define FAULTBENCH_PLACE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/clock.h"
#include "disk/device.h"
#include "disk/target.h"
#include "format/job.h"

/* What is to be measured: jobs, each on a target, one after the other. */
struct plan {
	struct item {
		struct job job;
		const struct target *target;
	} *items;
	unsigned n;
	unsigned jobs;			/* items i, i + jobs, ... are the repetitions of one job */
	struct arm_status {
		unsigned measured;	/* repetitions */
		bool failed;
	} (*statuses)[JOB_ARMS_MAX];	/* of each job's arms, so far */
	const struct device_kind *device;
	const struct place *place;
	const char *place_options;	/* what stood behind its name, or NULL */
	const char *device_path;	/* what --device named */
	uint64_t device_size;		/* bytes; 0: what the files need */
	FILE *profile;			/* where its tables go, or NULL */
	uint64_t budget_ns;		/* of the whole run */
	uint64_t deadline;		/* of the whole run, clock_ns(); 0: none */
};

/* A plan of @n prepared @items, each a job of one repetition. No deadline. */
struct plan place_plan(struct item *items, unsigned n);

/* What becomes of it. Every callback gets @arg. */
struct observer {
	/* A result line of @item, checked, without its newline. */
	void (*line)(const struct item *item, const char *text, size_t len, void *arg);
	/* @item is being prepared or measured: called a few times a second. */
	void (*progress)(const struct plan *plan, const struct item *item, void *arg);
	void *arg;
};

struct place {
	const char *name;
	const char *summary;
	bool profiles;		/* can tell functions apart: run --profile */
	bool local;		/* this machine: root and --device matter there, a guest has its own */
	const char *targets;	/* default: those of this comma list that work there */
	/*
	 * Why it cannot be used here, into @reason; or NULL. @options: what stood
	 * behind its name, checked as well; NULL asks for what is quick to tell.
	 */
	const char *(*unsupported)(const struct place *place, const char *options, char *reason, size_t size);
	/* Whether its kernel has the strategies built in. */
	bool (*kernel_backend)(const struct place *place, const char *options);
	/* What is measured when nobody tells; NULL, or NULL returned: all of the back end's. */
	const char *(*strategies)(const struct place *place, const char *options);
	/* Why @target cannot be used there, into @reason; or NULL. */
	const char *(*target_unsupported)(const struct target *target, char *reason, size_t size);
	/* Fit a job to the place: its tier and what goes with it. NULL: as it is. */
	void (*shape)(const struct place *place, const char *options, struct job *job);
	/* Keys of the context line that are not the host's, a JSON object. NULL: none. */
	struct json_t *(*context)(const struct place *place, const char *options);
	/*
	 * Measure everything in @plan. What cannot be measured becomes a failure
	 * line for each of its arms. Stops early when place_interrupted is set.
	 */
	void (*run)(struct plan *plan, const struct observer *observer);
};

extern const struct place place_host, place_vm_x86_64, place_vm_arm64, place_vm_arm64_mte;
extern const struct place *const places[];

/* Find the place that @name stands for, as in "vm:x86_64,tree=6.12". NULL if there is none. */
const struct place *place_find(const char *name);

/* Set by SIGINT and SIGTERM once place_catch_signals() was called. */
extern volatile sig_atomic_t place_interrupted;
void place_catch_signals(void);

/* Failure lines for every arm of @item that @seen does not mark (NULL: none is). */
void place_fail(const struct observer *observer, const struct item *item, const bool *seen,
		const char *reason);

/* The arm of @job that result line @line is about; job->n_arms: none of them. */
unsigned place_arm(const struct job *job, const char *line);

/*
 * Take those arms out of item @i that failed in an earlier repetition of its job.
 * Returns whether any is left.
 */
bool place_drop_failed(struct plan *plan, unsigned i);

/* Bytes of files that @job needs at once, those behind its source included. */
uint64_t place_file_bytes(const struct job *job);

#endif
