// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Jobs as text: one table of fields serves reader and writer. The reader
 * checks form and range of each value; whether a strategy or a source can be
 * had is for faultbench-measure, which owns those tables.
 */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "format/field.h"
#include "format/job.h"

#define ROW(name, kind, must, low, high, table) \
	{ #name, kind, offsetof(struct job, name), must, low, high, table }
#define NAME(name) ROW(name, FIELD_NAME, true, 0, 0, NULL)
#define WORD(name, must) ROW(name, FIELD_WORD, must, 0, 0, &name##_table)
#define BOOL(name) ROW(name, FIELD_BOOL, false, 0, 1, NULL)
#define NUMBER(name, kind, must, low, high) ROW(name, kind, must, low, high, NULL)

static const struct field fields[] = {
	NAME(workload),
	NAME(target),
	NAME(device),
	NAME(place),
	NAME(baseline),
	WORD(backend, false),
	WORD(tier, false),
	WORD(op, true),
	WORD(layout, true),
	NAME(source),
	BOOL(direct),
	BOOL(dsync),
	BOOL(shared),
	NUMBER(threads, FIELD_UNSIGNED, false, 1, JOB_THREADS_MAX),
	NUMBER(block_size, FIELD_WHOLE, true, 1, (double)JOB_BLOCK_MAX),
	NUMBER(segment_size, FIELD_WHOLE, false, 0, (double)JOB_BLOCK_MAX),
	NUMBER(file_size, FIELD_WHOLE, true, 1, (double)JOB_FILE_MAX),
	NUMBER(file_asked, FIELD_WHOLE, false, 0, (double)JOB_FILE_MAX),
	NUMBER(fill_size, FIELD_WHOLE, false, 1, (double)JOB_FILL_MAX),
	NUMBER(source_offset, FIELD_WHOLE, false, 0, 1 << 20),
	NUMBER(cold_fraction, FIELD_REAL, false, 0, 1),
	NUMBER(seed, FIELD_WHOLE, true, 0, 0x1p53),
	NUMBER(repetitions, FIELD_UNSIGNED, false, 1, JOB_REPETITIONS_MAX),
	NUMBER(repetition, FIELD_UNSIGNED, false, 0, JOB_REPETITIONS_MAX - 1),
	NUMBER(slot_ns, FIELD_WHOLE, false, 0, 1e12),
	NUMBER(slot_calls, FIELD_WHOLE, false, 0, 1e9),
	NUMBER(rounds, FIELD_WHOLE, false, 0, JOB_ROUNDS_MAX),
	NUMBER(min_rounds, FIELD_WHOLE, false, 1, JOB_ROUNDS_MAX),
	NUMBER(budget_ns, FIELD_WHOLE, false, 0, 1e15),
	NUMBER(warmup_ns, FIELD_WHOLE, false, 0, 1e12),
	BOOL(verify),
	BOOL(count),
	BOOL(counts_only),
	{ .key = NULL },
};

enum { N_FIELDS = sizeof(fields) / sizeof(fields[0]) - 1 };

void job_init(struct job *job)
{
	*job = (struct job){
		.threads = 1,
		.fill_size = JOB_FILL_DEFAULT,
		.repetitions = 1,
		.slot_ns = 200000,
		.min_rounds = JOB_ROUNDS_LOW,
		.budget_ns = UINT64_C(10000000000),
		.warmup_ns = UINT64_C(5000000000),
		.verify = true,
		.count = true,
	};
}

static bool set_field(struct job *job, const struct field *f, const char *value)
{
	void *at = field_at(f, job);
	uint64_t whole;
	double real;
	ssize_t word;
	char *end;

	switch (f->type) {
	case FIELD_NAME:
		if (!name_ok(value))
			return false;
		strcpy(at, value);
		return true;
	case FIELD_WORD:
		word = table_find(f->words, value);
		if (word < 0)
			return false;
		*(unsigned *)at = (unsigned)word;
		return true;
	case FIELD_REAL:
		errno = 0;
		real = strtod(value, &end);
		if (errno || end == value || *end || !(real >= f->min && real <= f->max))
			return false;
		*(double *)at = real;
		return true;
	default:
		/* strtoull takes a sign and turns -1 into 2^64 - 1. */
		if (*value < '0' || *value > '9')
			return false;
		errno = 0;
		whole = strtoull(value, &end, 10);
		if (errno || *end || (double)whole < f->min || (double)whole > f->max)
			return false;
		if (f->type == FIELD_BOOL)
			*(bool *)at = whole != 0;
		else if (f->type == FIELD_UNSIGNED)
			*(unsigned *)at = (unsigned)whole;
		else
			*(uint64_t *)at = whole;
		return true;
	}
}

/* What @job lacks, or NULL. */
static const char *missing(const struct job *job, const bool *given)
{
	for (int i = 0; i < N_FIELDS; i++)
		if (fields[i].required && !given[i])
			return fields[i].key;
	return job->n_arms ? NULL : "arm";
}

static bool add_arm(struct job *job, const char *name)
{
	if (job->n_arms == JOB_ARMS_MAX || !name_ok(name))
		return false;
	for (unsigned i = 0; i < job->n_arms; i++)
		if (!strcmp(job->arms[i], name))
			return false;
	strcpy(job->arms[job->n_arms++], name);
	return true;
}

/* Take "@key @value". Returns NULL, or what is wrong with it. */
static const char *take(struct job *job, bool *given, const char *key, const char *value)
{
	const struct field *f = fields;

	if (!strcmp(key, "arm"))
		return add_arm(job, value) ? NULL : "arm is not a new name, or one too many";
	while (f->key && strcmp(f->key, key))
		f++;
	if (!f->key)
		return "unknown key";
	if (given[f - fields] || !set_field(job, f, value))
		return "value out of range, or given twice";
	given[f - fields] = true;
	return NULL;
}

int job_read(FILE *in, struct job *job, struct reason *why)
{
	bool given[N_FIELDS] = { false }, started = false;
	char line[256], *value;
	const char *flaw;
	size_t len;

	job_init(job);
	for (unsigned number = 1; fgets(line, sizeof(line), in); number++) {
		len = strlen(line);
		if (!len || line[len - 1] != '\n') {
			return reason_fail(why, -EINVAL, "job line %u: cut short or longer than %zu bytes",
					   number, sizeof(line) - 2);
		}
		line[len - 1] = '\0';
		if (!started) {
			if (strcmp(line, "faultbench-job 1"))
				return reason_fail(why, -EINVAL, "job line %u: must be \"faultbench-job 1\"", number);
			started = true;
			continue;
		}
		if (!strcmp(line, "run")) {
			flaw = missing(job, given);
			return flaw ? reason_fail(why, -EINVAL, "job line %u: no %s was given", number, flaw) : 1;
		}
		value = line + strcspn(line, " ");
		if (*value)
			*value++ = '\0';
		flaw = take(job, given, line, value);
		if (flaw)
			return reason_fail(why, -EINVAL, "job line %u: %s", number, flaw);
	}
	return started ? reason_fail(why, -EINVAL, "job: ends before \"run\"") : 0;
}

void job_write(FILE *out, const struct job *job)
{
	fputs("faultbench-job 1\n", out);
	for (const struct field *f = fields; f->key; f++) {
		const void *at = field_of(f, job);

		fprintf(out, "%s ", f->key);
		if (f->type == FIELD_NAME)
			fprintf(out, "%s\n", (const char *)at);
		else if (f->type == FIELD_WORD)
			fprintf(out, "%s\n", f->words->name(*(const unsigned *)at));
		else if (f->type == FIELD_BOOL)
			fprintf(out, "%d\n", *(const bool *)at);
		else if (f->type == FIELD_UNSIGNED)
			fprintf(out, "%u\n", *(const unsigned *)at);
		else if (f->type == FIELD_WHOLE)
			fprintf(out, "%" PRIu64 "\n", *(const uint64_t *)at);
		else
			fprintf(out, "%.17g\n", *(const double *)at);
	}
	for (unsigned i = 0; i < job->n_arms; i++)
		fprintf(out, "arm %s\n", job->arms[i]);
	fputs("run\n", out);
}
