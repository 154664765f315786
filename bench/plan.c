// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "context.h"
#include "measure/measure.h"
#include "plan.h"
#include "say.h"
#include "workload.h"

static const char user_strategies[] = "native,touch,touch:16,touch-first,populate,null";
static const char kernel_strategies[] = "native,pre,post,gup,gup-probe,probe:16,first,post-first";
static const uint64_t default_job_ns = UINT64_C(10000000000);

enum {
	/* Of a job, by default. Their ranks give an interval of 1.8 sd at 99 %, 8 one of 2.8. */
	SITTINGS = 12,
	SITTING_MIN_ROUNDS = 5,
};

/* A job that has less is measured in one sitting. */
static const uint64_t sittings_job_ns = UINT64_C(8000000000);

/* 2^53: the largest seed that survives JSON readers that know doubles only. */
static const uint64_t seed_max = UINT64_C(1) << 53;

uint64_t plan_seed(void)
{
	uint64_t seed = 0;

	if (getrandom(&seed, sizeof(seed), 0) < 0)
		seed = place_clock();
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
	unsigned before = 0;
	size_t stride;

	if (strchr(word, '#') || !job_name_ok(word) || !strategy_find(job->backend, word, &stride))
		return say_bad("unknown strategy '%s'; 'faultbench list' names them", word);
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
	struct planned *items = reallocarray(plan->items, plan->n + 1, sizeof(*items));
	struct job *job;

	if (!items)
		return say_bad("no memory");
	plan->items = items;
	items[plan->n] = (struct planned){ .job = m->job, .target = m->target };
	job = &items[plan->n].job;
	workload_job(&m->workload, index, job);
	if (m->request->layouts && !in_list(m->request->layouts, job->layout))
		return 0;
	snprintf(job->target, sizeof(job->target), "%s", m->target->name);
	snprintf(job->device, sizeof(job->device), "%s",
		 target_has_device(m->target) ? plan->device->name : "none");
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
	const char *device = request->device ? request->device : "loop";	/* guests have their own */
	char reason[4400];

	*place = place_find(name);
	if (!*place)
		return say_bad("unknown place '%s'; 'faultbench list' names them", name);
	plan->place = *place;
	plan->place_options = strchr(name, ',');
	plan->place_options = plan->place_options ? plan->place_options + 1 : "";
	if ((*place)->unsupported(*place, plan->place_options, reason, sizeof(reason)))
		return say_bad("%s: %s", (*place)->name, reason);
	plan->device = device_find(device);
	if (!plan->device)
		return say_bad("unknown device '%s': loop, brd, zram or a path", device);
	if (request->device && *place == &place_host &&
	    plan->device->unsupported(device, reason, sizeof(reason)))
		return strchr(device, '/') ? say_bad("%s", reason) : say_bad("--device %s: %s", device, reason);
	plan->device_path = device;
	plan->device_size = request->device_size;
	return 0;
}

static uint64_t plan_budget(const struct request *request, const struct plan *plan)
{
	return request->budget_ns ? request->budget_ns : plan->jobs * default_job_ns;
}

static unsigned choose_sittings(const struct request *request, const struct plan *plan)
{
	if (!strcmp(plan->items[0].job.tier, "counts"))
		return 1;
	if (request->sittings)
		return (unsigned)request->sittings;
	return !request->rounds && plan_budget(request, plan) / plan->jobs >= sittings_job_ns ? SITTINGS : 1;
}

/*
 * A job in several sittings, because a new process on a new file system finds
 * other places in memory, and that is no noise that rounds would show. All
 * jobs have a sitting before any has the next: so what changes slowly in the
 * machine meets all of them.
 */
static int lay_out_sittings(const struct request *request, struct plan *plan)
{
	unsigned sittings = choose_sittings(request, plan);
	uint64_t job_ns = plan_budget(request, plan) / plan->jobs;
	struct planned *items = reallocarray(plan->items, plan->jobs * sittings, sizeof(*items));

	plan->fates = calloc(plan->jobs, sizeof(*plan->fates));
	if (items)
		plan->items = items;
	if (!items || !plan->fates)
		return say_bad("no memory");
	plan->n = plan->jobs * sittings;
	for (unsigned i = 0; i < plan->n; i++) {
		struct job *job = &items[i].job;

		if (i >= plan->jobs) {
			items[i] = items[i - plan->jobs];
			job->sitting++;
			/* What one has shown of data and faults holds for all. */
			job->verify = job->count = false;
			/* The machine is warm; the file system is new. */
			job->warmup_ns = job_ns / sittings / 10;
		} else if (job->warmup_ns > job_ns / 4) {
			job->warmup_ns = job_ns / 4;
		}
		job->sittings = sittings;
		if (sittings == 1)
			continue;
		job->min_rounds = SITTING_MIN_ROUNDS;
		/* Noise inside sittings then makes up a quarter of the variance. */
		job->planned_se = request->planned_se * sqrt(sittings) / 2;
	}
	return 0;
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
		status = each_word(request->strategies ? request->strategies :
				   strcmp(job->backend, "kernel") ? user_strategies : kernel_strategies,
				   add_strategy, &m);
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
	job->budget_ns = default_job_ns;
	if (request->sittings > 1 && request->sittings < PLAN_SITTINGS_MIN)
		return say_bad("--sittings: 1, or at least %d: fewer give no interval", PLAN_SITTINGS_MIN);
	status = each_word(request->workloads, add_workload, &m);
	if (!status && !plan->n)
		status = say_bad("no workload of '%s' has a layout of '%s'", request->workloads,
				 request->layouts ? request->layouts : "");
	plan->jobs = plan->n;
	if (!status && request->sittings > 1 && !strcmp(plan->items[0].job.tier, "counts"))
		status = say_bad("--sittings: what a guest counts repeats; leave it out");
	return status ? status : lay_out_sittings(request, plan);
}

int plan_repeat(struct plan *plan, unsigned n)
{
	const unsigned sittings = plan->n / plan->jobs;
	struct planned *items = calloc((size_t)n * sittings, sizeof(*items));
	struct fate (*fates)[JOB_ARMS_MAX] = calloc(n, sizeof(*fates));

	if (!items || !fates) {
		free(items);
		free(fates);
		return -ENOMEM;
	}
	for (unsigned i = 0; i < n * sittings; i++) {
		items[i] = plan->items[i / n];
		items[i].job.seed = (items[i].job.seed + i % n) % seed_max;
	}
	plan_free(plan);
	plan->items = items;
	plan->fates = fates;
	plan->jobs = n;
	plan->n = n * sittings;
	return 0;
}

void plan_free(struct plan *plan)
{
	free(plan->items);
	free(plan->fates);
	plan->items = NULL;
	plan->fates = NULL;
	plan->n = plan->jobs = 0;
}

void plan_print(const struct plan *plan, const struct place *place)
{
	for (unsigned i = 0; i < plan->jobs; i++) {
		const struct job *job = &plan->items[i].job;
		const struct target *t = plan->items[i].target;
		uint64_t bytes = plan->device_size ? plan->device_size : target_size(t, place_file_bytes(job));

		printf("%s %s %s on %s: ", job->workload, job->layout, job->target, place->name);
		if (place->shape) {
			printf("device %s;", job->device);
		} else if (target_has_device(t)) {
			printf("%s of %llu MiB;", plan->device->name, (unsigned long long)(bytes >> 20));
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
			printf("%u sittings, ", plan->n / plan->jobs);
		printf("seed %llu\n", (unsigned long long)job->seed);
	}
}

/* Whether @fd begins as our result files do. An empty file is as good. */
static bool is_result_file(int fd)
{
	static const char start[] = "{\"type\":\"context\",\"schema\":1";
	char text[sizeof(start)] = "";
	ssize_t got = pread(fd, text, sizeof(start) - 1, 0);

	return !got || (got == sizeof(start) - 1 && !memcmp(text, start, sizeof(start) - 1));
}

/* Bytes behind the last newline of @fd, which has @size; -1 when it cannot be read. */
static off_t tail_length(int fd, off_t size)
{
	char block[65536];

	for (off_t end = size; end > 0;) {
		off_t start = end > (off_t)sizeof(block) ? end - (off_t)sizeof(block) : 0;
		const char *newline;

		if (pread(fd, block, (size_t)(end - start), start) != end - start)
			return -1;
		newline = memrchr(block, '\n', (size_t)(end - start));
		if (newline)
			return size - (start + (newline - block) + 1);
		end = start;
	}
	return size;
}

/*
 * End the last line of @fd, which a killed run or an editor left without a
 * newline: with one if the line is whole, else by taking it away, for it would
 * spoil the one that follows.
 */
static int end_last_line(int fd, const char *path)
{
	off_t size = lseek(fd, 0, SEEK_END), len = tail_length(fd, size);
	char *line;
	json_t *json = NULL;

	if (size < 0 || len < 0)
		return -EIO;
	if (!len)
		return 0;
	line = len > RESULTS_LINE_MAX ? NULL : malloc((size_t)len);
	if (line && pread(fd, line, (size_t)len, size - len) == len)
		json = json_loadb(line, (size_t)len, 0, NULL);
	free(line);
	if (json) {
		json_decref(json);
		return write(fd, "\n", 1) == 1 ? 0 : -errno;
	}
	say("%s: its last line was cut short and is taken away", path);
	return ftruncate(fd, size - len) ? -errno : 0;
}

int plan_open_output(const char *path)
{
	struct stat st;
	int fd;

	if (!strcmp(path, "-"))
		return dup(STDOUT_FILENO);
	fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (fd < 0) {
		say("%s: %s; name another with -o", path, strerror(errno));
		return -1;
	}
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || !is_result_file(fd)) {
		say("%s exists and is no result file; nothing was changed; name another with -o", path);
	} else if (flock(fd, LOCK_EX | LOCK_NB)) {
		say("%s is being written by another run; name another with -o", path);
	} else if (end_last_line(fd, path)) {
		say("%s: %s", path, strerror(errno));
	} else {
		return fd;
	}
	close(fd);
	return -1;
}

enum { REASONS_MAX = 16 };	/* more would hide one another */

/* Where result lines go, and how far the run is. */
struct output {
	int fd;
	int error;
	const struct plan *plan;
	bool terminal;
	unsigned shown;		/* columns of the progress line */
	char *reasons[REASONS_MAX];	/* that were said */
	unsigned n_reasons;
};

static void clear_progress(struct output *out)
{
	if (out->shown)
		fprintf(stderr, "\r\033[K");
	out->shown = 0;
}

static void write_line(struct output *out, const char *text, size_t len)
{
	struct iovec iov[] = {
		{ (void *)(uintptr_t)text, len },
		{ (void *)(uintptr_t)"\n", 1 },
	};
	size_t done = 0;

	/* One call a line: a kill leaves whole lines, or one that is cut. */
	while (!out->error && done <= len) {
		ssize_t got = writev(out->fd, done ? &iov[1] : iov, done ? 1 : 2);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || (!done && (size_t)got < len)) {
			out->error = got < 0 ? errno : ENOSPC;
			place_interrupted = SIGPIPE;
			break;
		}
		done += (size_t)got;
	}
}

/* Say why something was not measured, each reason once. */
static void say_reason(struct output *out, const char *text, size_t len)
{
	json_t *line = json_loadb(text, len, 0, NULL);
	const char *reason = json_string_value(json_object_get(line, "reason"));

	for (unsigned i = 0; reason && i < out->n_reasons; i++)
		if (!strcmp(out->reasons[i], reason))
			reason = NULL;
	if (reason && out->n_reasons < REASONS_MAX) {
		clear_progress(out);
		say("%s: %s", json_string_value(json_object_get(line, "target")), reason);
		out->reasons[out->n_reasons] = strdup(reason);
		out->n_reasons += out->reasons[out->n_reasons] != NULL;
	}
	json_decref(line);
}

/* Slots of later sittings are as long as those of the first. */
static void keep_slot(const struct plan *plan, size_t job, const char *text)
{
	static const char key[] = "\"writes_per_slot\":";
	const char *at = memmem(text, strnlen(text, 2048), key, sizeof(key) - 1);
	uint64_t calls = at ? strtoull(at + sizeof(key) - 1, NULL, 10) / plan->items[job].job.threads : 0;

	for (size_t i = job + plan->jobs; calls && i < plan->n; i += plan->jobs)
		plan->items[i].job.slot_calls = calls;
}

static void on_line(const struct planned *item, const char *text, size_t len, void *arg)
{
	static const char failure[] = "{\"type\":\"failure\"";
	struct output *out = arg;
	const struct plan *plan = out->plan;
	size_t job = (size_t)(item - plan->items) % plan->jobs;
	unsigned arm = place_arm(&plan->items[job].job, text);
	bool failed = len > sizeof(failure) && !memcmp(text, failure, sizeof(failure) - 1);

	write_line(out, text, len);
	if (arm == plan->items[job].job.n_arms)
		return;
	if (failed && !place_interrupted) {
		plan->fates[job][arm].failed = true;
		say_reason(out, text, len);
	} else if (!failed) {
		plan->fates[job][arm].measured = true;
		keep_slot(plan, job, text);
	}
}

static struct outcome add_up(const struct plan *plan)
{
	struct outcome all = { 0 };

	for (unsigned i = 0; i < plan->jobs; i++)
		for (unsigned arm = 0; arm < plan->items[i].job.n_arms; arm++) {
			const struct fate *fate = &plan->fates[i][arm];

			all.cells += fate->measured;
			all.partial += fate->measured && fate->failed;
			all.failures += !fate->measured;
		}
	return all;
}

static void on_progress(const struct plan *plan, const struct planned *item, void *arg)
{
	struct output *out = arg;
	uint64_t now = place_clock(), left;
	char line[128];
	int len;

	if (!out->terminal)
		return;
	left = plan->deadline > now ? (plan->deadline - now) / 1000000000 : 0;
	len = snprintf(line, sizeof(line), "[%u/%u] %s %s %s, %llu:%02llu left",
		       (unsigned)(item - plan->items) + 1, plan->n, item->job.workload, item->job.target,
		       item->job.layout, (unsigned long long)left / 60, (unsigned long long)left % 60);
	fprintf(stderr, "\r%.*s\033[K", len > 79 ? 79 : len, line);
	out->shown = (unsigned)len;
}

int plan_run(struct plan *plan, const struct place *place, const struct request *request,
	     const char *command, int fd, struct outcome *outcome)
{
	struct output out = { .fd = fd, .plan = plan, .terminal = isatty(STDERR_FILENO) };
	struct sink sink = { .line = on_line, .progress = on_progress, .arg = &out };
	json_t *keys = place->context ? place->context(place, plan->place_options) : NULL;
	char *context = context_line(command, request->seed, place->name, keys);

	*outcome = (struct outcome){ 0 };
	if (!context)
		return -ENOMEM;
	plan->deadline = place_clock() + plan_budget(request, plan);
	place_catch_signals();
	write_line(&out, context, strlen(context));
	free(context);
	if (!out.error)
		place->run(plan, &sink);
	*outcome = add_up(plan);
	clear_progress(&out);
	for (unsigned i = 0; i < out.n_reasons; i++)
		free(out.reasons[i]);
	if (out.error)
		say("the result file cannot be written: %s", strerror(out.error));
	return -out.error;
}

int plan_open_scratch(void)
{
	int fd = memfd_create("faultbench-results", MFD_CLOEXEC);

	if (fd < 0)
		say("memfd: %s", strerror(errno));
	return fd;
}

off_t plan_mark(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END);

	if (end < 0)
		say("-o: the results are read again, so give a file");
	return end;
}

int plan_load(int fd, off_t mark, struct results *r)
{
	char path[32], message[1024];
	FILE *in;
	int err;

	/* A descriptor of its own, which may read and has its own position. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	in = fopen(path, "re");
	if (!in || fseeko(in, mark, SEEK_SET)) {
		err = -errno;
		say("the results cannot be read again: %s", strerror(-err));
	} else {
		err = results_read(in, "results", r, message, sizeof(message));
		if (err)
			say("%s", message);
	}
	if (in)
		fclose(in);
	return err < 0 ? err : 0;
}

int plan_status(const struct outcome *outcome)
{
	if (place_interrupted)
		return 128 + place_interrupted;
	if (!outcome->failures && !outcome->partial)
		return STATUS_OK;
	return outcome->cells ? STATUS_SOME : STATUS_NONE;
}

char *plan_command(int argc, char **argv)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (int i = 0; i < argc; i++)
		fprintf(out, "%s%s", i ? " " : "", argv[i]);
	fclose(out);
	return text;
}
