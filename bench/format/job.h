/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A job: one workload in one prepared directory, all arms in the same
 * rounds. faultbench hands it to faultbench-measure as text:
 *
 *	faultbench-job 1
 *	workload dd-1m
 *	op write
 *	...
 *	arm native
 *	arm touch:16
 *	run
 *
 * One "key value" a line; "run" ends a job, and another may follow. Every
 * key but those with a default below must be given. Needs libc alone.
 */
#ifndef FAULTBENCH_JOB_H
#define FAULTBENCH_JOB_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/reason.h"
#include "format/names.h"

enum {
	JOB_ARMS_MAX = 32,
	JOB_THREADS_MAX = 256,
	JOB_REPETITIONS_MAX = 100,
	JOB_ROUNDS_MAX = 1000000,	/* four values each: what a line of a result file may have */
	/* A warm-up of this many ms is judged: it has room for two windows. */
	JOB_JUDGED_WARMUP = 1000,
	JOB_ROUNDS_LOW = 20,	/* fewest rounds of a single repetition, if the budget allows (docs/method.md) */
	JOB_COLD_MAX = 32,	/* shares of cold pages in one sweep */
	/* A/A arms below which their spread says too little (docs/method.md). */
	JOB_RESOLUTION_ARMS = 8,
};

/* Longest block and file that make sense; both keep every sum below 2^63. */
#define JOB_BLOCK_MAX (UINT64_C(1) << 30)
#define JOB_FILE_MAX (UINT64_C(1) << 44)

/* The writes that fill a file before it is overwritten: larger than any folio. */
#define JOB_FILL_MAX (UINT64_C(1) << 26)
#define JOB_FILL_DEFAULT (UINT64_C(1) << 20)

struct job {
	/* Identity, echoed into every result line. */
	char workload[NAME_SIZE];
	char target[NAME_SIZE];
	char device[NAME_SIZE];
	char place[NAME_SIZE];
	char baseline[NAME_SIZE];	/* name of an arm */
	enum backend backend;
	enum tier tier;

	/* What is done. */
	enum op op;
	enum layout layout;
	char source[NAME_SIZE];		/* a row of measure/tables.h */
	bool direct;			/* O_DIRECT */
	bool dsync;			/* O_DSYNC */
	bool shared;			/* threads share one file */
	unsigned threads;
	uint64_t block_size;		/* bytes a call */
	uint64_t segment_size;		/* bytes an iovec; 0: one for the whole block */
	uint64_t file_size;		/* bytes a file grows to before it starts anew */
	uint64_t file_asked;		/* the file_size asked for, if the place reduced it; else 0 */
	uint64_t fill_size;		/* bytes a call that fills a file which is then overwritten or read */
	uint64_t source_offset;		/* bytes from a page boundary to the source */
	double cold_fraction;		/* share of source pages dropped before a slot */

	/* For how long. */
	uint64_t seed;
	unsigned repetitions, repetition;	/* of a cell, and which of them this is, from 0 */
	uint64_t slot_ns;		/* shortest slot; a slot is at least one call */
	uint64_t slot_calls;		/* calls a slot; 0: from slot_ns by trial */
	uint64_t rounds;		/* exactly this many; 0: until the budget is spent */
	uint64_t min_rounds;		/* fewest, up to twice the budget */
	uint64_t budget_ns;		/* wall clock for the whole job */
	uint64_t warmup_ns;		/* longest warm-up; below a second it is not judged */
	bool verify;			/* compare file and source byte for byte */
	bool count;			/* the counting pass */
	bool counts_only;		/* no timed rounds at all */

	unsigned n_arms;
	char arms[JOB_ARMS_MAX][NAME_SIZE];	/* strategies, #2.. behind repeated ones */
};

/* Bytes of all files that @job writes or reads. */
static inline uint64_t job_bytes(const struct job *job)
{
	return job->file_size * (job->shared ? 1 : job->threads);
}

/* A job with every default set and nothing else. */
void job_init(struct job *job);

/*
 * Read the next job from @in. Returns 1, 0 at the end of the input, or -EINVAL
 * with @why, which names line and key.
 */
int job_read(FILE *in, struct job *job, struct reason *why);

/* Print @job as job_read() takes it. */
void job_write(FILE *out, const struct job *job);

#endif
