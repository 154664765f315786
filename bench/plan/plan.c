// SPDX-License-Identifier: GPL-2.0-or-later
/* From what a person asks for to jobs and their repetitions. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/say.h"
#include "disk/memory.h"
#include "measure/measure.h"
#include "plan/plan.h"
#include "workload/workload.h"

static const uint64_t default_job_ns = UINT64_C(10000000000);

enum {
	REPETITION_MIN_ROUNDS = 5,
};

static const uint64_t judged_ns = JOB_JUDGED_WARMUP * UINT64_C(1000000);

/* A job that has less is measured in one repetition. */
static const uint64_t repetitions_job_ns = UINT64_C(8000000000);

/* 2^53: the largest seed that survives JSON readers that know doubles only. */
static const uint64_t seed_max = UINT64_C(1) << 53;

uint64_t plan_seed(void)
{
	uint64_t seed = 0;

	if (getrandom(&seed, sizeof(seed), 0) < 0)
		seed = clock_ns();
	/* Short enough to be typed again, with room for the jobs counted from it. */
	return seed % 1000000000;
}

/* Call @fn for every word of the comma list @list. Stops at its first non-zero result. */
static int each_word(const char *list, int (*fn)(const char *word, void *arg), void *arg)
{
	char *copy = strdup(list), *rest = copy, *word;
	int status = copy ? 0 : say_bad("no memory");

	while (!status && (word = strsep(&rest, ",")))
		status = *word ? fn(word, arg) : say_bad("an empty name in '%s'", list);
	free(copy);
	return status;
}

/* Growing state while a request is turned into a plan. */
struct making {
	const struct request *request;
	struct plan *plan;
	struct job job;			/* strategies, seed and budget, without a workload */
	struct workload workload;
	const struct target *target;
};

static int add_strategy(const char *word, void *arg)
{
	struct job *job = &((struct making *)arg)->job;
	bool named = !strchr(word, '#') && job_name_ok(word);
	unsigned before = 0;
	size_t stride;

	if (!named || !strategy_find(job->backend, word, &stride)) {
		if (named && strategy_find("kernel", word, &stride))
			return say_bad("'%s' is a strategy inside Linux and not all of -s are: make it two runs", word);
		return say_bad("unknown strategy '%s'; 'faultbench list' names them%s", word,
			       strchr(word, ':') ? ", and N is a power of two" : "");
	}
	if (job->n_arms == JOB_ARMS_MAX)
		return say_bad("more than %d strategies", JOB_ARMS_MAX);
	for (unsigned i = 0; i < job->n_arms; i++)
		before += !strncmp(job->arms[i], word, strcspn(job->arms[i], "#")) &&
			  strlen(word) == strcspn(job->arms[i], "#");
	if (before)
		snprintf(job->arms[job->n_arms], JOB_NAME_MAX, "%.50s#%u", word, before + 1);
	else
		snprintf(job->arms[job->n_arms], JOB_NAME_MAX, "%s", word);
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

	all_in->user &= strategy_find("user", word, &stride) != NULL;
	all_in->kernel &= strategy_find("kernel", word, &stride) != NULL;
	return 0;
}

/*
 * One back end a run, for no table row mixes the two: the kernel's where it
 * can be had and all that was asked for is there, else user space.
 */
static int choose_backend(const struct request *request, struct job *job, const struct place *place,
			  const char *options)
{
	struct backends all_in = { true, true };
	bool kernel = place->kernel_backend(place, options);
	int status = 0;

	if (request->strategies)
		status = each_word(request->strategies, narrow_backends, &all_in);
	kernel = all_in.kernel && (kernel || !all_in.user);
	snprintf(job->backend, sizeof(job->backend), "%s", kernel ? "kernel" : "user");
	return status;
}

static bool in_list(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = list; (at = strstr(at, word)); at += len)
		if ((at == list || at[-1] == ',') && (at[len] == ',' || !at[len]))
			return true;
	return false;
}

static int add_job(struct making *m, unsigned index)
{
	struct plan *plan = m->plan;
	struct item *items = reallocarray(plan->items, plan->n + 1, sizeof(*items));
	struct job *job;

	if (!items)
		return say_bad("no memory");
	plan->items = items;
	items[plan->n] = (struct item){ .job = m->job, .target = m->target };
	job = &items[plan->n].job;
	workload_job(&m->workload, index, job);
	if (m->request->layouts && !in_list(m->request->layouts, job->layout))
		return 0;
	snprintf(job->target, sizeof(job->target), "%s", m->target->name);
	snprintf(job->device, sizeof(job->device), "%s",
		 target_has_device(m->target) ? device_known_as(plan->device, plan->device_path) : "none");
	job->seed = (m->job.seed + plan->n) % seed_max;
	if (plan->place->shape)
		plan->place->shape(plan->place, plan->place_options, job);
	plan->n++;
	return 0;
}

static int add_target(const char *word, void *arg)
{
	struct making *m = arg;
	int status = 0;

	m->target = target_find(word);
	if (!m->target)
		return say_bad("unknown target '%s'; 'faultbench list' names them", word);
	for (unsigned i = 0; !status && i < workload_jobs(&m->workload); i++)
		status = add_job(m, i);
	return status;
}

static int add_usable_target(const char *word, void *arg)
{
	const struct making *m = arg;
	char reason[256];

	if (m->plan->place->target_unsupported(target_find(word), reason, sizeof(reason)))
		return 0;
	return add_target(word, arg);
}

static int add_workload(const char *word, void *arg)
{
	struct making *m = arg;
	char error[512];

	if (workload_load(word, &m->workload, error, sizeof(error)))
		return say_bad("%s", error);
	if (m->request->targets)
		return each_word(m->request->targets, add_target, m);
	return each_word(m->plan->place->targets, add_usable_target, m);
}

static int check_layout(const char *word, void *arg)
{
	(void)arg;
	return layout_find(word) ? 0 : say_bad("unknown layout '%s': fresh, extend or overwrite", word);
}

static int choose_place(const struct request *request, struct plan *plan, const struct place **place)
{
	const char *name = request->place ? request->place : "host";
	char reason[4400];

	*place = place_find(name);
	if (!*place)
		return say_bad("unknown place '%s'; 'faultbench list' names them", name);
	plan->place = *place;
	plan->place_options = strchr(name, ',');
	plan->place_options = plan->place_options ? plan->place_options + 1 : "";
	if ((*place)->unsupported(*place, plan->place_options, reason, sizeof(reason)))
		return say_bad("%s: %s", (*place)->name, reason);
	if (!(*place)->local && (request->device || request->device_size))
		return say_bad("%s: a guest has a device of its own: leave --device%s out", (*place)->name,
			       request->device ? "" : "-size");
	return plan_device(plan, request->device, request->device_size);
}

int plan_device(struct plan *plan, const char *device, uint64_t size)
{
	uint64_t available = memory_available();
	char reason[512];

	plan->device_path = device ? device : "loop";
	plan->device_size = size;
	plan->device = device_find(plan->device_path);
	if (!plan->device)
		return say_bad("unknown device '%s': loop, brd, zram or a path", device);
	if (device && plan->device->unsupported(device, reason, sizeof(reason)))
		return strchr(device, '/') ? say_bad("%s", reason) : say_bad("--device %s: %s", device, reason);
	/* mkfs alone writes a part of it. */
	if (size > available)
		return say_bad("--device-size: %llu MiB are more than the %llu MiB of memory that are available; take less",
			       (unsigned long long)(size >> 20), (unsigned long long)(available >> 20));
	return 0;
}

static unsigned choose_repetitions(const struct request *request, const struct plan *plan)
{
	uint64_t job_ns = plan->budget_ns / plan->jobs, seconds;

	if (!strcmp(plan->items[0].job.tier, "counts"))
		return 1;
	if (request->repetitions)
		return (unsigned)request->repetitions;
	if (request->rounds || job_ns < repetitions_job_ns)
		return 1;
	seconds = job_ns / 1000000000;
	return seconds < PLAN_REPETITIONS_LOW ? PLAN_REPETITIONS_LOW
	       : seconds > PLAN_REPETITIONS_HIGH ? PLAN_REPETITIONS_HIGH : (unsigned)seconds;
}

/*
 * A job in several repetitions, because a new process on a new file system finds
 * other places in memory, and that is no noise that rounds would show. All
 * jobs have a repetition before any has the next: so what changes slowly in the
 * machine meets all of them.
 */
static int lay_out_repetitions(const struct request *request, struct plan *plan)
{
	unsigned repetitions = choose_repetitions(request, plan);
	uint64_t job_ns = plan->budget_ns / plan->jobs;
	struct item *items = reallocarray(plan->items, plan->jobs * repetitions, sizeof(*items));

	plan->statuses = calloc(plan->jobs, sizeof(*plan->statuses));
	if (items)
		plan->items = items;
	if (!items || !plan->statuses)
		return say_bad("no memory");
	plan->n = plan->jobs * repetitions;
	for (unsigned i = 0; i < plan->n; i++) {
		struct job *job = &items[i].job;

		if (i >= plan->jobs) {
			items[i] = items[i - plan->jobs];
			job->repetition++;
			/* What one has shown of data and faults holds for all. */
			job->verify = job->count = false;
			/* The machine is warm; the file system is new. */
			job->warmup_ns = job_ns / repetitions / 10;
			if (job->warmup_ns >= judged_ns)
				job->warmup_ns = judged_ns - 1;
		} else if (job->warmup_ns > job_ns / 4) {
			job->warmup_ns = job_ns / 4;
		}
		job->repetitions = repetitions;
		job->budget_ns = job_ns / repetitions;
		if (repetitions == 1)
			continue;
		job->min_rounds = REPETITION_MIN_ROUNDS;
		/* Noise inside repetitions then makes up a quarter of the variance. */
		job->planned_se = request->planned_se * sqrt(repetitions) / 2;
	}
	return 0;
}

/* The strategies asked for, or those of the place, or of the back end. */
static int add_strategies(struct making *m)
{
	const struct place *place = m->plan->place;
	const char *list = m->request->strategies;
	int status = 0;

	if (!list && place->strategies)
		list = place->strategies(place, m->plan->place_options);
	if (list)
		return each_word(list, add_strategy, m);
	for (const struct strategy *s = strategies; !status && s->name; s++)
		if (s->by_default && !strcmp(s->backend, m->job.backend))
			status = add_strategy(s->by_default, m);
	return status;
}

int plan_make(const struct request *request, struct plan *plan, const struct place **place)
{
	struct making m = { .request = request, .plan = plan };
	struct job *job = &m.job;
	int status;

	*plan = (struct plan){ 0 };
	job_init(job);
	status = choose_place(request, plan, place);
	if (!status)
		status = choose_backend(request, job, *place, plan->place_options);
	if (!status)
		status = add_strategies(&m);
	if (!status && request->layouts)
		status = each_word(request->layouts, check_layout, NULL);
	if (status)
		return status;
	snprintf(job->baseline, sizeof(job->baseline), "%s", job->arms[0]);
	for (unsigned i = 0; i < job->n_arms; i++)
		if (!strcmp(job->arms[i], request->baseline ? request->baseline : "native"))
			snprintf(job->baseline, sizeof(job->baseline), "%s", job->arms[i]);
	if (request->baseline && strcmp(job->baseline, request->baseline))
		return say_bad("the baseline '%s' is none of the strategies: add it to -s", request->baseline);
	if (request->seed >= seed_max)
		return say_bad("the seed must be below 2^53");
	snprintf(job->place, sizeof(job->place), "%s", (*place)->name);
	job->seed = request->seed;
	job->rounds = request->rounds;
	job->planned_se = request->planned_se;
	if (request->repetitions > 1 && request->repetitions < PLAN_REPETITIONS_MIN)
		return say_bad("--repetitions: 1, or at least %d: fewer give no interval", PLAN_REPETITIONS_MIN);
	status = each_word(request->workloads, add_workload, &m);
	if (!status && !m.target)
		status = say_bad("none of %s can be used there; 'faultbench list' tells why", (*place)->targets);
	else if (!status && !plan->n)
		status = say_bad("no workload of '%s' has a layout of '%s'; 'faultbench workload NAME' shows them",
				 request->workloads, request->layouts);
	plan->jobs = plan->n;
	plan->budget_ns = request->budget_ns ? request->budget_ns : plan->jobs * default_job_ns;
	if (!status && !strcmp(plan->items[0].job.tier, "counts")) {
		if (request->repetitions > 1)
			status = say_bad("--repetitions: what a guest counts repeats; leave it out");
		else if (request->budget_ns)
			say("--budget: what a guest counts takes as long as it takes; --rounds shortens it");
	}
	return status ? status : lay_out_repetitions(request, plan);
}

int plan_repeat(struct plan *plan, unsigned n)
{
	const unsigned repetitions = plan->n / plan->jobs;
	struct item *items = calloc((size_t)n * repetitions, sizeof(*items));
	struct arm_status (*statuses)[JOB_ARMS_MAX] = calloc(n, sizeof(*statuses));

	if (!items || !statuses) {
		free(items);
		free(statuses);
		return -ENOMEM;
	}
	for (unsigned i = 0; i < n * repetitions; i++) {
		items[i] = plan->items[i / n];
		items[i].job.seed = (items[i].job.seed + i % n) % seed_max;
	}
	plan_free(plan);
	plan->items = items;
	plan->statuses = statuses;
	plan->jobs = n;
	plan->n = n * repetitions;
	return 0;
}

void plan_free(struct plan *plan)
{
	free(plan->items);
	free(plan->statuses);
	plan->items = NULL;
	plan->statuses = NULL;
	plan->n = plan->jobs = 0;
}

/* What is known to be in the way of @item there, into @reason; or NULL. */
static const char *in_the_way(const struct plan *plan, const struct item *item, const struct place *place,
			      char *reason, size_t size)
{
	const struct job *job = &item->job;
	const struct source_ops *source = source_find(job->source);
	size_t stride;

	/* A guest's kernel is asked when it runs. */
	if (place->target_unsupported(item->target, reason, size))
		return reason;
	if (!place->local)
		return NULL;
	if (source->unsupported && source->unsupported())
		return source->unsupported();
	for (unsigned a = 0; a < job->n_arms; a++) {
		const struct strategy *s = strategy_find(job->backend, job->arms[a], &stride);
		const char *why = s->unsupported ? s->unsupported() : NULL;

		if (!why)
			continue;
		snprintf(reason, size, "%s: %s", job->arms[a], why);
		return reason;
	}
	return memory_short(job, item->target, plan->device_size, reason, size);
}

void plan_print(const struct plan *plan, const struct place *place)
{
	for (unsigned i = 0; i < plan->jobs; i++) {
		const struct job *job = &plan->items[i].job;
		const struct target *t = plan->items[i].target;
		uint64_t bytes = plan->device_size ? plan->device_size : target_size(t, place_file_bytes(job));
		const char *path = strchr(plan->device_path, '/') ? plan->device_path : NULL, *why;
		char reason[512];

		printf("%s %s %s on %s: ", job->workload, job->layout, job->target, place->name);
		if (!place->local) {
			printf("device %s;", job->device);
		} else if (target_has_device(t)) {
			printf("%s%s%s of %llu MiB;", job->device, path ? " " : "", path ? path : "",
			       (unsigned long long)(bytes >> 20));
			for (int a = 0; t->mkfs[a]; a++)
				printf(" %s", t->mkfs[a]);
			printf(";");
		} else {
			printf("no device;");
		}
		for (unsigned a = 0; a < job->n_arms; a++)
			printf(" %s", job->arms[a]);
		printf("; ");
		if (plan->n > plan->jobs)
			printf("%u repetitions, ", plan->n / plan->jobs);
		printf("seed %llu\n", (unsigned long long)job->seed);
		why = in_the_way(plan, &plan->items[i], place, reason, sizeof(reason));
		if (why)
			printf("  cannot: %s\n", why);
	}
}
