// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The smallest loss that this machine can detect: native is measured against
 * itself, 4 KiB writes to tmpfs, for some seconds. Noise that a file system on
 * a device adds does not show here.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/cells.h"
#include "doctor/doctor.h"
#include "format/context.h"
#include "format/results.h"
#include "place/place.h"

/* Smaller losses of throughput are not judged. */
static const double margin_percent = 1;

static const uint64_t second = 1000000000;

static void keep(const struct item *item, struct result *r, void *arg)
{
	(void)item;
	results_add(arg, r, 0);
}

/* A third of a second each: most of the noise is between processes. */
enum { REPETITIONS = 12 };

/* A repetition of native against itself. */
static void make_job(struct job *job, unsigned repetition)
{
	job_init(job);
	snprintf(job->workload, sizeof(job->workload), "doctor");
	snprintf(job->target, sizeof(job->target), "tmpfs");
	snprintf(job->device, sizeof(job->device), "none");
	snprintf(job->place, sizeof(job->place), "host");
	snprintf(job->baseline, sizeof(job->baseline), "native");
	snprintf(job->source, sizeof(job->source), "resident");
	job->layout = LAYOUT_OVERWRITE;
	job->block_size = 4096;
	job->file_size = 16 << 20;
	job->budget_ns = second / 3;
	job->warmup_ns = second / 30;
	job->min_rounds = 5;
	job->repetition = repetition;
	job->repetitions = REPETITIONS;
	job->verify = false;
	job->count = false;
	job->n_arms = 2;
	snprintf(job->arms[0], sizeof(job->arms[0]), "native");
	snprintf(job->arms[1], sizeof(job->arms[1]), "native#2");
}

/* Measure into @r. Returns 0, or -errno with @reason. */
static int measure(struct results *r, struct reason *reason)
{
	struct item items[REPETITIONS];
	struct place *place = place_open("host", reason);
	struct plan plan = place_plan(place, items, REPETITIONS);
	const struct observer observer = { .result = keep, .arg = r };
	struct result context = { .type = RESULT_CONTEXT };
	unsigned long line;
	int err;

	if (!place)
		return -ENOENT;
	context_here(&context.run, "faultbench doctor", 0, "host");
	err = results_add(r, &context, 0);
	for (unsigned i = 0; i < REPETITIONS; i++) {
		items[i].target = target_find("tmpfs", reason);
		make_job(&items[i].job, i);
	}
	plan.budget_ns = 8 * second;	/* half a second to settle memory in */
	if (!err)
		place->kind->run(&plan, &observer);
	if (!err)
		err = results_pool(r, &line, reason);
	place_close(place);
	return err;
}

/* Standard error of theta from the two cells in @r, or NaN. */
static double standard_error(const struct results *r)
{
	struct figures *figures;
	double se = NAN;

	if (r->n_cells != 2 || cells_figures(r, NULL, &figures))
		return NAN;
	se = figures[1].se;	/* the baseline comes first */
	free(figures);
	return se;
}

static void look_resolution(struct finding *f)
{
	struct reason reason = { "no result" };
	double se = NAN, percent;
	struct results r;

	if (f->doctor->worst == LEVEL_NOTHING)
		return;
	results_init(&r);
	if (!measure(&r, &reason))
		se = standard_error(&r);
	/* A run of a minute has more; SE falls with the root of their number, as they are independent. */
	percent = cells_penalty_pct(cells_mde(se * sqrt((double)REPETITIONS / PLACE_REPETITIONS_HIGH),
					      PLACE_REPETITIONS_HIGH));
	if (!isfinite(percent))
		found(f, LEVEL_NOTHING, "4 KiB writes to tmpfs cannot be measured: %s",
		      r.n_failures ? r.failures[0].reason : reason.text);
	else
		found(f, percent < margin_percent ? LEVEL_OK : LEVEL_NOTE, "a run of a minute detects losses of %.2g %% "
		      "(4 KiB writes to tmpfs; 1 %% false alarms, 90 %% power)", percent);
	if (f->level == LEVEL_NOTE)
		reason_add(&f->text, "changes are judged by 1 %%: fix the notes above, or measure longer");
	results_free(&r);
}

const struct check resolution_checks[] = {
	{ "resolution", look_resolution },
	{ NULL, NULL },
};
