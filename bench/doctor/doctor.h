/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the checks of faultbench doctor share. cmd/doctor.c prints, the files here look. */
#ifndef FAULTBENCH_DOCTOR_H
#define FAULTBENCH_DOCTOR_H

#include <glob.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/reason.h"
#include "format/job.h"

enum level {
	LEVEL_OK,
	LEVEL_NOTE,	/* measures, but worse, or less than it could */
	LEVEL_BLOCKS,	/* targets on block devices cannot be measured */
	LEVEL_NOTHING,	/* nothing can be measured */
};

/* Ticks of all CPUs since boot, /proc/stat. */
struct cpu_ticks {
	uint64_t total, steal;
};

/* What the checks know of the machine before they look. */
struct doctor {
	struct cpu_ticks at_start;
	struct timespec started;	/* CLOCK_MONOTONIC */
	struct job largest;		/* of all workloads, the one with the largest files */
	unsigned threads;		/* of the workload that has most */
	const struct engine *engine;	/* what runs the container that this is, or NULL */
	const char *outside;		/* comment: where root can change the machine; "": here */
	const char *sudo, *host_sudo;	/* "sudo " or "", in front of commands for here and there */
	bool mounts_tmpfs;		/* may mount, and file systems on devices too */
	bool mounts_devices;
	enum level worst;		/* so far */
};

/* Set what does not depend on workloads; what may be done, by trial. */
void doctor_look_around(struct doctor *d);

/* One line of the report. */
struct finding {
	const struct doctor *doctor;
	enum level level;
	struct reason text;	/* empty: not shown */
	struct reason fix;	/* a command; empty: there is none */
};

/*
 * A row of a table of checks. @look fills @f, which begins as LEVEL_OK; a
 * check that has nothing to say about this machine leaves its text empty.
 */
struct check {
	const char *name;
	void (*look)(struct finding *f);
};

/* NULL-ended. */
extern const struct check rights_checks[], kernel_checks[], machine_checks[], resolution_checks[];

/* Set level and text, or the command that fixes it. */
#define found(f, how, ...) ((f)->level = (how), (void)reason_set(&(f)->text, __VA_ARGS__))
#define fix(f, ...) ((void)reason_set(&(f)->fix, __VA_ARGS__))
/* The same for one that changes the whole machine, which is for root, and in a container for the host. */
#define fix_machine(f, command, ...) \
	fix(f, "%s" command "%s", (f)->doctor->host_sudo, ##__VA_ARGS__, (f)->doctor->outside)

/* The command that gives the rights that are missing, which depends on where this is. */
void fix_rights(struct finding *f);

/* Write @value into @path of /proc or /sys. */
void fix_file(struct finding *f, const char *path, const char *value);

/* Whether what @path says cannot be known, by the result @err of reading it; then @f says why. */
bool unknown(struct finding *f, const char *path, int err);

/*
 * Find the files that match @pattern, braces included. Returns 0, and the caller
 * ends with globfree(); or an error as base/sysfile.h has them.
 */
int files_of(const char *pattern, glob_t *files);

/* Returns 0 or an error of base/sysfile.h. */
int read_cpu_ticks(struct cpu_ticks *ticks);

#endif
