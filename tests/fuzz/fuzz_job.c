// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libFuzzer: any bytes as jobs. What is accepted must survive being written
 * and read again.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/job.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *to_text(const struct job *job, size_t *len)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, len);

	if (!out)
		return NULL;
	job_write(out, job);
	fclose(out);
	return text;
}

static void check_again(const struct job *job)
{
	char *first, *second = NULL;
	struct reason error;
	size_t len, len2;
	struct job again;
	FILE *in;

	first = to_text(job, &len);
	in = first ? fmemopen(first, len, "r") : NULL;
	if (in) {
		if (job_read(in, &again, &error) != 1)
			abort();
		second = to_text(&again, &len2);
		if (second && (len != len2 || memcmp(first, second, len)))
			abort();
		fclose(in);
	}
	free(first);
	free(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reason error;
	struct job job;
	FILE *in;

	if (!size)
		return 0;	/* fmemopen() takes no empty buffer */
	in = fmemopen((void *)(uintptr_t)data, size, "r");
	if (!in)
		return 0;
	while (job_read(in, &job, &error) == 1)
		check_again(&job);
	fclose(in);
	return 0;
}
