/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Result files as faultbench-results(5) describes them, read as if an enemy had
 * written them: what is in memory afterwards has been checked for type and
 * range, names are job_name_ok() and free text is printable ASCII, other
 * bytes as \xNN.
 */
#ifndef FAULTBENCH_RESULTS_H
#define FAULTBENCH_RESULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "format/job.h"

enum {
	RESULTS_SCHEMA = 1,
	/* Longest line: what a cell of RESULTS_VALUES_MAX values needs, with room. */
	RESULTS_LINE_MAX = 64 << 20,
	RESULTS_VALUES_MAX = 4 << 20,	/* values in one line; bounds what jansson takes */
	RESULTS_DEPTH_MAX = 8,
	RESULTS_NOTES_MAX = 64,
	RESULTS_TEXT_MAX = 64 << 10,	/* bytes of one text */
};

/* A run: a context line and what follows it. Texts may be NULL. */
struct results_run {
	char *path;		/* of its file */
	char *command, *kernel, *cmdline, *config_hash, *image_hash, *emulator, *cpu;
	char *mitigations, *thp, *governor, *clock, *started;
	char place[JOB_NAME_MAX];
	char arch[JOB_NAME_MAX];
	uint64_t seed;
	uint64_t page_size;		/* bytes */
	double cpus, memory_bytes;	/* NAN: not told */
};

/* Sums of the counting pass. NAN: not counted. */
struct results_counts {
	double pages, writes;
	double minor_faults, major_faults;
	double exceptions_kernel, exceptions_user;
	double context_switches, instructions, cycles;
	double short_copies, fault_ins, retries, copy_exceptions;
};

/* A repetition of a cell: a process and a file system of its own. */
struct results_repetition {
	uint64_t number;
	uint64_t first, rounds;	/* which of the cell's rounds are its own */
};

enum results_judged { RESULTS_NO, RESULTS_YES, RESULTS_NOT_JUDGED };

/* All repetitions of a cell, which the file has a line each for. */
struct results_cell {
	size_t run;		/* index into runs */
	size_t group;		/* cells of one group were measured in the same rounds */
	unsigned long line;	/* of its first repetition */
	char workload[JOB_NAME_MAX], target[JOB_NAME_MAX], layout[JOB_NAME_MAX];
	char device[JOB_NAME_MAX], place[JOB_NAME_MAX], arch[JOB_NAME_MAX];
	char backend[JOB_NAME_MAX], source[JOB_NAME_MAX];
	char strategy[JOB_NAME_MAX], baseline[JOB_NAME_MAX];
	char tier[JOB_NAME_MAX], unit[JOB_NAME_MAX];
	uint64_t page_size, block_size, threads, seed;
	double cold_fraction;
	enum results_judged steady, verified;	/* NO if it is no in any repetition */
	uint64_t writes_per_slot, bytes_per_slot;	/* of the first repetition */
	uint64_t rounds;
	double *slots;		/* 2 * rounds samples > 0, in the cell's unit, as for bytes_per_slot */
	struct results_repetition *repetitions;
	size_t n_repetitions;	/* that were measured, at least 1 */
	uint64_t planned;	/* that were to be */
	struct results_counts counts;
	double involuntary_switches, steal_ms;	/* NAN: not told */
	char **notes;
	size_t n_notes;
};

struct results_failure {
	size_t run;
	char workload[JOB_NAME_MAX], target[JOB_NAME_MAX], layout[JOB_NAME_MAX];
	char device[JOB_NAME_MAX], place[JOB_NAME_MAX], strategy[JOB_NAME_MAX];
	uint64_t repetition;
	char *reason;
};

struct results {
	struct results_run *runs;
	size_t n_runs;
	struct results_cell *cells;	/* in the order of their first lines */
	size_t n_cells;
	struct results_failure *failures;
	size_t n_failures;
	size_t n_groups;
};

void results_init(struct results *r);
void results_free(struct results *r);

/*
 * Add what @in holds; @path names it in messages. Returns 0; 1 when the last
 * line was cut short, with a warning in @message, and everything before it
 * is in @r; or -errno with "FILE:LINE: what; way out" in @message. After an
 * error @r is only good for results_free().
 */
int results_read(FILE *in, const char *path, struct results *r, char *message, size_t size);

/*
 * Add the file @path, "-" for standard input, and say() what is to be said.
 * Returns 0 or -errno.
 */
int results_load(const char *path, struct results *r);

/*
 * Whether @line, without its newline, may be appended to a result file: a
 * cell or a failure that results_read() takes. A context is refused: run
 * alone writes it. Returns 0, or -EINVAL with one line in @error.
 */
int results_check_line(const char *line, size_t len, char *error, size_t size);

#endif
