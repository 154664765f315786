// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A plan runs in two guests side by side; what each is given depends on the
 * plan alone. A guest that hangs, panics or falls silent fails the job that it
 * was at, and another takes over the jobs behind it.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/say.h"
#include "format/results.h"
#include "vm/guest.h"
#include "vm/initrd.h"
#include "vm/kernel.h"
#include "vm/session.h"
#include "vm/share.h"

enum {
	LANES = 2,
	BOOT_DEADLINE = 120,		/* seconds a guest may take to come up, at least */
	KVM_TRIAL = 20,			/* seconds a guest may take to boot under KVM */
	CONSOLE_TAIL = 400,		/* bytes of it in a reason */
};

/* What became of an item. Lines wait until those before them are out. */
struct result {
	bool done;
	unsigned n;
	char *lines[JOB_ARMS_MAX];
	bool seen[JOB_ARMS_MAX];
	char reason[2048];	/* of what was not seen; all of it if @spoilt */
	bool spoilt;
};

struct lane {
	unsigned *items;	/* indices into the plan, in order */
	unsigned n;
	unsigned at;		/* the first that is not done */
	unsigned booted;	/* items that the running guest was given and has not done */
	unsigned done;		/* items that it has done */
	struct vm_guest guest;
	bool ready;		/* the guest has spoken */
	int current;		/* item it is at, or -1 */
	char said[256];		/* why the guest gave up, in its own words */
};

struct session {
	const struct vm *vm;
	const struct plan *plan;
	const struct observer *observer;
	struct result *results;	/* an item each */
	unsigned emitted;
	struct vm_profile profile;
	struct vm_parts parts;
	struct lane lanes[LANES];
	char said[256];		/* what a guest said that ends it */
};

/* Boot a guest for the next items of @lane. Returns 0 or -errno with @reason. */
static int lane_boot(struct session *s, struct lane *lane, char *reason, size_t size)
{
	struct vm_work work = { .plan = s->plan, .items = lane->items + lane->at,
				.n = vm_boot_items(s->plan, lane->items + lane->at, lane->n - lane->at) };
	int initrd;

	lane->booted = work.n;
	lane->done = 0;
	lane->ready = false;
	lane->current = -1;
	initrd = vm_initrd_make(&s->parts, &work, reason, size);
	if (initrd < 0)
		return initrd;
	return vm_guest_boot(&lane->guest, s->vm, initrd, lane->booted, s->plan->profile ? &s->profile : NULL,
			     reason, size);
}

/* Hand over what is known, in the order of the plan. */
static void emit_done(struct session *s)
{
	for (; s->emitted < s->plan->n && s->results[s->emitted].done; s->emitted++) {
		const struct item *item = &s->plan->items[s->emitted];
		struct result *r = &s->results[s->emitted];

		for (unsigned i = 0; i < r->n; i++) {
			if (!r->spoilt)
				s->observer->line(item, r->lines[i], strlen(r->lines[i]), s->observer->arg);
		}
		place_fail(s->observer, item, r->spoilt ? NULL : r->seen,
			   r->reason[0] ? r->reason : "the guest said nothing of it");
	}
}

static void lane_item_done(struct session *s, struct lane *lane)
{
	s->results[lane->items[lane->at]].done = true;
	lane->at++;
	lane->booted--;
	lane->done++;
	lane->current = -1;
}

static void spoil(struct session *s, const struct lane *lane, const char *reason)
{
	struct result *r = &s->results[lane->items[lane->at]];
	size_t len = strlen(r->reason);

	/* Why a process was killed may be what the kernel said. */
	snprintf(r->reason + len, sizeof(r->reason) - len, "%s%s", len ? "; " : "", reason);
	r->spoilt = true;
}

/* A result line of the item that the guest is at. Returns NULL or what is wrong. */
static const char *take_result(struct session *s, const struct lane *lane, const char *line, size_t len)
{
	const struct job *job = &s->plan->items[lane->current].job;
	struct result *r = &s->results[lane->current];
	unsigned arm = place_arm(job, line);

	if (results_check_line(line, len, s->said, sizeof(s->said)))
		return s->said;
	if (arm == job->n_arms || r->seen[arm])
		return "a strategy that nobody asked for";
	r->lines[r->n] = strdup(line);
	if (!r->lines[r->n])
		return "no memory";
	r->n++;
	r->seen[arm] = true;
	return NULL;
}

/* One line from the port. Returns NULL or what is wrong with it. */
static const char *take_line(struct session *s, struct lane *lane, char *line, size_t len)
{
	unsigned item, number;
	int text = 0;

	if (!lane->booted)
		return "the guest went on when all was done";
	item = lane->items[lane->at];
	if (!strcmp(line, "@ready")) {
		lane->ready = true;
	} else if (!strncmp(line, "@stop ", 6)) {
		snprintf(s->said, sizeof(s->said), "%s", line + 6);
		return s->said;
	} else if (sscanf(line, "@start %u", &number) == 1 && number == item && lane->current < 0) {
		lane->current = (int)number;
		vm_guest_turn_page(&lane->guest);
	} else if (sscanf(line, "@end %u", &number) == 1 && number == item && lane->current >= 0) {
		lane_item_done(s, lane);
	} else if (sscanf(line, "@fail %u %n", &number, &text) == 1 && number == item && text) {
		spoil(s, lane, line + text);
	} else if (*line == '{' && lane->current >= 0) {
		return take_result(s, lane, line, len);
	} else {
		return "the guest said something else than a result";
	}
	return NULL;
}

/* Take what the guest has said since. Returns NULL or what is wrong with it. */
static const char *lane_read(struct session *s, struct lane *lane)
{
	const char *wrong = NULL;
	char *text = vm_guest_lines(&lane->guest, &wrong), *rest = text, *line;

	while (!wrong && rest && *rest) {
		line = strsep(&rest, "\n");
		wrong = take_line(s, lane, line, strlen(line));
	}
	if (wrong) {	/* it may lie in the text */
		snprintf(lane->said, sizeof(lane->said), "%s", wrong);
		wrong = lane->said;
	}
	free(text);
	return wrong;
}

/* The guest is gone, or must go: fail what it was at, all of it if it never came up. */
static void lane_fail(struct session *s, struct lane *lane, const char *what)
{
	char tail[CONSOLE_TAIL], reason[1024 + CONSOLE_TAIL + 16];
	unsigned n = lane->ready ? 1 : lane->booted;

	snprintf(reason, sizeof(reason), "%s; its console: %s", what,
		 vm_guest_last_words(&lane->guest, tail, sizeof(tail)));
	for (; n && lane->booted; n--) {
		spoil(s, lane, reason);
		lane_item_done(s, lane);
	}
}

/* Look after @lane. Returns false when it has nothing left to do. */
static bool lane_step(struct session *s, struct lane *lane)
{
	char reason[1024];
	const char *wrong;
	unsigned patience;	/* seconds */
	int status;
	bool gone;

	if (!lane->guest.pid) {
		if (lane->at == lane->n)
			return false;
		if (!lane_boot(s, lane, reason, sizeof(reason)))
			return true;
		while (lane->booted) {
			spoil(s, lane, reason);
			lane_item_done(s, lane);
		}
		vm_guest_close(&lane->guest);
		return true;
	}
	gone = vm_guest_ended(&lane->guest, &status);
	wrong = lane_read(s, lane);
	patience = s->vm->deadline;
	if (!lane->ready && patience < BOOT_DEADLINE)
		patience = BOOT_DEADLINE;
	if (wrong) {
		snprintf(reason, sizeof(reason), "guest: %s", wrong);
	} else if (gone && lane->booted && (lane->current >= 0 || !lane->done)) {
		snprintf(reason, sizeof(reason), "the guest ended early (%s %d)",
			 WIFEXITED(status) ? "status" : "signal",
			 WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	} else if (!gone && clock_ns() - lane->guest.heard > patience * UINT64_C(1000000000)) {
		snprintf(reason, sizeof(reason), "the guest was silent for %u s and was ended "
			 "(deadline=SECONDS gives it longer)", patience);
	} else if (!gone) {
		return true;
	} else {	/* it is done, or leaves the rest to another */
		if (s->plan->profile &&
		    vm_profile_take(&s->profile, lane->guest.profile, reason, sizeof(reason)))
			say("%s", reason);
		vm_guest_close(&lane->guest);
		return true;
	}
	lane_fail(s, lane, reason);
	vm_guest_close(&lane->guest);
	return true;
}

/*
 * Which guest measures what follows from the plan alone, so that it repeats.
 * What no guest can measure fails here.
 */
static int assign(struct session *s)
{
	/* Two at a time would time each other. */
	const unsigned lanes = s->vm->kvm ? 1 : LANES;
	uint64_t load[LANES] = { 0 };

	for (unsigned l = 0; l < LANES; l++) {
		struct lane *lane = &s->lanes[l];

		lane->items = calloc(s->plan->n, sizeof(*lane->items));
		if (!lane->items)
			return -ENOMEM;
	}
	for (unsigned i = 0; i < s->plan->n; i++) {
		struct result *r = &s->results[i];
		unsigned least = 0;

		r->done = !vm_has_room(&s->plan->items[i], r->reason, sizeof(r->reason)) ||
			  vm_parts_image(&s->parts, s->plan->items[i].target, r->reason, sizeof(r->reason));
		if (r->done)
			continue;
		for (unsigned l = 1; l < lanes; l++)
			if (load[l] < load[least])
				least = l;
		s->lanes[least].items[s->lanes[least].n++] = i;
		load[least] += vm_weight(&s->plan->items[i]);
	}
	return 0;
}

static void show_progress(const struct session *s)
{
	if (s->observer->progress && s->emitted < s->plan->n)
		s->observer->progress(s->plan, &s->plan->items[s->emitted], s->observer->arg);
}

static void follow(struct session *s)
{
	bool busy = true;

	while (busy && !place_interrupted) {
		busy = false;
		for (unsigned l = 0; l < LANES; l++)
			busy |= lane_step(s, &s->lanes[l]);
		emit_done(s);
		show_progress(s);
		if (busy)
			poll(NULL, 0, 20);
	}
}

static void fail_all(const struct plan *plan, const struct observer *observer, const char *reason)
{
	for (unsigned i = 0; i < plan->n; i++)
		place_fail(observer, &plan->items[i], NULL, reason);
}

/* Whether a guest comes up under KVM at all: /dev/kvm may open and still not run one. */
static bool kvm_works(struct session *s, char *reason, size_t size)
{
	struct lane trial = s->lanes[0];
	struct vm_guest *g = &trial.guest;
	uint64_t until = clock_ns() + KVM_TRIAL * UINT64_C(1000000000);
	bool works = false, ended = false;
	char tail[CONSOLE_TAIL];
	int status;

	if (!lane_boot(s, &trial, reason, size)) {
		while (!works && !ended && clock_ns() < until && !place_interrupted) {
			ended = vm_guest_ended(g, &status);
			works = vm_size_of(g->port) > 0;
			poll(NULL, 0, 50);
		}
		snprintf(reason, size, "accel=kvm is not verified here: a guest for trial %s %d s; its console: %s; "
			 "without accel=kvm instructions are counted", ended ? "ended within" : "did not come up in",
			 KVM_TRIAL, vm_guest_last_words(g, tail, sizeof(tail)));
	}
	vm_guest_close(g);
	return works;
}

void vm_session_run(struct plan *plan, const struct observer *observer)
{
	struct vm vm;
	struct session s = {
		.vm = &vm, .plan = plan, .observer = observer,
		.lanes = { [0 ... LANES - 1] = { .guest = VM_GUEST_NONE } },
	};
	char reason[4400];

	if (vm_options(&vm, plan->place, plan->place_options, reason, sizeof(reason)) ||
	    vm_kernel(&vm, reason, sizeof(reason)) || vm_parts_open(&s.parts, &vm, reason, sizeof(reason))) {
		fail_all(plan, observer, reason);
		return;
	}
	s.results = calloc(plan->n, sizeof(*s.results));
	if (!s.results || assign(&s))
		fail_all(plan, observer, "no memory");
	else if (plan->profile && vm.kvm)
		fail_all(plan, observer, "--profile counts instructions: leave out accel=kvm");
	else if (plan->profile && vm_profile_open(&s.profile, vm.kernel, reason, sizeof(reason)))
		fail_all(plan, observer, reason);
	else if (vm.kvm && !kvm_works(&s, reason, sizeof(reason)))
		fail_all(plan, observer, reason);
	else
		follow(&s);
	for (unsigned l = 0; l < LANES; l++) {
		vm_guest_close(&s.lanes[l].guest);
		free(s.lanes[l].items);
	}
	for (unsigned i = 0; plan->profile && s.results && i < plan->n; i++)
		vm_profile_print(&s.profile, plan->profile, &plan->items[i], i, s.results[i].lines, s.results[i].n);
	for (unsigned i = 0; s.results && i < plan->n; i++)
		for (unsigned k = 0; k < s.results[i].n; k++)
			free(s.results[i].lines[k]);
	free(s.results);
	vm_profile_close(&s.profile);
	vm_parts_close(&s.parts);
}
