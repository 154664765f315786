/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What faultbench gate is asked, and the measuring that its kinds of sides share. */
#ifndef FAULTBENCH_CMD_GATE_H
#define FAULTBENCH_CMD_GATE_H

#include "analysis/gate.h"
#include "cmd/measuring.h"
#include "vm/revision.h"

enum { GATE_PLACES_MAX = 8 };

struct gating {
	struct measuring m;		/* rows of options are about it: first */
	struct gate_plan plan;
	const char *sides[2];		/* --base and --head */
	const char *on, *margin, *reader, *inconclusive;
	bool bisect;
	uint64_t pairs;			/* of boots */
	int format;
	char *command;			/* that repeats it, with its seed; owned */

	struct revision_request revisions;
	char labels[2][512], commit[72];	/* of revisions, for the plan */
	char *places[GATE_PLACES_MAX];	/* --on, one by one */
	size_t n_places;
	/* The image of each side at each place, or NULL; owned. */
	char *images[2][GATE_PLACES_MAX];
	struct results results[2];	/* of strategies only the first is used */
	struct reason uncalibrated;	/* why time cannot be judged */
	bool plan_said;
	bool same_images;		/* nothing was measured: both sides are the same */
};

/* Take from the options and *@files, which is moved behind a range, what revisions to build. Returns as gate_measure(). */
int gate_take_revisions(struct gating *a, char ***files);

/* Measure what --base and --head name into a->results. Returns STATUS_OK, or another after one line. */
int gate_measure(struct gating *a);

/*
 * What measures the image of @side at place @i, in boot @boot, in @request, which names a
 * place that is returned for free(); NULL: not enough memory.
 */
char *gate_image_request(const struct gating *a, size_t i, int side, unsigned boot, struct request *request);

/* The cell of @g that @job measures, if it is @wanted; or NULL. */
struct gate_cell *gate_find_cell(const struct gate *g, const struct job *job, bool (*wanted)(const struct gate_cell *));

/* Leave in @plan, of counts, only the jobs of cells of @g that are @wanted. */
void gate_keep_jobs(struct plan *plan, const struct gate *g, bool (*wanted)(const struct gate_cell *));

/* Name the functions of the cells of @g that failed on counts, by profiles of both images. Returns 0 or -ENOMEM. */
int gate_name_functions(struct gating *a, struct gate *g);

#endif
