/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the checks of faultbench doctor share. cmd_doctor.c prints, doctor_*.c look. */
#ifndef FAULTBENCH_DOCTOR_H
#define FAULTBENCH_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "format/job.h"

enum level {
	LEVEL_OK,
	LEVEL_NOTE,	/* measures, but worse, or less than it could */
	LEVEL_BLOCKS,	/* targets on block devices cannot be measured */
	LEVEL_NOTHING,	/* nothing can be measured */
};

/* One line of the report. */
struct finding {
	enum level level;
	char found[512];
	char mend[256];		/* a command that mends it; empty: there is none */
};

/* Ticks of all CPUs since boot, /proc/stat. */
struct cpu_ticks {
	uint64_t total, steal;
};

struct doctor {
	struct cpu_ticks at_start;
	struct timespec started;	/* CLOCK_MONOTONIC */
	struct job largest;		/* of all workloads, the one with the largest files */
};

/*
 * A row of a table of checks. @look fills @f, which begins as LEVEL_OK; a
 * check that has nothing to say about this machine leaves f->found empty and
 * is not shown.
 */
struct check {
	const char *name;
	void (*look)(const struct doctor *d, struct finding *f);
};

/* NULL-ended. */
extern const struct check kernel_checks[], machine_checks[], resolution_checks[];

void found(struct finding *f, enum level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void mend(struct finding *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The first line of @path in @line, without its newline; false if there is none. */
bool read_line_of(const char *path, char *line, size_t size);

/* The number that file @path begins with; false if there is none. */
bool read_number_of(const char *path, long long *n);

/* False where /proc/stat cannot be read. */
bool read_cpu_ticks(struct cpu_ticks *ticks);

#endif
