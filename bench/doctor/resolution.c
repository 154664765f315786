// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How small a difference this machine can tell, by measuring nothing: native
 * against itself, 4 KiB writes to tmpfs, for some seconds. What a file system
 * on a device adds in noise does not show here.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/cells.h"
#include "doctor/doctor.h"
#include "plan/plan.h"

/* At most so much of throughput should go by unseen. */
static const double margin_percent = 1;

static const uint64_t second = 1000000000;

static void keep_line(const struct item *item, const char *text, size_t len, void *arg)
{
	FILE *out = arg;

	(void)item;
	fwrite(text, 1, len, out);
	fputc('\n', out);
}

/* A third of a second each: what differs between processes is most of the noise. */
enum { REPETITIONS = PLAN_REPETITIONS_LOW };

/* A repetition of native against itself. */
static void make_job(struct job *job, unsigned repetition)
{
	job_init(job);
	snprintf(job->workload, sizeof(job->workload), "doctor");
	snprintf(job->target, sizeof(job->target), "tmpfs");
	snprintf(job->device, sizeof(job->device), "none");
	snprintf(job->place, sizeof(job->place), "host");
	snprintf(job->baseline, sizeof(job->baseline), "native");
	snprintf(job->op, sizeof(job->op), "write");
	snprintf(job->source, sizeof(job->source), "resident");
	snprintf(job->layout, sizeof(job->layout), "overwrite");
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

/* Measure into @text, lines of a result file. Returns 0 or -ENOMEM. */
static int measure(char **text, size_t *len)
{
	struct item items[REPETITIONS] = { { .target = target_find("tmpfs") } };
	struct plan plan = place_plan(items, REPETITIONS);
	struct observer observer = { .line = keep_line };
	FILE *out = open_memstream(text, len);

	if (!out)
		return -1;
	/* The reader of result files wants to know where it is. */
	fprintf(out, "{\"type\":\"context\",\"schema\":1,\"command\":\"faultbench doctor\",\"seed\":0,"
		"\"place\":\"host\",\"arch\":\"here\",\"page_size\":4096,\"kernel\":\"this\"}\n");
	for (unsigned i = 0; i < REPETITIONS; i++) {
		items[i].target = items[0].target;
		make_job(&items[i].job, i);
	}
	plan.budget_ns = 8 * second;	/* half a second to settle memory in */
	observer.arg = out;
	place_host.run(&plan, &observer);
	return fclose(out) ? -1 : 0;
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

static void look_resolution(const struct doctor *d, struct finding *f)
{
	char *text = NULL, message[512] = "it said nothing";
	struct results r;
	double se = NAN, percent;
	FILE *in = NULL;
	size_t len = 0;

	(void)d;
	results_init(&r);
	if (!measure(&text, &len))
		in = fmemopen(text, len, "r");
	if (in && !results_read(in, "doctor", &r, message, sizeof(message)))
		se = standard_error(&r);
	/* A run of a minute has more; SE falls with the root of their number, as they are independent. */
	percent = cells_penalty_pct(cells_mde(se * sqrt((double)REPETITIONS / PLAN_REPETITIONS_HIGH)));
	if (!isfinite(percent))
		found(f, LEVEL_NOTHING, "4 KiB writes to tmpfs cannot be measured: %s",
		      r.n_failures ? r.failures[0].reason : message);
	else
		found(f, percent < margin_percent ? LEVEL_OK : LEVEL_NOTE, "in a minute %.2g %% of "
		      "throughput can be told, on 4 KiB writes to tmpfs (1 %% false alarms, found "
		      "9 times in 10)%s", percent, percent < margin_percent ? "" :
		      "; 1 % is what changes are judged by, so mend what stands above or measure longer");
	if (in)
		fclose(in);
	free(text);
	results_free(&r);
}

const struct check resolution_checks[] = {
	{ "resolution", look_resolution },
	{ NULL, NULL },
};
