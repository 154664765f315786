// SPDX-License-Identifier: GPL-2.0-or-later
/* Running a plan: the result file, progress and messages. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "base/say.h"
#include "base/text.h"
#include "format/context.h"
#include "plan/plan.h"

enum { CONTEXT_MAX = 1 << 20 };	/* bytes of a context line, of which texts are the most */

/* Whether a file that holds @text begins with a context line, as result files do. An empty one is as good. */
static bool is_result_file(const char *text, size_t size)
{
	const size_t most = size < CONTEXT_MAX ? size : CONTEXT_MAX;
	const char *end = size ? memchr(text, '\n', most) : NULL;
	struct reason why;
	struct result r;
	bool is = !size;

	if (size && !result_parse(text, end ? (size_t)(end - text) : most, &r, &why)) {
		is = r.type == RESULT_CONTEXT;
		result_free(&r);
	}
	return is;
}

/*
 * End the last line of @fd, which holds @text: a killed run or an editor left it without
 * a newline. Append one if the line is whole, else remove it, since it would spoil the
 * next one.
 */
static int end_last_line(int fd, const char *path, const char *text, size_t size)
{
	const char *newline = memrchr(text, '\n', size);
	const size_t len = newline ? (size_t)(text + size - newline - 1) : size;
	struct reason why;
	struct result r;

	if (!len)
		return 0;
	if (len <= RESULTS_LINE_MAX && !result_parse(text + size - len, len, &r, &why)) {
		result_free(&r);
		return write(fd, "\n", 1) == 1 ? 0 : -errno;
	}
	say("%s: removed an incomplete last line", path);
	return ftruncate(fd, (off_t)(size - len)) ? -errno : 0;
}

/* Make @fd, of the file @path, ready for more lines. Returns STATUS_OK, or STATUS_BAD_INPUT after one line. */
static int continue_file(int fd, const char *path)
{
	const bool locked = !flock(fd, LOCK_EX | LOCK_NB);
	struct stat st;
	const bool regular = !fstat(fd, &st) && S_ISREG(st.st_mode);
	const size_t size = regular ? (size_t)st.st_size : 0;
	char *text = size ? mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0) : NULL;
	int status = STATUS_OK, err;

	if (text == MAP_FAILED)
		return say_bad("%s: %s; use another name with -o", path, strerror(errno));
	if (!regular || !is_result_file(text, size))
		status = say_bad("%s is not a result file; left unchanged; use another name with -o", path);
	else if (!locked)
		status = say_bad("%s is being written by another run; use another name with -o", path);
	else if (size && (err = end_last_line(fd, path, text, size)))
		status = say_bad("%s: %s; use another name with -o", path, strerror(-err));
	if (size)
		munmap(text, size);
	return status;
}

int plan_open_output(const char *path)
{
	int fd;

	if (!strcmp(path, "-"))
		return dup(STDOUT_FILENO);
	fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (fd < 0) {
		say("%s: %s; use another name with -o", path, strerror(errno));
		return -1;
	}
	if (!continue_file(fd, path))
		return fd;
	close(fd);
	return -1;
}

enum { REASONS_MAX = 16 };	/* more would hide one another */

/* Where results go, and the progress of the run. */
struct output {
	int fd;			/* -1: to no file */
	int error;
	const struct plan *plan;
	struct results *keep;	/* or NULL */
	bool terminal;
	bool fixed_rounds;	/* their number was given */
	uint64_t began;		/* clock_ns() */
	bool shown;		/* a progress line */
	char *reasons[REASONS_MAX];	/* that were printed */
	unsigned n_reasons;
};

static void clear_progress(struct output *out)
{
	if (out->shown)
		fprintf(stderr, "\r\033[K");
	out->shown = false;
}

/* End the run: its results cannot be kept. */
static void give_up(struct output *out, int err)
{
	out->error = err;
	interrupted = SIGPIPE;
}

static void write_line(struct output *out, const char *text, size_t len)
{
	/* One call a line: a kill leaves whole lines, or one that is cut. */
	while (len) {
		ssize_t got = write(out->fd, text, len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			give_up(out, errno);
			return;
		}
		text += got;
		len -= (size_t)got;
	}
}

static void put_result(struct output *out, struct result *r)
{
	char *text = NULL;
	size_t len = 0;
	FILE *line;

	if (out->error)
		return;
	if (out->fd >= 0) {
		line = open_memstream(&text, &len);
		if (line)
			result_write(line, r);
		if (!line || fclose(line))
			give_up(out, ENOMEM);
		else
			write_line(out, text, len);
		free(text);
	}
	if (out->keep && !out->error && results_add(out->keep, r, 0))
		give_up(out, ENOMEM);
}

/* Print why arm @r of @item was not measured, each reason once. */
static void say_reason(struct output *out, const struct item *item, const struct results_failure *f)
{
	for (unsigned i = 0; i < out->n_reasons; i++)
		if (!strcmp(out->reasons[i], f->reason))
			return;
	if (out->n_reasons == REASONS_MAX)
		return;
	clear_progress(out);
	say("%s on %s, %s: %s", item->job.workload, item->job.target, f->strategy, f->reason);
	out->reasons[out->n_reasons] = strdup(f->reason);
	out->n_reasons += out->reasons[out->n_reasons] != NULL;
}

/* Slots of later repetitions are as long as those of the first. */
static void keep_slot(const struct plan *plan, size_t job, const struct results_cell *cell)
{
	uint64_t calls = cell->writes_per_slot / plan->items[job].job.threads;

	for (size_t i = job + plan->jobs; calls && i < plan->n; i += plan->jobs)
		plan->items[i].job.slot_calls = calls;
}

static void on_result(const struct item *item, struct result *r, void *arg)
{
	struct output *out = arg;
	const struct plan *plan = out->plan;
	size_t job = (size_t)(item - plan->items) % plan->jobs;
	struct arm_status *status = place_status(plan, job, r);

	if (status && r->type == RESULT_CELL) {
		status->measured++;
		keep_slot(plan, job, &r->cell);
	} else if (status && !interrupted) {
		status->failed = true;
		say_reason(out, item, &r->failure);
	}
	put_result(out, r);
}

static struct outcome add_up(const struct plan *plan)
{
	const unsigned repetitions = plan->n / plan->jobs;
	struct outcome all = { 0 };

	for (unsigned i = 0; i < plan->jobs; i++)
		for (unsigned arm = 0; arm < JOB_ARMS_MAX && plan->statuses[i][arm].arm[0]; arm++) {
			const struct arm_status *status = &plan->statuses[i][arm];

			all.cells += status->measured > 0;
			all.partial += status->measured && status->measured < repetitions;
			all.failures += !status->measured;
		}
	return all;
}

/* Whether standard error is a terminal on which a line can be written over. */
static bool has_terminal(void)
{
	const char *type = getenv("TERM");

	return isatty(STDERR_FILENO) && type && strcmp(type, "dumb");
}

/* Columns of the terminal that a line may fill without a wrap. */
static int columns(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || !size.ws_col ? 79 : size.ws_col - 1;
}

static void on_progress(const struct plan *plan, const struct item *item, void *arg)
{
	struct output *out = arg;
	unsigned at = (unsigned)(item - plan->items);
	uint64_t now = clock_ns(), left;
	char line[4 * NAME_SIZE];

	if (!out->terminal)
		return;
	if (out->fixed_rounds)	/* whatever the budget says */
		left = at ? (now - out->began) / at * (plan->n - at) : 0;
	else
		left = plan->deadline > now ? plan->deadline - now : 0;
	left /= 1000000000;
	snprintf(line, sizeof(line), "[%u/%u] %s %s %s, %llu:%02llu left",
		 at + 1, plan->n, item->job.workload, item->job.target, layout_names[item->job.layout],
		 (unsigned long long)left / 60, (unsigned long long)left % 60);
	fprintf(stderr, "\r%.*s\033[K", columns(), line);
	out->shown = true;
}

/* The CPUs that threads are pinned to, and their kind: the last of those that may be used. */
static void describe_cpus(const struct plan *plan, struct results_run *run)
{
	struct reason text = { "" };
	struct cpu_kind kinds[8];
	cpu_set_t pinned = plan->cpus;
	unsigned threads = 1;
	size_t n;

	for (unsigned i = 0; i < plan->jobs; i++)
		if (plan->items[i].job.threads > threads)
			threads = plan->items[i].job.threads;
	for (int cpu = 0; cpu < CPU_SETSIZE && (unsigned)CPU_COUNT(&pinned) > threads; cpu++)
		CPU_CLR(cpu, &pinned);
	cpus_add(&text, &pinned);
	result_set_text(&run->pinned, text.text);
	text.text[0] = '\0';
	n = cpus_kinds(&pinned, kinds, sizeof(kinds) / sizeof(kinds[0]));
	for (size_t i = 0; i < n; i++) {
		reason_list(&text, "; ", "");
		/* What every CPU of a machine with one kind has. */
		if (kinds[i].name[0] || kinds[i].capacity != 1024)
			cpus_add_kind(&text, &kinds[i]);
	}
	result_set_text(&run->cpu_kind, text.text);
}

static bool on_look(void *arg)
{
	const struct output *out = arg;

	return out->plan->enough(out->keep, out->plan->enough_arg);
}

int plan_run(struct plan *plan, const struct request *request, const char *command, int fd,
	     struct results *keep, struct outcome *outcome)
{
	struct output out = {
		.fd = fd, .plan = plan, .keep = keep, .began = clock_ns(), .terminal = has_terminal(),
		.fixed_rounds = request->rounds > 0,
	};
	const struct observer observer = {
		.result = on_result, .progress = on_progress, .enough = plan->enough && keep ? on_look : NULL,
		.arg = &out,
	};
	const struct place_kind *place = plan->place->kind;
	struct result context = { .type = RESULT_CONTEXT };
	unsigned long line;
	struct reason why;
	int err;

	context_here(&context.run, command, request->seed, place->name);
	if (place->describe)
		place->describe(plan->place, &context.run);
	if (place->local)
		describe_cpus(plan, &context.run);
	plan->deadline = clock_ns() + plan->budget_ns;
	plan_say_left_out(plan);
	interrupt_catch();
	put_result(&out, &context);
	result_free(&context);
	if (!out.error)
		place->run(plan, &observer);
	*outcome = add_up(plan);
	clear_progress(&out);
	for (unsigned i = 0; i < out.n_reasons; i++)
		free(out.reasons[i]);
	if (out.error) {
		say("the result file cannot be written: %s%s", strerror(out.error),
		    out.error == EFBIG ? "; raise the limit of file size: ulimit -f unlimited" :
		    out.error == ENOSPC ? "; what was measured before is kept" : "");
		return -out.error;
	}
	err = keep ? results_pool(keep, &line, &why) : 0;
	if (err)
		say("%s", why.text);
	return err;
}

int plan_status(const struct outcome *outcome)
{
	if (interrupted)
		return INTERRUPT_STATUS;
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
	/* The first is two words: "faultbench run". */
	fputs(argv[0], out);
	for (int i = 1; i < argc; i++) {
		fputc(' ', out);
		text_quote(out, argv[i]);
	}
	fclose(out);
	return text;
}
