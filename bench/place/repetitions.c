// SPDX-License-Identifier: GPL-2.0-or-later
/* Repetitions: how many a job gets, how long each is, and running them. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "disk/free_pages.h"
#include "disk/memory.h"
#include "place/host.h"

/* Settle as much memory as the largest timed item will allocate, in a little of the budget. */
static void settle_memory(struct free_pages *f, const struct plan *plan)
{
	uint64_t most = 0, limit = memory_available() / 2;

	for (unsigned i = 0; i < plan->n; i++) {
		const struct item *item = &plan->items[i];
		uint64_t bytes = memory_needed(&item->job, item->target, plan->device.size);

		if (!item->job.counts_only && bytes > most)
			most = bytes;
	}
	free_pages_settle(f, most < limit ? most : limit, plan->budget_ns / 16);
}

/*
 * A job with repetitions has a pilot first, which verifies, counts, sizes the slot
 * and shows what a repetition costs. Its rounds are dropped, and what it found
 * becomes part of the first repetition: so all repetitions are alike.
 */
struct pilot {
	uint64_t overhead_ns;	/* of a repetition: device, file system, process, files */
	uint64_t round_ns;	/* wall-clock time of a round */
	double lowest_ns;	/* median slot of the baseline in the best repetition so far; 0: none */
	struct result found[JOB_ARMS_MAX];	/* cells, until a repetition takes over what they found */
};

/* The pilots of a plan, and who hears of its repetitions. */
struct session {
	struct plan *plan;
	const struct observer *observer;
	struct host_closing last;	/* the item before */
	struct pilot *pilots;	/* a job each; NULL: none */
	bool fits_rounds;	/* the user did not give their number */
	double scale;		/* rounds of the current repetition, as a share of those of the first */
	double scales, rounds_ns;	/* sums over the repetitions that have ended */
	uint64_t began;		/* the current repetition, clock_ns() */
	struct free_pages held;
	bool scattered;		/* in this repetition some baseline cost a tenth more than that */
	bool settled;		/* before this repetition, once more */
	bool gave_up;		/* that did not help */
};

/* A longer warm-up brings nothing, and the measuring process refuses one of hours. */
static const uint64_t warmup_max_ns = UINT64_C(60000000000);

static uint64_t at_most(uint64_t n, uint64_t most)
{
	return n < most ? n : most;
}

/* A result of a pilot: keep what it found, and hand on a failure. */
static void on_pilot(const struct item *item, struct result *r, void *arg)
{
	struct session *s = arg;
	const size_t job = (size_t)(item - s->plan->items);
	struct pilot *p = &s->pilots[job];
	const struct results_cell *cell = &r->cell;

	if (r->type != RESULT_CELL) {
		s->observer->result(item, r, s->observer->arg);
		return;
	}
	/* What is not known is NAN, and counts as 0. */
	p->overhead_ns = (uint64_t)fmax(0, cell->passes_ns + cell->warmup_ns + cell->rounds_ns);
	/* The median: one stall in the few rounds of a pilot must not shorten all repetitions. */
	p->round_ns = (uint64_t)fmax(0, cell->round_ns);
	for (size_t i = job; i < s->plan->n; i += s->plan->jobs)
		s->plan->items[i].job.slot_calls = cell->writes_per_slot / cell->threads;
	p->found[place_arm(&item->job, r)] = *r;
	result_init(r, RESULT_CONTEXT);
}

/* Note from @cell, the baseline of a job with pilot @p in a repetition, whether free memory has scattered. */
static void watch_baseline(struct session *s, struct pilot *p, const struct results_cell *cell)
{
	const double cost = place_median_slot(cell);

	if (!cost)
		return;
	if (!p->lowest_ns || cost < p->lowest_ns)
		p->lowest_ns = cost;
	s->scattered |= cost > 1.1 * p->lowest_ns;
}

/*
 * What a run frees scatters memory, and pages from all over it cost up to five times as
 * much. Where a baseline shows that, settle memory again before the next repetition; not
 * a third time where that did not help, since then something else has slowed the machine.
 */
static void settle_again(struct session *s)
{
	const bool again = s->scattered && !s->gave_up;

	if (again && s->settled)
		s->gave_up = true;
	s->settled = again && !s->gave_up;
	s->scattered = false;
	if (!s->settled)
		return;
	host_close(&s->last);
	free_pages_let_go(&s->held);
	settle_memory(&s->held, s->plan);
}

/* A result of a repetition: the first one of an arm gets what the pilot found. */
static void on_repetition(const struct item *item, struct result *r, void *arg)
{
	struct session *s = arg;
	const size_t job = (size_t)(item - s->plan->items) % s->plan->jobs;
	struct pilot *p = &s->pilots[job];
	const struct arm_status *status = place_status(s->plan, job, r);
	struct result *found = status ? &p->found[status - s->plan->statuses[job]] : NULL;

	if (found && r->type == RESULT_CELL && found->type == RESULT_CELL) {
		r->cell.verified = found->cell.verified;
		r->cell.counts = found->cell.counts;
		memcpy(r->cell.reasons, found->cell.reasons, sizeof(r->cell.reasons));
		memset(found->cell.reasons, 0, sizeof(found->cell.reasons));
		result_free(found);
		result_init(found, RESULT_CONTEXT);
	}
	if (found && r->type == RESULT_CELL && !strcmp(r->cell.strategy, r->cell.baseline))
		watch_baseline(s, p, &r->cell);
	s->observer->result(item, r, s->observer->arg);
}

static void on_progress(const struct plan *plan, const struct item *item, void *arg)
{
	const struct session *s = arg;

	if (s->observer->progress)
		s->observer->progress(plan, item, s->observer->arg);
}

/* Measure item @i, or let it fail. */
static void measure_item(struct session *s, unsigned i, const struct observer *observer)
{
	const struct item *item = &s->plan->items[i];
	struct reason reason;

	on_progress(s->plan, item, s);
	if (host_measure(s->plan, item, observer, &s->last, &reason))
		place_fail(observer, item, NULL, reason.text);
}

/* The pilot of job @i. */
static void run_pilot(struct session *s, unsigned i)
{
	const struct observer observer = { .result = on_pilot, .progress = on_progress, .arg = s };
	struct item *item = &s->plan->items[i];
	const struct item whole = *item;
	uint64_t start = clock_ns(), took;

	item->job.rounds = 0;
	item->job.min_rounds = 2;
	item->job.budget_ns = whole.job.budget_ns / 4;
	item->job.warmup_ns = at_most(item->job.budget_ns, warmup_max_ns);
	measure_item(s, i, &observer);
	took = clock_ns() - start;
	s->pilots[i].overhead_ns = took > s->pilots[i].overhead_ns ? took - s->pilots[i].overhead_ns : 0;
	if (!s->pilots[i].round_ns)
		s->pilots[i].overhead_ns = 0;	/* it failed and is not measured again */
	*item = (struct item){ .job = whole.job, .target = whole.target };
	item->job.slot_calls = s->plan->items[i + s->plan->jobs].job.slot_calls;
	item->job.verify = item->job.count = false;
}

static uint64_t time_left(const struct plan *plan)
{
	const uint64_t now = clock_ns();

	return plan->deadline > now ? plan->deadline - now : 0;
}

/* What one repetition of all jobs costs in addition to its rounds. */
static uint64_t overhead_of_all(const struct session *s)
{
	uint64_t ns = 1;

	for (unsigned j = 0; j < s->plan->jobs; j++)
		ns += s->pilots[j].overhead_ns;
	return ns;
}

/*
 * Fit the repetitions into the time that is left: as many as cost a fifth of it at
 * most, all of a job's with the same number of rounds, and the same time for each job.
 */
static void plan_repetitions(struct session *s)
{
	enum { ROUNDS_LOW = 5 };
	struct plan *plan = s->plan;
	const uint64_t left = time_left(plan), overhead = overhead_of_all(s);
	unsigned repetitions = plan->n / plan->jobs;
	uint64_t shortest = overhead, per_job;
	unsigned alive = 0;

	for (unsigned j = 0; j < plan->jobs; j++) {
		shortest += (ROUNDS_LOW + 1) * s->pilots[j].round_ns;
		alive += s->pilots[j].round_ns > 0;
	}
	s->fits_rounds = !plan->items[0].job.rounds;
	if (!plan->fixed_repetitions) {
		if (repetitions > left / 5 / overhead)
			repetitions = (unsigned)(left / 5 / overhead);
		if (repetitions < PLACE_REPETITIONS_LOW)
			repetitions = PLACE_REPETITIONS_LOW;
		if (repetitions > left / shortest)
			repetitions = left / shortest < PLACE_REPETITIONS_MIN ? 1 : (unsigned)(left / shortest);
		plan->n = repetitions * plan->jobs;
	}
	/* A repetition costs more than its pilot, by a quarter; correct_rounds() uses what is left. */
	per_job = left / 5 * 4 / repetitions;
	per_job = per_job > overhead ? (per_job - overhead) / (alive ? alive : 1) : 0;
	for (unsigned i = 0; i < plan->n; i++) {
		struct job *job = &plan->items[i].job;
		const uint64_t round_ns = s->pilots[i % plan->jobs].round_ns;

		job->repetitions = repetitions;
		job->warmup_ns = at_most(per_job / 24, warmup_max_ns);
		job->budget_ns = per_job;
		if (!job->rounds)
			job->rounds = round_ns ? at_most((per_job - job->warmup_ns) / round_ns, JOB_ROUNDS_MAX) : 1;
		if (!job->rounds)
			job->rounds = 1;
	}
}

/*
 * Repetition @next comes next, and the one before took @took ns. Where the repetitions
 * so far show that there is time for 2 % more or fewer rounds, correct those to come,
 * so that the last repetition ends in time. The numbers stay close to each other.
 */
static void correct_rounds(struct session *s, unsigned next, uint64_t took)
{
	struct plan *plan = s->plan;
	const double overhead = (double)overhead_of_all(s);
	const unsigned to_come = plan->n / plan->jobs - next;
	const double share = (double)time_left(plan) / to_come;
	double scale;

	s->rounds_ns += fmax(1, (double)took - overhead);
	s->scales += s->scale;
	scale = fmin(fmax((share - overhead) * s->scales / s->rounds_ns, 0.5), 2);
	if (fabs(scale / s->scale - 1) < 0.02)
		return;
	s->scale = scale;
	for (unsigned i = next * plan->jobs; i < plan->n; i++)
		plan->items[i].job.rounds =
			at_most((uint64_t)fmax(1, (double)plan->items[i % plan->jobs].job.rounds * scale), JOB_ROUNDS_MAX);
}

/* Whether @done repetitions of every job are enough. */
static bool is_enough(const struct session *s, unsigned done)
{
	const struct observer *observer = s->observer;

	if (observer->enough && done >= PLACE_LOOK_FIRST && (done - PLACE_LOOK_FIRST) % PLACE_LOOK_EVERY == 0 &&
	    observer->enough(observer->arg))
		return true;
	/* In a slower minute than planned fewer repetitions are as good. */
	return !s->plan->fixed_repetitions && done >= PLACE_REPETITIONS_MIN && !time_left(s->plan);
}

/* Begin repetition @next of all jobs. */
static void begin_repetition(struct session *s, unsigned next)
{
	const uint64_t took = clock_ns() - s->began;

	if (next) {
		settle_again(s);
		if (s->fits_rounds)
			correct_rounds(s, next, took);
	}
	s->began = clock_ns();
}

/* Measure everything with repetitions. */
static void run_repetitions(struct session *s)
{
	const struct observer observer = { .result = on_repetition, .progress = on_progress, .arg = s };
	struct plan *plan = s->plan;

	assert(plan->deadline && plan->jobs);
	for (unsigned i = 0; i < plan->jobs && !interrupted; i++)
		run_pilot(s, i);
	plan_repetitions(s);
	for (unsigned i = 0; i < plan->n && !interrupted; i++) {
		if (i % plan->jobs == 0) {
			if (is_enough(s, i / plan->jobs)) {
				plan->n = i;
				return;
			}
			begin_repetition(s, i / plan->jobs);
		}
		if (place_drop_failed(plan, i))
			measure_item(s, i, &observer);
		else
			s->pilots[i % plan->jobs].overhead_ns = 0;
	}
}

void repetitions_run(struct plan *plan, const struct observer *observer)
{
	struct session s = { .plan = plan, .observer = observer, .scale = 1 };

	on_progress(plan, &plan->items[0], &s);
	settle_memory(&s.held, plan);
	assert(plan->jobs);
	if (plan->n > plan->jobs)
		s.pilots = calloc(plan->jobs, sizeof(*s.pilots));
	if (s.pilots)
		run_repetitions(&s);
	for (unsigned i = 0; i < plan->n && !s.pilots && !interrupted; i++)
		measure_item(&s, i, observer);
	for (unsigned j = 0; s.pilots && j < plan->jobs; j++)
		for (unsigned arm = 0; arm < JOB_ARMS_MAX; arm++)
			result_free(&s.pilots[j].found[arm]);
	free(s.pilots);
	host_close(&s.last);
	free_pages_let_go(&s.held);
}
