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

#include "../analysis/results.h"
#include "doctor.h"
#include "place.h"
#include "signed_rank.h"

/* Of the gate in docs: 1 % false alarms, one-sided, and 90 % power. */
static const double z_alarm = 2.3263, z_power = 1.2816;

/* At most so much of throughput should go by unseen: the gate's margin. */
static const double margin_percent = 1;

static const uint64_t second = 1000000000;

static void keep_line(const struct planned *item, const char *text, size_t len, void *arg)
{
	FILE *out = arg;

	(void)item;
	fwrite(text, 1, len, out);
	fputc('\n', out);
}

/* Native against itself, in memory of @job's own making. */
static void make_job(struct job *job)
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
	job->budget_ns = 4 * second;
	job->warmup_ns = second;
	job->verify = false;
	job->count = false;
	job->n_arms = 2;
	snprintf(job->arms[0], sizeof(job->arms[0]), "native");
	snprintf(job->arms[1], sizeof(job->arms[1]), "native#2");
}

/* Measure into @text, lines of a result file. Returns 0 or -ENOMEM. */
static int measure(char **text, size_t *len)
{
	struct planned item = { .target = target_find("tmpfs") };
	struct plan plan = { .items = &item, .n = 1, .jobs = 1 };
	struct sink sink = { .line = keep_line };
	FILE *out = open_memstream(text, len);

	if (!out)
		return -1;
	/* The reader of result files wants to know where it is. */
	fprintf(out, "{\"type\":\"context\",\"schema\":1,\"command\":\"faultbench doctor\",\"seed\":0,"
		"\"place\":\"host\",\"arch\":\"here\",\"page_size\":4096,\"kernel\":\"this\"}\n");
	make_job(&item.job);
	sink.arg = out;
	place_host.run(&plan, &sink);
	return fclose(out) ? -1 : 0;
}

/* Standard error of theta from the two cells in @r, or NaN. */
static double standard_error(const struct results *r)
{
	const struct results_cell *a, *b;
	struct signed_rank rank;
	double *d, se = NAN;
	size_t n;

	if (r->n_cells != 2 || r->cells[0].rounds != r->cells[1].rounds)
		return NAN;
	a = &r->cells[0];
	b = &r->cells[1];
	n = a->rounds;
	d = calloc(n ? n : 1, sizeof(*d));
	if (!d)
		return NAN;
	for (size_t i = 0; i < n; i++)
		d[i] = (log(b->slots[2 * i] / a->slots[2 * i]) +
			log(b->slots[2 * i + 1] / a->slots[2 * i + 1])) / 2;
	n = signed_rank_group(d, n, SIGNED_RANK_MAX);
	if (!signed_rank(d, n, 0.99, &rank))
		se = rank.se;
	free(d);
	return se;
}

static void look_resolution(const struct doctor *d, const struct check *c, struct finding *f)
{
	uint64_t start = place_clock();
	char *text = NULL, message[512] = "it said nothing";
	struct results r;
	double se = NAN, taken, percent;
	FILE *in = NULL;
	size_t len = 0;

	(void)d;
	(void)c;
	results_init(&r);
	if (!measure(&text, &len))
		in = fmemopen(text, len, "r");
	taken = (double)(place_clock() - start) / (double)second;
	if (in && !results_read(in, "doctor", &r, message, sizeof(message)))
		se = standard_error(&r);
	/* SE falls with the root of the time, as the rounds are independent. */
	percent = 100 * (1 - exp(-(z_alarm + z_power) * se * sqrt(taken / 60)));
	if (!isfinite(percent))
		found(f, LEVEL_NOTHING, "4 KiB writes to tmpfs cannot be measured: %s",
		      r.n_failures ? r.failures[0].reason : message);
	else
		found(f, percent < margin_percent ? LEVEL_OK : LEVEL_NOTE, "in a minute %.2g %% of "
		      "throughput can be told, on 4 KiB writes to tmpfs (1 %% false alarms, found "
		      "9 times in 10)%s", percent, percent < margin_percent ? "" :
		      "; the gate's margin is 1 %, so mend what stands above or measure longer");
	if (in)
		fclose(in);
	free(text);
	results_free(&r);
}

const struct check resolution_checks[] = {
	{ "resolution", look_resolution, NULL },
	{ NULL, NULL, NULL },
};
