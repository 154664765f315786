// SPDX-License-Identifier: GPL-2.0-or-later
/* A workload as a file, and as jobs. */
#include <string.h>

#include "measure/tables.h"
#include "workload/workload.h"

const char *workload_bytes(char *out, size_t size, uint64_t bytes)
{
	static const char suffix[] = "\0KMG";
	unsigned i = 0;

	while (i < 3 && bytes && bytes % 1024 == 0) {
		bytes /= 1024;
		i++;
	}
	snprintf(out, size, "%llu%.1s", (unsigned long long)bytes, &suffix[i]);
	return out;
}

const char *workload_fraction(char *out, size_t size, double fraction)
{
	size_t n;

	snprintf(out, size, "%.*f", WORKLOAD_COLD_DECIMALS, fraction);
	n = strlen(out);
	while (out[n - 1] == '0')
		n--;
	if (out[n - 1] == '.')
		n--;
	out[n] = '\0';
	return out;
}

void workload_write(FILE *out, const struct workload *w)
{
	const struct { const char *name; uint64_t bytes; bool always; } sizes[] = {
		{ "block_size", w->block_size, true },
		{ "segment_size", w->segment_size, false },
		{ "file_size", w->file_size, true },
		{ "fill_size", w->fill_size, false },
		{ "source_offset", w->source_offset, false },
	};
	char text[32];

	fprintf(out, "[workload]\nsummary = %s\nop = %s\n%s = %s\nlayout =", w->summary, op_names[w->op],
		operations[w->op].reads ? "destination" : "source", w->source);
	for (unsigned i = 0; i < w->n_layouts; i++)
		fprintf(out, " %s", layout_names[w->layouts[i]]);
	fputc('\n', out);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (sizes[i].bytes || sizes[i].always)
			fprintf(out, "%s = %s\n", sizes[i].name,
				workload_bytes(text, sizeof(text), sizes[i].bytes));
	fprintf(out, "direct = %s\ndsync = %s\nthreads = %u\nshared = %s\ncold_fraction =",
		w->direct ? "yes" : "no", w->dsync ? "yes" : "no", w->threads, w->shared ? "yes" : "no");
	for (unsigned i = 0; i < w->n_cold; i++)
		fprintf(out, " %s", workload_fraction(text, sizeof(text), w->cold[i]));
	fputc('\n', out);
}

unsigned workload_jobs(const struct workload *w)
{
	return w->n_layouts * w->n_cold;
}

void workload_job(const struct workload *w, unsigned i, struct job *job)
{
	unsigned layout = i / w->n_cold, cold = i % w->n_cold;
	char fraction[16];

	if (w->n_cold > 1)
		snprintf(job->workload, sizeof(job->workload), "%.*s@%.*s", WORKLOAD_NAME_MAX,
			 w->name, WORKLOAD_COLD_DECIMALS + 2,
			 workload_fraction(fraction, sizeof(fraction), w->cold[cold]));
	else
		snprintf(job->workload, sizeof(job->workload), "%s", w->name);
	job->op = w->op;
	snprintf(job->source, sizeof(job->source), "%s", w->source);
	job->layout = w->layouts[layout];
	job->direct = w->direct;
	job->dsync = w->dsync;
	job->shared = w->shared;
	job->threads = w->threads;
	job->block_size = w->block_size;
	job->segment_size = w->segment_size;
	job->file_size = w->file_size;
	if (w->fill_size)
		job->fill_size = w->fill_size;
	job->source_offset = w->source_offset;
	job->cold_fraction = w->cold[cold];
}
