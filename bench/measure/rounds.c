// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The timed pass: mirrored rounds of all arms in random order, as many as were
 * asked for or until the budget is spent. Nothing here looks at a result.
 */
#include <errno.h>
#include <stdlib.h>

#include "measure/measure.h"

enum { WINDOW_SLOTS_MAX = 4096 };

static const uint64_t window_ns = JOB_JUDGED_WARMUP * UINT64_C(1000000) / 2;

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
	uint64_t *round_ns = realloc(run->round_ns, room * sizeof(*round_ns));

	if (!round_ns)
		return -ENOMEM;
	run->round_ns = round_ns;
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

static bool compares_places(const struct run *run)
{
	return run->counts && run->layout->existing && run->job->rounds;
}

/*
 * Where the clock counts instructions, and in a large folio a write costs more at
 * some places than at others, the arms of a round visit the same two places of the
 * file: their slots compare one by one. The places of a run are spread over the file.
 */
static void go_to_place(struct run *run, uint64_t visit)
{
	const uint64_t size = run->calls * run->job->block_size;

	if (!compares_places(run))
		return;
	for (unsigned i = 0; i < run->n_workers; i++) {
		struct worker *w = &run->workers[i];
		uint64_t places = (w->high - w->low) / size;

		w->pos = w->low + visit * places / (2 * run->job->rounds) % places * size;
	}
}

/* The first time that a place is overwritten may cost more, as on btrfs. */
static int overwrite_once(struct run *run, struct reason *reason)
{
	const struct worker *w = run->workers;
	uint64_t places = (w->high - w->low) / (run->calls * run->job->block_size), ns;
	int err = 0;

	while (compares_places(run) && places-- && !err)
		err = slot_run(run, &run->arms[run->baseline], &ns, reason);
	return err;
}

/* One round: a permutation and its mirror. */
static int round_run(struct run *run, struct reason *reason)
{
	unsigned order[JOB_ARMS_MAX], n = shuffle(run, order);
	uint64_t start = clock_ns();
	int err = make_room(run);

	if (err)
		return reason_fail(reason, err, "no memory for the samples");
	for (unsigned i = 0; i < 2 * n; i++) {
		struct arm *arm = &run->arms[order[i < n ? i : 2 * n - 1 - i]];
		size_t at = 2 * run->rounds + (i >= n);

		go_to_place(run, at);
		err = slot_run(run, arm, &arm->slots[at], reason);
		if (err)
			return err;
		arm->order[at] = i;
		for (unsigned w = 0; w < run->n_workers; w++)
			arm->involuntary += run->workers[w].involuntary;
	}
	run->round_ns[run->rounds++] = clock_ns() - start;
	return 0;
}

/* A round that is forgotten. */
static int warm_round(struct run *run, struct reason *reason)
{
	run->rounds = 0;
	return round_run(run, reason);
}

/* Rounds for half a second, and their level in *@level. */
static int window(struct run *run, struct window_level *level, struct reason *reason)
{
	const struct arm *arm = &run->arms[run->baseline];
	uint64_t slots[WINDOW_SLOTS_MAX], until = clock_ns() + window_ns;
	size_t n = 0;

	do {
		int err = warm_round(run, reason);

		if (err)
			return err;
		slots[n++] = arm->slots[0];
		slots[n++] = arm->slots[1];
	} while (clock_ns() < until && n < WINDOW_SLOTS_MAX);
	*level = window_level(slots, n);
	return 0;
}

/* Rounds until two windows agree; where there is no time for two, until the time is up. */
static int warm_up(struct run *run, struct reason *reason)
{
	const uint64_t allowed = run->job->warmup_ns, until = clock_ns() + allowed;
	struct window_level last = { 0 }, now = { 0 };

	run->judged = allowed >= 2 * window_ns;
	for (unsigned windows = 0; !run->steady && clock_ns() < until; windows++) {
		int err = run->judged ? window(run, &now, reason) : warm_round(run, reason);

		if (err)
			return err;
		run->steady = run->judged && windows && window_agrees(last, now);
		last = now;
	}
	run->rounds = 0;
	for (unsigned i = 0; i < run->n_arms; i++)
		run->arms[i].involuntary = 0;
	return 0;
}

/*
 * Whether a job without a given number of rounds goes on after @rounds: until the
 * budget is spent, and for the fewest rounds, but never for twice the budget.
 */
static bool more_rounds(const struct job *job, uint64_t rounds, uint64_t until)
{
	uint64_t now = clock_ns();

	if (rounds == JOB_ROUNDS_MAX || now >= until + job->budget_ns)
		return false;
	return now < until || rounds < job->min_rounds;
}

int pass_rounds(struct run *run, struct reason *reason)
{
	const struct job *job = run->job;
	const uint64_t until = run->began + job->budget_ns;
	uint64_t start = clock_ns();
	int err = overwrite_once(run, reason);

	if (!err)
		err = warm_up(run, reason);
	run->warmup_ns = clock_ns() - start;
	if (err)
		return err;
	machine_read(&run->before);
	run->in_rounds = true;
	start = clock_ns();
	do {
		err = round_run(run, reason);
		if (err)
			return err;
	} while (job->rounds ? run->rounds < job->rounds : more_rounds(job, run->rounds, until));
	run->rounds_ns = clock_ns() - start;
	qsort(run->round_ns, run->rounds, sizeof(run->round_ns[0]), window_order);
	machine_read(&run->after);
	return 0;
}
