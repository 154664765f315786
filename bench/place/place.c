// SPDX-License-Identifier: GPL-2.0-or-later
/* What all places share. */
#include <errno.h>
#include <gsl/gsl_statistics_double.h>
#include <stdlib.h>
#include <string.h>

#include "place/place.h"

const struct place_kind *const place_kinds[] = {
	&place_host, &place_vm_x86_64, &place_vm_arm64, &place_vm_arm64_mte, NULL
};

static const char *place_name(size_t i)
{
	return place_kinds[i] ? place_kinds[i]->name : NULL;
}

const struct table place_table = {
	.what = "place", .where = "'faultbench list places'", .name = place_name,
};

struct place *place_open(const char *name, struct reason *reason)
{
	const char *options = strchr(name, ',');
	char *kind = strndup(name, strcspn(name, ","));
	struct place *place = calloc(1, sizeof(*place));
	struct reason why = { "" };
	int err;
	ssize_t i = kind && place ? table_choose(&place_table, kind, reason) : -1;

	if (!kind || !place)
		reason_set(reason, "not enough memory");
	free(kind);
	if (i < 0) {
		free(place);
		errno = EINVAL;
		return NULL;
	}
	place->kind = place_kinds[i];
	err = place->kind->open(place, options ? options + 1 : "", &why);
	if (!err)
		return place;
	reason_set(reason, "%s: %s", place->kind->name, why.text);
	place_close(place);
	errno = -err;
	return NULL;
}

const char *place_why(const char *name, const struct reason *reason)
{
	const size_t len = strlen(name);
	const char *why = reason->text;

	return strncmp(why, name, len) || strncmp(why + len, ": ", 2) ? why : why + len + 2;
}

void place_close(struct place *place)
{
	if (place && place->kind->close)
		place->kind->close(place);
	free(place);
}

struct plan place_plan(struct place *place, struct item *items, unsigned n)
{
	struct plan plan = { .items = items, .n = n, .jobs = n, .place = place };

	cpus_allowed_here(&plan.cpus);
	return plan;
}

void place_fail(const struct observer *observer, const struct item *item, const bool *seen,
		const char *reason)
{
	const struct job *job = &item->job;

	for (unsigned i = 0; i < job->n_arms; i++) {
		struct result r;

		if (seen && seen[i])
			continue;
		result_init(&r, RESULT_FAILURE);
		result_for_job(&r, job, job->arms[i]);
		result_set_text(&r.failure.reason, reason);
		observer->result(item, &r, observer->arg);
		result_free(&r);
	}
}

static const char *strategy_of(const struct result *r)
{
	return r->type == RESULT_CELL ? r->cell.strategy : r->failure.strategy;
}

unsigned place_arm(const struct job *job, const struct result *r)
{
	unsigned i = r->type == RESULT_CELL || r->type == RESULT_FAILURE ? 0 : job->n_arms;

	while (i < job->n_arms && strcmp(job->arms[i], strategy_of(r)))
		i++;
	return i;
}

double place_median_slot(const struct results_cell *cell)
{
	const size_t n = 2 * (size_t)cell->rounds;
	double *slots = n ? malloc(n * sizeof(*slots)) : NULL, median = 0;

	if (slots) {
		memcpy(slots, cell->slots, n * sizeof(*slots));
		median = gsl_stats_select(slots, 1, n, (n - 1) / 2);
	}
	free(slots);
	return median;
}

struct arm_status *place_status(const struct plan *plan, size_t job, const struct result *r)
{
	struct arm_status *statuses = plan->statuses[job];

	for (unsigned i = 0; i < JOB_ARMS_MAX && statuses[i].arm[0]; i++)
		if (!strcmp(statuses[i].arm, strategy_of(r)))
			return &statuses[i];
	return NULL;
}

bool place_drop_failed(struct plan *plan, unsigned i)
{
	const struct arm_status *statuses = plan->statuses[i % plan->jobs];
	struct job *job = &plan->items[i].job;

	job->n_arms = 0;
	for (unsigned arm = 0; arm < JOB_ARMS_MAX && statuses[arm].arm[0]; arm++)
		if (!statuses[arm].failed)
			strcpy(job->arms[job->n_arms++], statuses[arm].arm);
	return job->n_arms > 0;
}
