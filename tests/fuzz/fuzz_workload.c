// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libFuzzer: any bytes as a workload file. What is accepted must survive
 * being written and read again, and give jobs that the job reader's rules
 * for names allow.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workload/workload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(const struct workload *w)
{
	struct workload again;
	char *text = NULL;
	struct reason error;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return;
	workload_write(f, w);
	fclose(f);
	f = fmemopen(text, len, "r");
	if (f) {
		if (workload_read(f, "fuzz.ini", &again, &error))
			abort();
		if (memcmp(w, &again, sizeof(again)))
			abort();
		fclose(f);
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct workload w;
	struct reason error;
	struct job job;
	FILE *in;

	if (!size)
		return 0;	/* fmemopen() takes no empty buffer */
	in = fmemopen((void *)(uintptr_t)data, size, "r");
	if (!in)
		return 0;
	if (!workload_read(in, "fuzz.ini", &w, &error)) {
		check_again(&w);
		for (unsigned i = 0; i < workload_jobs(&w); i++) {
			job_init(&job);
			workload_job(&w, i, &job);
			if (!name_ok(job.workload) || !name_ok(job.source))
				abort();
		}
	} else if (strncmp(error.text, "fuzz.ini:", strlen("fuzz.ini:"))) {
		abort();
	}
	fclose(in);
	return 0;
}
