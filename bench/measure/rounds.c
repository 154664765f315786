// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The timed pass: mirrored rounds of all arms in random order, until the
 * ratio is known well enough or the budget is spent. Stopping looks at the
 * standard error only, never at the ratio itself.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/signed_rank.h"
#include "measure/measure.h"

enum {
	WINDOW_SLOTS_MAX = 4096,
};

static const uint64_t window_ns = JOB_JUDGED_WARMUP * UINT64_C(1000000) / 2;
static const double window_agreement = 0.01;

/* splitmix64: small, and the same everywhere. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* A random permutation of the arms that can be measured. Returns how many. */
static unsigned shuffle(struct run *run, unsigned *order)
{
	unsigned n = 0;

	for (unsigned i = 0; i < run->n_arms; i++)
		if (!run->arms[i].failure.text[0])
			order[n++] = i;
	for (unsigned i = n; i > 1; i--) {
		/* The bias of the remainder is below 2^-58 for at most 32 arms. */
		unsigned j = (unsigned)(next_random(&run->random) % i);
		unsigned swap = order[i - 1];

		order[i - 1] = order[j];
		order[j] = swap;
	}
	return n;
}

static int make_room(struct run *run)
{
	if (run->rounds < run->rounds_room)
		return 0;
	size_t room = run->rounds_room ? 2 * run->rounds_room : 256;

	for (unsigned i = 0; i < run->n_arms; i++) {
		struct arm *arm = &run->arms[i];
		uint64_t *slots = realloc(arm->slots, 2 * room * sizeof(*slots));
		uint32_t *order;

		if (!slots)
			return -ENOMEM;
		arm->slots = slots;
		order = realloc(arm->order, 2 * room * sizeof(*order));
		if (!order)
			return -ENOMEM;
		arm->order = order;
	}
	run->rounds_room = room;
	return 0;
}

/* One round: a permutation and its mirror. */
static int round_run(struct run *run, struct reason *reason)
{
	unsigned order[JOB_ARMS_MAX], n = shuffle(run, order);
	int err = make_room(run);

	if (err)
		return reason_fail(reason, err, "no memory for the samples");
	for (unsigned i = 0; i < 2 * n; i++) {
		struct arm *arm = &run->arms[order[i < n ? i : 2 * n - 1 - i]];
		size_t at = 2 * run->rounds + (i >= n);

		err = slot_run(run, arm, &arm->slots[at], reason);
		if (err)
			return err;
		arm->order[at] = i;
		for (unsigned w = 0; w < run->n_workers; w++)
			arm->involuntary += run->workers[w].involuntary;
	}
	run->rounds++;
	return 0;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* A round that is forgotten. */
static int warm_round(struct run *run, struct reason *reason)
{
	run->rounds = 0;
	return round_run(run, reason);
}

/* Rounds for half a second: steady if the baseline's median is that of the last, *@median. */
static int window(struct run *run, uint64_t *median, struct reason *reason)
{
	const struct arm *arm = &run->arms[run->baseline];
	uint64_t slots[WINDOW_SLOTS_MAX], until = clock_ns() + window_ns, last = *median;
	size_t n = 0;

	do {
		int err = warm_round(run, reason);

		if (err)
			return err;
		slots[n++] = arm->slots[0];
		slots[n++] = arm->slots[1];
	} while (clock_ns() < until && n < WINDOW_SLOTS_MAX);
	qsort(slots, n, sizeof(slots[0]), by_value);
	*median = slots[n / 2];
	run->steady = last && fabs((double)*median / (double)last - 1) <= window_agreement;
	return 0;
}

/* Rounds until two windows agree; where there is no time for two, until the time is up. */
static int warm_up(struct run *run, struct reason *reason)
{
	const uint64_t allowed = run->job->warmup_ns, until = clock_ns() + allowed;
	uint64_t median = 0;

	run->judged = allowed >= 2 * window_ns;
	while (!run->steady && clock_ns() < until) {
		int err = run->judged ? window(run, &median, reason) : warm_round(run, reason);

		if (err)
			return err;
	}
	run->rounds = 0;
	for (unsigned i = 0; i < run->n_arms; i++)
		run->arms[i].involuntary = 0;
	return 0;
}

/* The largest standard error of theta over the arms that make the call; none is never small enough. */
static double worst_se(const struct run *run, double *d)
{
	const struct arm *base = &run->arms[run->baseline];
	double worst = -1;

	for (unsigned i = 0; i < run->n_arms; i++) {
		const struct arm *arm = &run->arms[i];
		struct signed_rank rank;
		size_t n;

		if (i == run->baseline || arm->failure.text[0] || arm->strategy->skips_call)
			continue;
		for (size_t r = 0; r < run->rounds; r++)
			d[r] = (log((double)arm->slots[2 * r]) + log((double)arm->slots[2 * r + 1]) -
				log((double)base->slots[2 * r]) - log((double)base->slots[2 * r + 1])) / 2;
		n = signed_rank_group(d, run->rounds, SIGNED_RANK_MAX);
		if (signed_rank(d, n, 0.99, &rank))
			return INFINITY;
		worst = rank.se > worst ? rank.se : worst;
	}
	return worst < 0 ? INFINITY : worst;
}

static bool precise_enough(const struct run *run)
{
	double *d = malloc(run->rounds * sizeof(*d));
	bool enough = d && worst_se(run, d) <= run->job->planned_se;

	free(d);
	return enough;
}

int pass_rounds(struct run *run, struct reason *reason)
{
	const struct job *job = run->job;
	uint64_t until = run->began + job->budget_ns, next_look = JOB_FIRST_LOOK;
	int err = warm_up(run, reason);

	if (err)
		return err;
	machine_read(&run->before);
	run->in_rounds = true;
	for (;;) {
		err = round_run(run, reason);
		if (err)
			return err;
		if (job->rounds) {
			if (run->rounds == job->rounds)
				break;
			continue;
		}
		if (run->rounds >= job->min_rounds && (clock_ns() >= until || run->rounds == JOB_ROUNDS_MAX))
			break;
		if (job->planned_se > 0 && run->rounds >= next_look) {
			if (precise_enough(run))
				break;
			next_look += next_look / 4;
		}
	}
	machine_read(&run->after);
	return 0;
}
