/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Workload files: workloads/NAME.ini, read with inih. docs/faultbench-workload.5 has the keys. */
#ifndef FAULTBENCH_WORKLOAD_H
#define FAULTBENCH_WORKLOAD_H

#include "format/job.h"

enum {
	WORKLOAD_SUMMARY_MAX = 100,
	WORKLOAD_NAME_MAX = 48,		/* leaves room for "@FRACTION" in a job's name */
	WORKLOAD_COLD_DECIMALS = 6,	/* of that */
};

struct workload {
	char name[NAME_SIZE];	/* file name without .ini */
	char summary[WORKLOAD_SUMMARY_MAX];
	enum op op;
	char source[NAME_SIZE];	/* for reads: the destination */
	bool direct;
	bool dsync;
	bool shared;
	unsigned threads;
	uint64_t block_size, segment_size, file_size, source_offset;	/* bytes */
	uint64_t fill_size;	/* bytes; 0: no layout has a file that exists */
	unsigned n_layouts;
	enum layout layouts[N_LAYOUTS];
	/* At most six decimals. A sweep when more than one; each gives a cell "NAME@FRACTION". */
	unsigned n_cold;
	double cold[JOB_COLD_MAX];
};

/*
 * Load workload @name (a name, or a path with a '/' or ending in ".ini").
 * Returns 0, or -errno with @error, which names file and line, or the nearest
 * workload when there is none of that name.
 */
int workload_load(const char *name, struct workload *w, struct reason *error);

/* Read one from @in, for workload_load() and the fuzzer; @path is for messages. */
int workload_read(FILE *in, const char *path, struct workload *w, struct reason *error);

/* The same for what was translated from file @path: it gives no name, and messages name no line. */
int workload_read_translated(FILE *in, const char *path, struct workload *w, struct reason *error);

/*
 * The workload that a fio job file stands for, that of its job @section (NULL: it has
 * only one), or a dd command line. What has no counterpart is written to @lost, a line
 * "KEY=VALUE: what is measured instead" each. Return 0 or -errno with @error.
 */
int workload_from_fio(FILE *in, const char *path, const char *section, struct workload *w, FILE *lost,
		      struct reason *error);
int workload_from_dd(const char *command, struct workload *w, FILE *lost, struct reason *error);

/*
 * Call @fn for every workload file of the installation in the order of their
 * names. A file that does not load, or a failure to find any, is handed over as
 * NULL with its @error. Stops at and returns the first non-zero result of @fn.
 */
int workload_each(int (*fn)(const struct workload *w, const char *error, void *arg), void *arg);

/* Print @w with every key spelt out, as workload_read() takes it. */
void workload_write(FILE *out, const struct workload *w);

/* "64K", in the shortest form that workload_read() accepts, and "0.015", never an exponent. Return @out. */
const char *workload_bytes(char *out, size_t size, uint64_t bytes);
const char *workload_fraction(char *out, size_t size, double fraction);

/* Jobs that a workload stands for: a layout and a cold fraction each. */
unsigned workload_jobs(const struct workload *w);

/* Fill the workload's part of @job from its @i-th job, i < workload_jobs(). */
void workload_job(const struct workload *w, unsigned i, struct job *job);

#endif
