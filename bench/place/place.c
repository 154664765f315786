// SPDX-License-Identifier: GPL-2.0-or-later
/* What all places share. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/say.h"
#include "place/place.h"

const struct place *const places[] = {
	&place_host, &place_vm_x86_64, &place_vm_arm64, &place_vm_arm64_mte, NULL
};

volatile sig_atomic_t place_interrupted;

const struct place *place_find(const char *name)
{
	size_t len = strcspn(name, ",");

	for (int i = 0; places[i]; i++)
		if (strlen(places[i]->name) == len && !strncmp(places[i]->name, name, len))
			return places[i];
	return NULL;
}

static void on_signal(int number)
{
	place_interrupted = number;
}

void place_catch_signals(void)
{
	/* Without SA_RESTART: a wait ends, and the run with it. */
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* A measuring process that has died shows in its exit status. */
	signal(SIGPIPE, SIG_IGN);
}

void place_fail(const struct observer *observer, const struct item *item, const bool *seen,
		const char *reason)
{
	const struct job *job = &item->job;
	char line[2048], text[512];

	/* What say_escape() leaves breaks a JSON text in two places only. */
	say_escape(text, sizeof(text), reason);
	for (char *c = text; *c; c++)
		if (*c == '"' || *c == '\\')
			*c = '\'';
	for (unsigned i = 0; i < job->n_arms; i++) {
		int len;

		if (seen && seen[i])
			continue;
		len = snprintf(line, sizeof(line),
			       "{\"type\":\"failure\",\"workload\":\"%s\",\"target\":\"%s\",\"layout\":\"%s\","
			       "\"device\":\"%s\",\"place\":\"%s\",\"strategy\":\"%s\",\"repetition\":%u,"
			       "\"reason\":\"%s\"}",
			       job->workload, job->target, job->layout, job->device, job->place,
			       job->arms[i], job->repetition, text);
		observer->line(item, line, (size_t)len, observer->arg);
	}
}

struct plan place_plan(struct item *items, unsigned n)
{
	return (struct plan){ .items = items, .n = n, .jobs = n };
}

unsigned place_arm(const struct job *job, const char *line)
{
	/* The identity of a line comes first, and its samples may be megabytes. */
	size_t len = strnlen(line, 1024);
	char want[JOB_NAME_MAX + 16];
	unsigned i;

	for (i = 0; i < job->n_arms; i++) {
		snprintf(want, sizeof(want), "\"strategy\":\"%s\"", job->arms[i]);
		if (memmem(line, len, want, strlen(want)))
			break;
	}
	return i;
}

bool place_drop_failed(struct plan *plan, unsigned i)
{
	const struct job *first = &plan->items[i % plan->jobs].job;
	struct job *job = &plan->items[i].job;

	if (i < plan->jobs)
		return true;
	job->n_arms = 0;
	for (unsigned arm = 0; arm < first->n_arms; arm++)
		if (!plan->statuses[i % plan->jobs][arm].failed)
			strcpy(job->arms[job->n_arms++], first->arms[arm]);
	return job->n_arms > 0;
}

uint64_t place_file_bytes(const struct job *job)
{
	uint64_t files = job->file_size * (job->shared ? 1 : job->threads);

	/* The source of a slot is at most 32 MiB, or one block. */
	return files + job->threads * ((UINT64_C(32) << 20) + job->block_size);
}
