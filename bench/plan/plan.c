// SPDX-License-Identifier: GPL-2.0-or-later
/* From a request to jobs and their repetitions. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/options.h"
#include "base/say.h"
#include "disk/memory.h"
#include "measure/tables.h"
#include "plan/plan.h"
#include "workload/workload.h"

static const uint64_t default_job_ns = UINT64_C(10000000000);

/* A job with less is measured in one repetition. */
static const uint64_t repetitions_job_ns = UINT64_C(8000000000);

uint64_t plan_seed(void)
{
	uint64_t seed = 0;

	if (getrandom(&seed, sizeof(seed), 0) < 0)
		seed = clock_ns();
	/* Short enough to be typed again, with room for the jobs counted from it. */
	return seed % 1000000000;
}

int plan_each_word(const char *list, int (*fn)(const char *word, void *arg), void *arg)
{
	char *copy = strdup(list), *rest = copy, *word;
	int status = copy ? 0 : say_bad("not enough memory");

	while (!status && (word = strsep(&rest, ",")))
		status = *word ? fn(word, arg) : say_bad("the list '%s' has an empty name", list);
	free(copy);
	return status;
}

/* State while a request is turned into a plan. */
struct making {
	const struct request *request;
	struct plan *plan;
	struct job job;			/* strategies, seed and budget, without a workload */
	bool layouts[N_LAYOUTS];	/* that are asked for */
	struct workload workload;
	const struct target *target;
};

static int add_strategy(const char *word, void *arg)
{
	struct job *job = &((struct making *)arg)->job;
	bool named = !strchr(word, '#') && name_ok(word);
	unsigned before = 0;
	struct reason reason;
	size_t stride;

	if (named && job->backend == BACKEND_USER && !strategy_find(BACKEND_USER, word, &stride) &&
	    strategy_find(BACKEND_KERNEL, word, &stride))
		return say_bad("'%s' is a strategy of the kernel, and another one is of user space; measure them "
			       "in separate runs", word);
	if (!named || !strategy_find(job->backend, word, &stride)) {
		if (strchr(word, ':'))
			return say_bad("unknown strategy '%s'; NAME:N is touch:N, or probe:N and probe-each:N in the "
				       "kernel, with N a power of two", word);
		table_unknown(&strategy_tables[job->backend], word, &reason);
		return say_bad("%s", reason.text);
	}
	if (job->n_arms == JOB_ARMS_MAX)
		return say_bad("more than %d strategies", JOB_ARMS_MAX);
	for (unsigned i = 0; i < job->n_arms; i++)
		before += name_same_stem(job->arms[i], word);
	if (before)
		snprintf(job->arms[job->n_arms], NAME_SIZE, "%.50s#%u", word, before + 1);
	else
		snprintf(job->arms[job->n_arms], NAME_SIZE, "%s", word);
	job->n_arms++;
	return 0;
}

struct backends {
	bool user, kernel;
};

static int narrow_backends(const char *word, void *arg)
{
	struct backends *all_in = arg;
	size_t stride;

	all_in->user &= strategy_find(BACKEND_USER, word, &stride) != NULL;
	all_in->kernel &= strategy_find(BACKEND_KERNEL, word, &stride) != NULL;
	return 0;
}

/*
 * One back end a run, for no table row mixes the two: the kernel's where the place
 * has it and it has all strategies asked for, else user space.
 */
static int choose_backend(const struct request *request, struct job *job, const struct place *place)
{
	struct backends all_in = { true, true };
	int status = 0;

	if (request->strategies)
		status = plan_each_word(request->strategies, narrow_backends, &all_in);
	job->backend = all_in.kernel && (place->kernel_backend || !all_in.user) ? BACKEND_KERNEL : BACKEND_USER;
	return status;
}

static bool on_one_page(const struct job *job, uint64_t page)
{
	return job->source_offset % page + job->block_size <= page &&
	       (!job->segment_size || job->segment_size >= job->block_size);
}

/* Leave out default strategies that do nothing in @job, or the same as another one. */
static void leave_out_needless(struct making *m, struct job *job)
{
	bool reads = operations[job->op].reads, one_page = on_one_page(job, m->plan->place->page_size);
	unsigned n = 0;

	if (m->request->strategies)
		return;
	for (unsigned i = 0; i < job->n_arms; i++) {
		size_t stride;
		const struct strategy *s = strategy_find(job->backend, job->arms[i], &stride);

		if (!(reads ? s->for_writing : s->for_reading))
			continue;
		if (one_page && s->on_one_page)
			m->plan->left_out = s;
		else
			memmove(job->arms[n++], job->arms[i], sizeof(job->arms[i]));
	}
	job->n_arms = n;
}

static int add_job(struct making *m, unsigned index)
{
	struct plan *plan = m->plan;
	struct item *items = reallocarray(plan->items, plan->n + 1, sizeof(*items));
	struct job *job;

	if (!items)
		return say_bad("not enough memory");
	plan->items = items;
	items[plan->n] = (struct item){ .job = m->job, .target = m->target };
	job = &items[plan->n].job;
	workload_job(&m->workload, index, job);
	leave_out_needless(m, job);
	if (m->request->layouts && !m->layouts[job->layout])
		return 0;
	snprintf(job->target, sizeof(job->target), "%s", m->target->name);
	snprintf(job->device, sizeof(job->device), "%s", target_has_device(m->target) ?
		 device_known_as(plan->device.kind, plan->device.path) : "none");
	job->seed = (m->job.seed + plan->n) % (OPTION_WHOLE_MAX + 1);
	if (plan->place->kind->shape)
		plan->place->kind->shape(plan->place, job);
	plan->n++;
	return 0;
}

static int add_target(const char *word, void *arg)
{
	struct making *m = arg;
	struct reason reason;
	int status = 0;

	m->target = target_find(word, &reason);
	if (!m->target)
		return say_bad("%s", reason.text);
	for (unsigned i = 0; !status && i < workload_jobs(&m->workload); i++)
		status = add_job(m, i);
	return status;
}

static int add_usable_target(const char *word, void *arg)
{
	const struct making *m = arg;
	struct reason reason;

	if (m->plan->place->kind->target_unsupported(target_find(word, &reason), &reason))
		return 0;
	return add_target(word, arg);
}

static int add_workload(const char *word, void *arg)
{
	struct making *m = arg;
	struct reason error;

	if (workload_load(word, &m->workload, &error))
		return say_bad("%s", error.text);
	if (m->request->targets)
		return plan_each_word(m->request->targets, add_target, m);
	return plan_each_word(m->plan->place->kind->targets, add_usable_target, m);
}

static int add_layout(const char *word, void *arg)
{
	struct making *m = arg;
	struct reason reason;
	ssize_t i = table_choose(&layout_table, word, &reason);

	if (i < 0)
		return say_bad("%s", reason.text);
	m->layouts[i] = true;
	return 0;
}

/* The CPUs of --cpu @list, or all that this process may use. */
static int choose_cpus(struct plan *plan, const char *list)
{
	struct reason allowed = { "" };
	cpu_set_t both;

	cpus_allowed_here(&plan->cpus);
	if (!list)
		return STATUS_OK;
	if (!plan->place->kind->local)
		return say_bad("--cpu does not apply to %s", plan->place->kind->name);
	cpus_add(&allowed, &plan->cpus);
	both = plan->cpus;
	if (cpus_read(list, &plan->cpus))
		return say_bad("--cpu %s: must be a list of CPUs, as in 3 or 4-7", list);
	CPU_AND(&both, &both, &plan->cpus);
	if (!CPU_EQUAL(&both, &plan->cpus))
		return say_bad("--cpu %s: this process may use CPUs %s", list, allowed.text);
	return STATUS_OK;
}

static int choose_place(const struct request *request, struct plan *plan)
{
	struct reason reason;

	plan->place = place_open(request->place ? request->place : "host", &reason);
	if (!plan->place)
		return say_bad("%s", reason.text);
	if (!plan->place->kind->local && (request->device || request->device_size))
		return say_bad("--device%s does not apply to %s, which has a device of its own",
			       request->device ? "" : "-size", plan->place->kind->name);
	return choose_cpus(plan, request->cpus) ? STATUS_BAD_INPUT
						: plan_device(plan, request->device, request->device_size);
}

int plan_device(struct plan *plan, const char *device, uint64_t size)
{
	uint64_t available = memory_available();
	struct reason reason;

	plan->device = (struct device_choice){ .path = device ? device : "loop", .size = size };
	plan->device.kind = device_find(plan->device.path, &reason);
	if (!plan->device.kind)
		return say_bad("%s", reason.text);
	if (device && plan->device.kind->unsupported(device, &reason))
		return say_bad("--device %s: %s", device, reason.text);
	/* mkfs alone writes a part of it. */
	if (size > available)
		return say_bad("--device-size: %llu MiB are more than the %llu MiB of available memory; use less",
			       (unsigned long long)(size >> 20), (unsigned long long)(available >> 20));
	return 0;
}

/* Statuses of @n jobs, those of @items; or NULL. */
static struct arm_status (*make_statuses(const struct item *items, unsigned n))[JOB_ARMS_MAX]
{
	struct arm_status (*statuses)[JOB_ARMS_MAX] = calloc(n, sizeof(*statuses));

	for (unsigned i = 0; statuses && i < n; i++)
		for (unsigned arm = 0; arm < items[i].job.n_arms; arm++)
			strcpy(statuses[i][arm].arm, items[i].job.arms[arm]);
	return statuses;
}

/* Repetitions of each job at most: the place may find that their cost leaves time for fewer. */
static unsigned choose_repetitions(const struct request *request, const struct plan *plan)
{
	if (plan->items[0].job.tier == TIER_COUNTS)
		return 1;
	if (request->repetitions)
		return (unsigned)request->repetitions;
	if (request->most_repetitions)
		return request->most_repetitions;
	if (request->rounds || plan->budget_ns / plan->jobs < repetitions_job_ns)
		return 1;
	return plan->place->kind->local ? PLACE_REPETITIONS_HIGH : PLACE_REPETITIONS_LOW;
}

/*
 * A job has several repetitions, because a new process on a new file system has
 * other places in memory, and rounds do not show that variance. Every job gets
 * a repetition before any gets the next, so that slow changes of the machine
 * affect all of them.
 */
static int lay_out_repetitions(const struct request *request, struct plan *plan)
{
	const unsigned repetitions = choose_repetitions(request, plan);
	const uint64_t job_ns = plan->budget_ns / plan->jobs;
	struct item *items = reallocarray(plan->items, plan->jobs * repetitions, sizeof(*items));

	if (items)
		plan->items = items;
	plan->statuses = make_statuses(plan->items, plan->jobs);
	if (!items || !plan->statuses)
		return say_bad("not enough memory");
	plan->n = plan->jobs * repetitions;
	plan->fixed_repetitions = request->repetitions || repetitions == 1;
	for (unsigned i = 0; i < plan->n; i++) {
		struct job *job = &items[i].job;

		if (i >= plan->jobs) {
			items[i] = items[i - plan->jobs];
			job->repetition++;
			/* Verify and count once; later repetitions only time. */
			job->verify = job->count = false;
		}
		job->repetitions = repetitions;
		job->budget_ns = job_ns / repetitions;
		if (job->warmup_ns > job->budget_ns / 4)
			job->warmup_ns = job->budget_ns / 4;
	}
	return 0;
}

/* The strategies asked for, or those of the place, or of the back end. */
static int add_strategies(struct making *m)
{
	const char *list = m->request->strategies ? m->request->strategies : m->plan->place->strategies;
	int status = 0;

	if (list)
		return plan_each_word(list, add_strategy, m);
	for (const struct strategy *s = strategies; !status && s->name; s++)
		if (s->by_default && s->backend == m->job.backend)
			status = add_strategy(s->by_default, m);
	return status;
}

static int choose_baseline(const struct request *request, struct job *job)
{
	const char *wanted = request->baseline ? request->baseline : "native";

	strcpy(job->baseline, job->arms[0]);
	for (unsigned i = 0; i < job->n_arms; i++)
		if (!strcmp(job->arms[i], wanted))
			strcpy(job->baseline, job->arms[i]);
	if (request->baseline && strcmp(job->baseline, request->baseline))
		return say_bad("baseline '%s' is not among the strategies; add it to -s", request->baseline);
	return 0;
}

/* Everything about the jobs that does not depend on a workload. */
static int prepare(struct making *m)
{
	const struct request *request = m->request;
	struct job *job = &m->job;
	int status;

	job_init(job);
	status = choose_place(request, m->plan);
	if (!status)
		status = choose_backend(request, job, m->plan->place);
	if (!status)
		status = add_strategies(m);
	if (!status && request->layouts)
		status = plan_each_word(request->layouts, add_layout, m);
	if (!status)
		status = choose_baseline(request, job);
	if (status)
		return status;
	if (request->repetitions > 1 && request->repetitions < PLACE_REPETITIONS_MIN)
		return say_bad("--repetitions: 1, or at least %d: fewer give no interval", PLACE_REPETITIONS_MIN);
	snprintf(job->place, sizeof(job->place), "%s", m->plan->place->kind->name);
	job->seed = request->seed;
	job->rounds = request->rounds;
	return 0;
}

int plan_make(const struct request *request, struct plan *plan)
{
	struct making m = { .request = request, .plan = plan };
	int status;

	*plan = (struct plan){ 0 };
	status = prepare(&m);
	if (!status)
		status = plan_each_word(request->workloads, add_workload, &m);
	if (status)
		return status;
	if (!m.target)
		return say_bad("none of the targets %s can be used there; see 'faultbench list targets'", plan->place->kind->targets);
	if (!plan->n)
		return say_bad("none of the workloads %s has a layout of %s; 'faultbench workload NAME' shows its layouts",
			       request->workloads, request->layouts);
	plan->jobs = plan->n;
	plan->budget_ns = request->budget_ns ? request->budget_ns : plan->jobs * default_job_ns;
	if (plan->items[0].job.tier == TIER_COUNTS) {
		if (request->repetitions > 1)
			return say_bad("--repetitions does not apply to counts, which are the same in every repetition; leave it out");
		if (request->budget_ns)
			say("--budget does not apply to counts and is ignored; --rounds shortens a run");
	}
	return lay_out_repetitions(request, plan);
}

static void free_items(struct plan *plan)
{
	free(plan->items);
	free(plan->statuses);
	plan->items = NULL;
	plan->statuses = NULL;
	plan->n = plan->jobs = 0;
}

int plan_repeat(struct plan *plan, unsigned n)
{
	const unsigned repetitions = plan->n / plan->jobs;
	struct item *items = calloc((size_t)n * repetitions, sizeof(*items));

	if (!items)
		return -ENOMEM;
	for (unsigned i = 0; i < n * repetitions; i++) {
		items[i] = plan->items[i / n];
		items[i].job.seed = (items[i].job.seed + i % n) % (OPTION_WHOLE_MAX + 1);
	}
	free_items(plan);
	plan->items = items;
	plan->statuses = make_statuses(items, n);
	plan->jobs = n;
	plan->n = n * repetitions;
	return plan->statuses ? 0 : -ENOMEM;
}

void plan_free(struct plan *plan)
{
	free_items(plan);
	place_close(plan->place);
	plan->place = NULL;
}

/* What is known to prevent @item, or NULL. */
static const char *obstacle(const struct plan *plan, const struct item *item, struct reason *reason)
{
	const struct place_kind *place = plan->place->kind;
	const struct job *job = &item->job;
	const struct source_ops *source = source_find(job->source);
	size_t stride;

	if (place->obstacle(plan, item, reason))
		return reason->text;
	/* A guest's kernel is asked when it runs. */
	if (!place->local)
		return NULL;
	if (source->unsupported && source->unsupported())
		return source->unsupported();
	for (unsigned a = 0; a < job->n_arms; a++) {
		const struct strategy *s = strategy_find(job->backend, job->arms[a], &stride);
		const char *why = s->unsupported ? s->unsupported() : NULL;

		if (why)
			return reason_set(reason, "%s: %s", job->arms[a], why);
	}
	return NULL;
}

static void print_device(const struct plan *plan, const struct item *item)
{
	const struct target *t = item->target;
	const char *path = strchr(plan->device.path, '/') ? plan->device.path : NULL;

	if (!plan->place->kind->local) {
		printf("device %s;", item->job.device);
		return;
	}
	if (!target_has_device(t)) {
		printf("no device;");
		return;
	}
	printf("%s%s%s of %llu MiB;", item->job.device, path ? " " : "", path ? path : "",
	       (unsigned long long)(memory_device(&item->job, t, plan->device.size) >> 20));
	for (int a = 0; t->mkfs[a]; a++)
		printf(" %s", t->mkfs[a]);
	printf(";");
}

void plan_say_left_out(const struct plan *plan)
{
	if (plan->left_out)
		say("%s is left out where a block is within one page: it does the same as %s",
		    plan->left_out->name, plan->left_out->on_one_page);
}

int plan_print(const struct plan *plan)
{
	struct outcome outcome = { 0 };

	plan_say_left_out(plan);
	for (unsigned i = 0; i < plan->jobs; i++) {
		const struct job *job = &plan->items[i].job;
		struct reason reason;
		const char *why;

		printf("%s %s %s on %s: ", job->workload, layout_names[job->layout], job->target,
		       plan->place->kind->name);
		print_device(plan, &plan->items[i]);
		for (unsigned a = 0; a < job->n_arms; a++)
			printf(" %s", job->arms[a]);
		printf("; ");
		if (plan->n > plan->jobs)
			printf("%s%u repetitions, ", plan->fixed_repetitions ? "" : "up to ",
			       plan->n / plan->jobs);
		printf("seed %llu\n", (unsigned long long)job->seed);
		why = obstacle(plan, &plan->items[i], &reason);
		if (why)
			printf("  cannot: %s\n", why);
		*(why ? &outcome.failures : &outcome.cells) += 1;
	}
	return plan_status(&outcome);
}
