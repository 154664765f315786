// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A plan runs in two guests side by side; the work of each depends on the plan
 * alone. A guest that hangs, panics or falls silent fails the job that it was at,
 * and another guest takes over the jobs after it.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "base/say.h"
#include "vm/guest.h"
#include "vm/image.h"
#include "vm/initrd.h"

enum {
	LANES = 2,
	KVM_TRIAL = 20,			/* seconds a guest may take to boot under KVM */
	CONSOLE_TAIL = 400,		/* bytes of a console in a reason */
	BOOT_ITEMS_MAX = 48,		/* RAM disks of a boot: each keeps its pages */
};

/* The outcome of an item. Results wait until those of the items before it are out. */
struct item_outcome {
	bool done;
	unsigned n;
	struct result results[JOB_ARMS_MAX];
	bool seen[JOB_ARMS_MAX];
	struct reason reason;	/* of what was not seen; of all of it if @spoilt */
	bool spoilt;
};

struct lane {
	unsigned *items;	/* indices into the plan, in order */
	unsigned n;
	unsigned at;		/* the first that is not done */
	unsigned booted;	/* items that the running guest was given and has not done */
	unsigned done;		/* items that it has done */
	struct vm_guest guest;
	bool ready;		/* the guest has sent output */
	int current;		/* item it is at, or -1 */
};

struct session {
	const struct vm *vm;
	const struct plan *plan;
	const struct observer *observer;
	struct item_outcome *outcomes;	/* an item each */
	unsigned emitted;
	struct vm_profile profile;
	struct vm_parts parts;
	struct lane lanes[LANES];
};

static bool profiled(const struct session *s)
{
	return s->plan->profile || s->observer->functions || s->observer->faults;
}

const char *vm_obstacle(const struct plan *plan, const struct item *item, struct reason *reason)
{
	const struct job *job = &item->job;
	uint64_t files = job_bytes(job), source = job->block_size * job->threads;
	uint64_t memory = VM_MEMORY_FREE - (vm_fills_disk(item) ? VM_DISK_SIZE : 0);

	(void)plan;
	if (vm_image_unsupported(item->target, reason))
		return reason->text;
	/* tmpfs takes at most half of the memory, which is also the size of the disk. */
	if (files <= VM_DISK_SIZE && files + source <= memory)
		return NULL;
	return reason_set(reason, "too large for a guest: %llu MiB of files and %llu MiB of source; it has a file "
			  "system of %llu MiB and %llu MiB of memory for both", (unsigned long long)files >> 20,
			  (unsigned long long)source >> 20, (unsigned long long)VM_DISK_SIZE >> 20,
			  (unsigned long long)memory >> 20);
}

/* About how many emulated instructions @item takes, relative to others. */
static uint64_t weight(const struct item *item)
{
	/* A write that allocates takes about twice as many instructions as one over a cached page. */
	uint64_t pace = item->job.layout == LAYOUT_OVERWRITE ? 1 : 2;

	return pace * item->job.n_arms * (item->job.rounds + 8) * (item->job.block_size + 16384);
}

/* How many of @items, @n indices into @plan, one guest takes. At least one. */
static unsigned boot_items(const struct plan *plan, const unsigned *items, unsigned n)
{
	unsigned filled = 0;

	for (unsigned i = 0; i < n; i++) {
		filled += vm_fills_disk(&plan->items[items[i]]);
		/* A second one would find no memory left. */
		if (i == BOOT_ITEMS_MAX || filled > 1)
			return i;
	}
	return n;
}

/* Boot a guest for the next items of @lane. Returns 0 or -errno with @reason. */
static int lane_boot(struct session *s, struct lane *lane, struct reason *reason)
{
	const unsigned *items = lane->items + lane->at;
	int initrd;

	lane->booted = boot_items(s->plan, items, lane->n - lane->at);
	lane->done = 0;
	lane->ready = false;
	lane->current = -1;
	initrd = vm_initrd_make(&s->parts, s->plan, items, lane->booted, reason);
	if (initrd < 0)
		return initrd;
	return vm_guest_boot(&lane->guest, s->vm, initrd, lane->booted, profiled(s) ? &s->profile : NULL, reason);
}

/* Hand over what is known, in the order of the plan. */
static void emit_done(struct session *s)
{
	for (; s->emitted < s->plan->n && s->outcomes[s->emitted].done; s->emitted++) {
		const struct item *item = &s->plan->items[s->emitted];
		struct item_outcome *o = &s->outcomes[s->emitted];

		for (unsigned i = 0; i < o->n && !o->spoilt; i++)
			s->observer->result(item, &o->results[i], s->observer->arg);
		place_fail(s->observer, item, o->spoilt ? NULL : o->seen,
			   o->reason.text[0] ? o->reason.text : "no result from the guest");
	}
}

static void lane_item_done(struct session *s, struct lane *lane)
{
	s->outcomes[lane->items[lane->at]].done = true;
	lane->at++;
	lane->booted--;
	lane->done++;
	lane->current = -1;
}

static void spoil(struct session *s, const struct lane *lane, const char *reason)
{
	struct item_outcome *o = &s->outcomes[lane->items[lane->at]];

	/* A message of the kernel may explain why a process was killed. */
	reason_add(&o->reason, "%s", reason);
	o->spoilt = true;
}

/* A result line of the item that the guest is at. Returns 0, or -errno with @reason. */
static int take_result(struct session *s, const struct lane *lane, const char *line, size_t len,
		       struct reason *reason)
{
	const struct job *job = &s->plan->items[lane->current].job;
	struct item_outcome *o = &s->outcomes[lane->current];
	struct result r;
	int err = result_parse(line, len, &r, reason);
	unsigned arm;

	if (err)
		return err;
	arm = place_arm(job, &r);
	if (arm == job->n_arms || o->seen[arm]) {
		result_free(&r);
		return reason_fail(reason, -EINVAL, "result for a strategy not in this job");
	}
	o->results[o->n++] = r;
	o->seen[arm] = true;
	return 0;
}

/* One line from the port. Returns 0, or -errno with @reason. */
static int take_line(struct session *s, struct lane *lane, const char *line, size_t len, struct reason *reason)
{
	unsigned item, number;
	int text = 0;

	if (!lane->booted)
		return reason_fail(reason, -EINVAL, "output after its last job");
	item = lane->items[lane->at];
	if (!strcmp(line, "@ready")) {
		lane->ready = true;
	} else if (!strncmp(line, "@stop ", 6)) {
		return reason_fail(reason, -EINVAL, "%s", line + 6);
	} else if (sscanf(line, "@start %u", &number) == 1 && number == item && lane->current < 0) {
		lane->current = (int)number;
		vm_guest_new_item(&lane->guest);
	} else if (sscanf(line, "@end %u", &number) == 1 && number == item && lane->current >= 0) {
		lane_item_done(s, lane);
	} else if (sscanf(line, "@fail %u %n", &number, &text) == 1 && number == item && text) {
		spoil(s, lane, line + text);
	} else if (*line == '{' && lane->current >= 0) {
		return take_result(s, lane, line, len, reason);
	} else {
		return reason_fail(reason, -EINVAL, "unexpected output");
	}
	return 0;
}

/* Take the guest's output since the last call. Returns 0, or -errno with @reason. */
static int lane_read(struct session *s, struct lane *lane, struct reason *reason)
{
	char *text;
	int err = vm_guest_lines(&lane->guest, &text, reason);

	for (char *rest = text; !err && rest && *rest;) {
		const char *line = strsep(&rest, "\n");

		err = take_line(s, lane, line, strlen(line), reason);
	}
	free(text);
	return err;
}

/* The guest has ended, or must: fail the @n items from the one that it was at. */
static void lane_fail(struct session *s, struct lane *lane, unsigned n, const char *reason)
{
	for (; n && lane->booted; n--) {
		spoil(s, lane, reason);
		lane_item_done(s, lane);
	}
	vm_guest_close(&lane->guest);
}

/* Start the next guest of @lane. Returns false when nothing is left to do. */
static bool lane_start(struct session *s, struct lane *lane)
{
	struct reason reason;

	if (lane->at == lane->n)
		return false;
	if (lane_boot(s, lane, &reason))
		lane_fail(s, lane, lane->booted, reason.text);
	return true;
}

/* Look after @lane. Returns false when it has nothing left to do. */
static bool lane_step(struct session *s, struct lane *lane)
{
	struct reason reason, why;
	char tail[CONSOLE_TAIL];
	int status;
	bool gone;

	if (!lane->guest.pid)
		return lane_start(s, lane);
	gone = vm_guest_ended(&lane->guest, &status);
	if (lane_read(s, lane, &why)) {
		reason_set(&reason, "guest: %s", why.text);
	} else if (gone && lane->booted && (lane->current >= 0 || !lane->done)) {
		reason_set(&reason, "the guest ended early (%s %d)", WIFEXITED(status) ? "status" : "signal",
			   WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	} else if (!gone && clock_ns() - lane->guest.heard > s->vm->deadline * UINT64_C(1000000000)) {
		reason_set(&reason, "the guest was silent for %u s and was ended (deadline=SECONDS allows more)",
			   s->vm->deadline);
	} else if (gone) {	/* all done, or another takes the rest */
		if (profiled(s) && vm_profile_take(&s->profile, lane->guest.profile, &reason))
			say("%s", reason.text);
		vm_guest_close(&lane->guest);
		return true;
	} else {
		return true;
	}
	reason_add(&reason, "its console: %s", vm_guest_last_words(&lane->guest, tail, sizeof(tail)));
	/* All of its items, if it never came up. */
	lane_fail(s, lane, lane->ready ? 1 : lane->booted, reason.text);
	return true;
}

/*
 * Which guest measures an item follows from the plan alone, so that it repeats.
 * What no guest can measure fails here.
 */
static int assign(struct session *s)
{
	/* Two timed guests would disturb each other. */
	const unsigned lanes = s->vm->kvm ? 1 : LANES;
	uint64_t load[LANES] = { 0 };

	for (unsigned l = 0; l < LANES; l++) {
		struct lane *lane = &s->lanes[l];

		lane->items = calloc(s->plan->n, sizeof(*lane->items));
		if (!lane->items)
			return -ENOMEM;
	}
	for (unsigned i = 0; i < s->plan->n; i++) {
		struct item_outcome *o = &s->outcomes[i];
		unsigned least = 0;

		o->done = vm_obstacle(s->plan, &s->plan->items[i], &o->reason) ||
			  vm_parts_image(&s->parts, s->plan->items[i].target, &o->reason);
		if (o->done)
			continue;
		for (unsigned l = 1; l < lanes; l++)
			if (load[l] < load[least])
				least = l;
		s->lanes[least].items[s->lanes[least].n++] = i;
		load[least] += weight(&s->plan->items[i]);
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

	while (busy && !interrupted) {
		busy = false;
		for (unsigned l = 0; l < LANES; l++)
			busy |= lane_step(s, &s->lanes[l]);
		emit_done(s);
		show_progress(s);
		if (busy)
			poll(NULL, 0, 20);
	}
}

/* Whether a guest boots under KVM at all: /dev/kvm may open and still not run one. */
static bool kvm_works(struct session *s, struct reason *reason)
{
	struct lane trial = s->lanes[0];
	struct vm_guest *g = &trial.guest;
	uint64_t until = clock_ns() + KVM_TRIAL * UINT64_C(1000000000);
	bool works = false, ended = false;
	char tail[CONSOLE_TAIL];
	int status;

	if (!lane_boot(s, &trial, reason)) {
		while (!works && !ended && clock_ns() < until && !interrupted) {
			ended = vm_guest_ended(g, &status);
			works = vm_size_of(g->port) > 0;
			poll(NULL, 0, 50);
		}
		reason_set(reason, "accel=kvm does not work here: a trial guest %s %d s; its console: %s; without "
			   "accel=kvm instructions are counted", ended ? "ended within" : "did not boot in",
			   KVM_TRIAL, vm_guest_last_words(g, tail, sizeof(tail)));
	}
	vm_guest_close(g);
	return works;
}

/* Measure all items that can be; the rest fails with @reason if that is why. Returns 0 or -errno. */
static int measure(struct session *s, struct reason *reason)
{
	int err = vm_parts_open(&s->parts, s->vm, reason);

	if (err)
		return err;
	s->outcomes = calloc(s->plan->n, sizeof(*s->outcomes));
	if (!s->outcomes || assign(s))
		return reason_fail(reason, -ENOMEM, "not enough memory");
	if (profiled(s) && s->vm->kvm)
		return reason_fail(reason, -EINVAL, "--profile counts instructions: leave out accel=kvm");
	err = profiled(s) ? vm_profile_open(&s->profile, s->vm, reason) : 0;
	if (!err && s->vm->kvm && !kvm_works(s, reason))
		err = -ENODEV;
	if (!err)
		follow(s);
	return err;
}

void vm_session_run(struct plan *plan, const struct observer *observer)
{
	struct session s = {
		.vm = plan->place->own, .plan = plan, .observer = observer, .parts = { .binary = -1 },
		.lanes = { [0 ... LANES - 1] = { .guest = VM_GUEST_NONE } },
	};
	struct reason reason;

	if (measure(&s, &reason))
		for (unsigned i = 0; i < plan->n; i++)
			place_fail(observer, &plan->items[i], NULL, reason.text);
	for (unsigned l = 0; l < LANES; l++) {
		vm_guest_close(&s.lanes[l].guest);
		free(s.lanes[l].items);
	}
	for (unsigned i = 0; s.outcomes && i < plan->n; i++) {
		struct item_outcome *o = &s.outcomes[i];

		if (plan->profile)
			vm_profile_print(&s.profile, plan->profile, &plan->items[i], i, o->results, o->n);
		if (observer->functions)
			vm_profile_functions(&s.profile, observer, &plan->items[i], i);
		if (observer->faults)
			vm_profile_faults(&s.profile, observer, &plan->items[i], i);
		for (unsigned k = 0; k < o->n; k++)
			result_free(&o->results[k]);
	}
	free(s.outcomes);
	vm_profile_close(&s.profile);
	vm_parts_close(&s.parts);
}
