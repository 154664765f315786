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

#include "format/job.h"

enum field_type { FIELD_NAME, FIELD_BOOL, FIELD_UNSIGNED, FIELD_U64, FIELD_REAL };

struct field {
	const char *key;
	enum field_type type;
	size_t offset;
	bool required;
	double min, max;	/* of a number */
};

#define FIELD(name, type, required, min, max) \
	{ #name, type, offsetof(struct job, name), required, min, max }

static const struct field fields[] = {
	FIELD(workload, FIELD_NAME, true, 0, 0),
	FIELD(target, FIELD_NAME, true, 0, 0),
	FIELD(device, FIELD_NAME, true, 0, 0),
	FIELD(place, FIELD_NAME, true, 0, 0),
	FIELD(backend, FIELD_NAME, false, 0, 0),
	FIELD(baseline, FIELD_NAME, true, 0, 0),
	FIELD(tier, FIELD_NAME, false, 0, 0),
	FIELD(op, FIELD_NAME, true, 0, 0),
	FIELD(source, FIELD_NAME, true, 0, 0),
	FIELD(layout, FIELD_NAME, true, 0, 0),
	FIELD(direct, FIELD_BOOL, false, 0, 1),
	FIELD(shared, FIELD_BOOL, false, 0, 1),
	FIELD(threads, FIELD_UNSIGNED, false, 1, JOB_THREADS_MAX),
	FIELD(block_size, FIELD_U64, true, 1, (double)JOB_BLOCK_MAX),
	FIELD(segment_size, FIELD_U64, false, 0, (double)JOB_BLOCK_MAX),
	FIELD(file_size, FIELD_U64, true, 1, (double)JOB_FILE_MAX),
	FIELD(file_asked, FIELD_U64, false, 0, (double)JOB_FILE_MAX),
	FIELD(source_offset, FIELD_U64, false, 0, 1 << 20),
	FIELD(cold_fraction, FIELD_REAL, false, 0, 1),
	FIELD(seed, FIELD_U64, true, 0, 0x1p53),
	FIELD(repetitions, FIELD_UNSIGNED, false, 1, JOB_REPETITIONS_MAX),
	FIELD(repetition, FIELD_UNSIGNED, false, 0, JOB_REPETITIONS_MAX - 1),
	FIELD(slot_ns, FIELD_U64, false, 0, 1e12),
	FIELD(slot_calls, FIELD_U64, false, 0, 1e9),
	FIELD(rounds, FIELD_U64, false, 0, JOB_ROUNDS_MAX),
	FIELD(min_rounds, FIELD_U64, false, 1, JOB_ROUNDS_MAX),
	FIELD(budget_ns, FIELD_U64, false, 0, 1e15),
	FIELD(warmup_ns, FIELD_U64, false, 0, 1e12),
	FIELD(planned_se, FIELD_REAL, false, 0, 1),
	FIELD(verify, FIELD_BOOL, false, 0, 1),
	FIELD(count, FIELD_BOOL, false, 0, 1),
	FIELD(counts_only, FIELD_BOOL, false, 0, 1),
};

enum { N_FIELDS = sizeof(fields) / sizeof(fields[0]) };

void job_init(struct job *job)
{
	*job = (struct job){
		.backend = "user",
		.tier = "time",
		.threads = 1,
		.repetitions = 1,
		.slot_ns = 2000000,
		.min_rounds = JOB_FIRST_LOOK,
		.budget_ns = UINT64_C(10000000000),
		.warmup_ns = UINT64_C(5000000000),
		.verify = true,
		.count = true,
	};
}

bool job_name_ok(const char *name)
{
	static const char marks[] = "._:@/#+-";
	size_t len = strlen(name);

	if (!len || len >= JOB_NAME_MAX)
		return false;
	for (; *name; name++) {
		bool word = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') ||
			    (*name >= '0' && *name <= '9');

		if (!word && !strchr(marks, *name))
			return false;
	}
	return true;
}

static bool set_field(struct job *job, const struct field *f, const char *value)
{
	char *at = (char *)job + f->offset, *end;
	uint64_t whole;
	double real;

	switch (f->type) {
	case FIELD_NAME:
		if (!job_name_ok(value))
			return false;
		strcpy(at, value);
		return true;
	case FIELD_REAL:
		errno = 0;
		real = strtod(value, &end);
		if (errno || end == value || *end || !(real >= f->min && real <= f->max))
			return false;
		*(double *)(void *)at = real;
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
			*(unsigned *)(void *)at = (unsigned)whole;
		else
			*(uint64_t *)(void *)at = whole;
		return true;
	}
}

static const char *job_flaw(const struct job *job, const bool *given)
{
	for (int i = 0; i < N_FIELDS; i++)
		if (fields[i].required && !given[i])
			return fields[i].key;
	if (!job->n_arms)
		return "arm";
	return NULL;
}

static int add_arm(struct job *job, const char *name)
{
	if (job->n_arms == JOB_ARMS_MAX || !job_name_ok(name))
		return -EINVAL;
	for (unsigned i = 0; i < job->n_arms; i++)
		if (!strcmp(job->arms[i], name))
			return -EINVAL;
	strcpy(job->arms[job->n_arms++], name);
	return 0;
}

static const struct field *find_field(const char *key)
{
	for (int i = 0; i < N_FIELDS; i++)
		if (!strcmp(fields[i].key, key))
			return &fields[i];
	return NULL;
}

int job_read(FILE *in, struct job *job, char *error, size_t size)
{
	bool given[N_FIELDS] = { false }, started = false;
	const struct field *f;
	char line[256], *value;
	const char *flaw;
	size_t len;

	job_init(job);
	for (unsigned number = 1; fgets(line, sizeof(line), in); number++) {
		len = strlen(line);
		if (!len || line[len - 1] != '\n') {
			snprintf(error, size, "job line %u: cut short or longer than %zu bytes", number,
				 sizeof(line) - 2);
			return -EINVAL;
		}
		line[len - 1] = '\0';
		if (!started) {
			if (strcmp(line, "faultbench-job 1")) {
				snprintf(error, size, "job line %u: wants \"faultbench-job 1\"", number);
				return -EINVAL;
			}
			started = true;
			continue;
		}
		if (!strcmp(line, "run")) {
			flaw = job_flaw(job, given);
			if (!flaw)
				return 1;
			snprintf(error, size, "job line %u: no %s was given", number, flaw);
			return -EINVAL;
		}
		value = strchr(line, ' ');
		if (value)
			*value++ = '\0';
		if (value && !strcmp(line, "arm")) {
			if (!add_arm(job, value))
				continue;
			snprintf(error, size, "job line %u: arm is not a new name, or one too many", number);
			return -EINVAL;
		}
		f = find_field(line);
		if (!value || !f || given[f - fields] || !set_field(job, f, value)) {
			snprintf(error, size, "job line %u: %s", number,
				 f ? "value out of range, or given twice" : "unknown key");
			return -EINVAL;
		}
		given[f - fields] = true;
	}
	if (!started)
		return 0;
	snprintf(error, size, "job: ends before \"run\"");
	return -EINVAL;
}

void job_write(FILE *out, const struct job *job)
{
	fputs("faultbench-job 1\n", out);
	for (int i = 0; i < N_FIELDS; i++) {
		const struct field *f = &fields[i];
		const char *at = (const char *)job + f->offset;

		switch (f->type) {
		case FIELD_NAME:
			fprintf(out, "%s %s\n", f->key, at);
			break;
		case FIELD_BOOL:
			fprintf(out, "%s %d\n", f->key, *(const bool *)at);
			break;
		case FIELD_UNSIGNED:
			fprintf(out, "%s %u\n", f->key, *(const unsigned *)(const void *)at);
			break;
		case FIELD_U64:
			fprintf(out, "%s %" PRIu64 "\n", f->key, *(const uint64_t *)(const void *)at);
			break;
		case FIELD_REAL:
			fprintf(out, "%s %.17g\n", f->key, *(const double *)(const void *)at);
			break;
		}
	}
	for (unsigned i = 0; i < job->n_arms; i++)
		fprintf(out, "arm %s\n", job->arms[i]);
	fputs("run\n", out);
}
