/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line of a result file, as faultbench-results(5) describes it: a context, a
 * cell or a failure. One table of fields for each (result_fields.c) serves the
 * writer, which needs libc alone, and the reader, which takes every line for
 * hostile. The order of keys has no meaning.
 */
#ifndef FAULTBENCH_RESULT_H
#define FAULTBENCH_RESULT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/reason.h"
#include "format/field.h"
#include "format/job.h"

enum {
	RESULTS_SCHEMA = 1,
	/* Longest line: what a cell of RESULTS_VALUES_MAX values needs, with room. */
	RESULTS_LINE_MAX = 64 << 20,
	RESULTS_VALUES_MAX = 4 << 20,	/* values in one line; bounds what jansson takes */
	RESULTS_NOTES_MAX = 64,
	RESULTS_TEXT_MAX = 64 << 10,	/* bytes of one text */
};

/* The machine and the command of a run. Texts may be NULL. */
struct results_run {
	char *path;			/* of its file; no field of the line */
	uint64_t schema;
	char *command, *kernel, *loops, *cmdline, *config_hash, *image_hash, *emulator, *cpu;
	char *pinned, *cpu_kind;	/* the CPUs that threads are pinned to, from the last on */
	char *mitigations, *thp, *governor, *clock, *started, *version, *compiler;
	char *boot;			/* id of the boot; NULL: not known, or every boot is the same */
	char place[NAME_SIZE];
	char arch[NAME_SIZE];
	uint64_t seed;
	uint64_t page_size;		/* bytes */
	double cpus, memory_bytes;	/* NAN: not known */
};

/* Sums of the counting pass. NAN: not counted. */
struct results_counts {
	double pages, writes;
	double of[N_COUNTERS];
};

/* A repetition of a cell: a process and a file system of its own. */
struct results_repetition {
	uint64_t number;
	uint64_t first, rounds;	/* which of the cell's rounds are its own */
};

enum results_judged { RESULTS_NO, RESULTS_YES, RESULTS_NOT_JUDGED };

/*
 * A cell: of a line, in one repetition; of struct results, in all of them, which
 * the file has a line each for.
 */
struct results_cell {
	char workload[NAME_SIZE], target[NAME_SIZE], layout[NAME_SIZE];
	char device[NAME_SIZE], place[NAME_SIZE], arch[NAME_SIZE], source[NAME_SIZE];
	char strategy[NAME_SIZE], baseline[NAME_SIZE];
	enum backend backend;
	enum tier tier;
	enum unit unit;
	uint64_t page_size, block_size, threads, seed;
	uint64_t fill_size;	/* bytes a call that filled the file before; 0: it was new */
	uint64_t file_size;	/* bytes that it grows to; 0: not known */
	double cold_fraction;
	uint64_t repetition, planned;	/* which this line is, from 0, of how many */
	enum results_judged steady, verified;	/* NO if it is no in any repetition */
	uint64_t writes_per_slot, bytes_per_slot;	/* of the first repetition */
	uint64_t rounds;
	double *slots;		/* 2 * rounds samples > 0, in the cell's unit, as for bytes_per_slot */
	double *order;		/* of a line: 2 * rounds places in the round */
	struct results_counts counts;
	char *reasons[N_COUNTERS];	/* why a counter has no value, or NULL */
	double involuntary_switches, steal_ms;	/* of the first repetition; NAN: not known */
	/*
	 * Wall-clock time, ns: of verifying, sizing and counting, of the warm-up, and of the
	 * rounds with what is prepared between slots. NAN: not known.
	 */
	double passes_ns, warmup_ns, rounds_ns, round_ns;
	double cpu_khz[2], millicelsius[2];	/* before and after the rounds; NAN: not known */
	char **notes;
	size_t n_notes;

	/* Of a cell in struct results. */
	size_t run;		/* index into runs */
	size_t group;		/* cells of one group were measured in the same rounds */
	unsigned long line;	/* of its first repetition */
	struct results_repetition *repetitions;
	size_t n_repetitions;	/* that were measured, at least 1 */
};

/* What could not be measured, and why. */
struct results_failure {
	size_t run;		/* of struct results: index into runs */
	char workload[NAME_SIZE], target[NAME_SIZE], layout[NAME_SIZE];
	char device[NAME_SIZE], place[NAME_SIZE], strategy[NAME_SIZE];
	uint64_t repetition;
	char *reason;
};

/* What 'faultbench calibrate' found of the harness, at the machine and place of its context. */
struct results_calibration {
	size_t run;		/* of struct results: index into runs */
	enum tier tier;
	enum results_judged passed;
	uint64_t runs, repetitions;
	double false_alarms, ks_p;	/* share of the gate's; of its p-values against uniform */
	double sd, mde, bias;	/* ln(time); bias: bound. NAN: not known */
	/* Shares of the losses that were found: half, one and two margins; instructions per page. */
	double found_half, found_margin, found_double;
	double found_1, found_8, found_64;
};

struct result {
	enum result_type type;
	union {
		struct results_run run;
		struct results_cell cell;
		struct results_failure failure;
		struct results_calibration calibration;
	};
};

/* The fields of each type of line; a row without a key ends them. */
extern const struct field *const result_fields[N_RESULT_TYPES];

/* An empty line of @type: what is optional has its default. */
void result_init(struct result *r, enum result_type type);

/* Set what a line of a cell or a failure has from @job, of its arm @strategy. */
void result_for_job(struct result *r, const struct job *job, const char *strategy);

/* Replace text *@field of a line by a copy of @text; NULL and "" are null. */
void result_set_text(char **field, const char *text);

/* Release what the line owns, and make it empty. */
void result_free(struct result *r);

/* Print @r as one line with its newline. Texts lose what is not printable ASCII. */
void result_write(FILE *out, const struct result *r);

/*
 * Read @line, of @len bytes without its newline, into @r. What is in @r
 * afterwards has been checked for type and range; names are name_ok() and texts
 * printable ASCII, other bytes as \xNN. Returns 0 and hands @r over to
 * result_free(); or -EINVAL, -EBADMSG where it is not JSON at all, as a line
 * cut short is not, or -ENOMEM, with @why and @r empty.
 */
int result_parse(const char *line, size_t len, struct result *r, struct reason *why);

#endif
