/* SPDX-License-Identifier: GPL-2.0-or-later */
/* perf(1), which records the faults of a measuring process. */
#ifndef FAULTBENCH_PERF_H
#define FAULTBENCH_PERF_H

#include <stdio.h>

#include "base/reason.h"
#include "place/place.h"

struct perf {
	const char *events;	/* that can be recorded here */
	int control[2], ack[2];	/* pipes */
	char ends[2][32], option[96];	/* paths of ends of the pipes, and an option that names them */
	const char *command[PLACE_RECORDER_WORDS];
};

#define PERF_NONE	{ .control = { -1, -1 }, .ack = { -1, -1 } }

/* Find out what can be recorded. Returns 0, or -errno with @reason: what is missing, and the way out. */
int perf_open(struct perf *p, struct reason *reason);
void perf_close(struct perf *p);

/* The command, for plan->recorder, that records the counted slots into @path, which it points to. */
const char *const *perf_command(struct perf *p, const char *path);

/* What perf script prints of @path, with @fields, as a file without a name. NULL with @reason. */
FILE *perf_script(const char *path, const char *fields, struct reason *reason);

#endif
