/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Results that are made up, for tests of the analysis. Include it behind <cmocka.h>.
 */
#ifndef FAULTBENCH_MADE_H
#define FAULTBENCH_MADE_H

#include <stdlib.h>
#include <string.h>

#include "analysis/cells.h"
#include "numbers.h"
#include "result_file.h"

static inline void begin(struct file *f)
{
	f->out = open_memstream(&f->text, &f->size);
	assert_non_null(f->out);
	fputs("{\"type\":\"context\",\"schema\":1,\"seed\":1,\"place\":\"host\",\"arch\":\"x86_64\","
	      "\"page_size\":4096,\"kernel\":\"6.1.0\",\"cpu\":\"A CPU of a rather long name, so that"
	      " its line has to be broken somewhere\"}\n", f->out);
}

struct arm {
	const char *target, *layout, *strategy, *baseline, *workload;
	bool kernel;		/* back end */
	bool counts, unsteady;
	unsigned seed, repetitions, repetition, rounds, pages;	/* pages a slot */
	double cost, drift, noise;	/* a page; factors of each round and each slot */
	double interrupted;		/* share of slots that take three times as long */
	double by_place;		/* what a page costs more from one place of the file to the next */
};

static inline void add(struct file *f, const struct arm *a)
{
	uint64_t keep = state;

	fprintf(f->out, "{\"type\":\"cell\",\"workload\":\"%s\",\"target\":\"%s\","
		"\"layout\":\"%s\",\"device\":\"loop\",\"place\":\"host\",\"arch\":\"x86_64\","
		"\"page_size\":4096,\"backend\":\"%s\",\"source\":\"zero\",\"block_size\":1048576,"
		"\"cold_fraction\":0,\"threads\":1,\"strategy\":\"%s\",\"baseline\":\"%s\","
		"\"tier\":\"%s\",\"unit\":\"%s\",\"seed\":%u,\"repetitions\":%u,\"repetition\":%u,\"steady\":%s,"
		"\"verified\":true,\"writes_per_slot\":1,\"bytes_per_slot\":%u,\"rounds\":%u,"
		"\"counts\":{\"pages\":256,\"minor_faults\":64,\"major_faults\":0,"
		"\"exceptions_kernel\":64,\"exceptions_user\":null},\"slots\":[",
		a->workload ? a->workload : "dd-1m", a->target ? a->target : "ext4",
		a->layout ? a->layout : "extend", a->kernel ? "kernel" : "user", a->strategy, a->baseline ? a->baseline : "native",
		a->counts ? "counts" : "time", a->counts ? "instructions" : "ns", a->seed,
		a->repetitions ? a->repetitions : 1, a->repetition,
		a->unsteady ? "false" : "true", 4096 * a->pages, a->rounds);
	state = 1234567 + a->seed;	/* the same drift for every arm of a run */
	for (unsigned i = 0; i < 2 * a->rounds; i += 2) {
		double drift = exp(a->drift * (uniform() - 0.5));

		for (unsigned half = 0; half < 2; half++) {
			double noise;

			uint64_t shared = state;

			state = keep;
			noise = exp(a->noise * (uniform() - 0.5)) *
				(a->interrupted && uniform() < a->interrupted ? 3 : 1);
			keep = state;
			state = shared;
			fprintf(f->out, "%s%.0f", i + half ? "," : "",
				(a->cost + a->by_place * (i + half)) * a->pages * drift * noise);
		}
	}
	state = keep;
	end_cell(f, a->rounds);
}

static inline const struct figures *find(const struct figures *f, size_t n, const char *strategy)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(f[i].cell->strategy, strategy))
			return &f[i];
	fail_msg("no %s", strategy);
	return NULL;
}

/* Destroys @text. */
static inline void fits(char *text)
{
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (strlen(line) > 72)
			fail_msg("%zu columns: %s", strlen(line), line);
}

static inline unsigned times(const char *text, const char *what)
{
	unsigned n = 0;

	while ((text = strstr(text, what))) {
		text += strlen(what);
		n++;
	}
	return n;
}

#endif
