// SPDX-License-Identifier: GPL-2.0-or-later
/* Running a plan: the result file, progress, and what is said of it. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/say.h"
#include "format/context.h"
#include "plan/plan.h"

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
	bool whole;

	if (size < 0 || len < 0)
		return -EIO;
	if (!len)
		return 0;
	if (len <= RESULTS_LINE_MAX) {
		line = malloc((size_t)len);
		if (!line)
			return -ENOMEM;
		whole = pread(fd, line, (size_t)len, size - len) == len;
		json = whole ? json_loadb(line, (size_t)len, 0, NULL) : NULL;
		free(line);
		if (!whole)
			return -EIO;
	}
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
	int fd, err;

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
	} else if ((err = end_last_line(fd, path))) {
		say("%s: %s; name another with -o", path, strerror(-err));
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
	uint64_t began;		/* clock_ns() */
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
	size_t done = 0;

	/* One call a line: a kill leaves whole lines, or one that is cut. */
	while (!out->error && done <= len) {
		struct iovec iov[] = {
			{ (void *)(uintptr_t)(text + done), len - done },
			{ (void *)(uintptr_t)"\n", 1 },
		};
		ssize_t got = writev(out->fd, iov, 2);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			out->error = errno;
			place_interrupted = SIGPIPE;
			break;
		}
		done += (size_t)got;
	}
}

/* Say why @arm of @job was not measured, each reason once. */
static void say_reason(struct output *out, const struct job *job, unsigned arm, const char *text, size_t len)
{
	json_t *line = json_loadb(text, len, 0, NULL);
	const char *reason = json_string_value(json_object_get(line, "reason"));

	for (unsigned i = 0; reason && i < out->n_reasons; i++)
		if (!strcmp(out->reasons[i], reason))
			reason = NULL;
	if (reason && out->n_reasons < REASONS_MAX) {
		clear_progress(out);
		say("%s on %s, %s: %s%s", job->workload, job->target, job->arms[arm], reason,
		    strstr(reason, strerror(ENOSPC)) ? " (--device-size sets how much there is)" : "");
		out->reasons[out->n_reasons] = strdup(reason);
		out->n_reasons += out->reasons[out->n_reasons] != NULL;
	}
	json_decref(line);
}

/* Slots of later repetitions are as long as those of the first. */
static void keep_slot(const struct plan *plan, size_t job, const char *text)
{
	static const char key[] = "\"writes_per_slot\":";
	const char *at = memmem(text, strnlen(text, 2048), key, sizeof(key) - 1);
	uint64_t calls = at ? strtoull(at + sizeof(key) - 1, NULL, 10) / plan->items[job].job.threads : 0;

	for (size_t i = job + plan->jobs; calls && i < plan->n; i += plan->jobs)
		plan->items[i].job.slot_calls = calls;
}

static void on_line(const struct item *item, const char *text, size_t len, void *arg)
{
	static const char failure[] = "{\"type\":\"failure\"";
	struct output *out = arg;
	const struct plan *plan = out->plan;
	size_t job = (size_t)(item - plan->items) % plan->jobs;
	unsigned arm = place_arm(&plan->items[job].job, text);
	bool failed = len > sizeof(failure) && !memcmp(text, failure, sizeof(failure) - 1);

	write_line(out, text, len);
	if (out->error || arm == plan->items[job].job.n_arms)
		return;
	if (failed && !place_interrupted) {
		plan->statuses[job][arm].failed = true;
		say_reason(out, &plan->items[job].job, arm, text, len);
	} else if (!failed) {
		plan->statuses[job][arm].measured++;
		keep_slot(plan, job, text);
	}
}

static struct outcome add_up(const struct plan *plan)
{
	struct outcome all = { 0 };

	for (unsigned i = 0; i < plan->jobs; i++)
		for (unsigned arm = 0; arm < plan->items[i].job.n_arms; arm++) {
			const struct arm_status *status = &plan->statuses[i][arm];

			all.cells += status->measured > 0;
			all.partial += status->measured && status->measured < plan->n / plan->jobs;
			all.failures += !status->measured;
		}
	return all;
}

static void on_progress(const struct plan *plan, const struct item *item, void *arg)
{
	struct output *out = arg;
	unsigned at = (unsigned)(item - plan->items);
	uint64_t now = clock_ns(), left;
	char line[128];
	int len;

	if (!out->terminal)
		return;
	if (item->job.rounds)	/* whatever the budget says */
		left = at ? (now - out->began) / at * (plan->n - at) : 0;
	else
		left = plan->deadline > now ? plan->deadline - now : 0;
	left /= 1000000000;
	len = snprintf(line, sizeof(line), "[%u/%u] %s %s %s, %llu:%02llu left",
		       at + 1, plan->n, item->job.workload, item->job.target,
		       item->job.layout, (unsigned long long)left / 60, (unsigned long long)left % 60);
	fprintf(stderr, "\r%.*s\033[K", len > 79 ? 79 : len, line);
	out->shown = (unsigned)len;
}

int plan_run(struct plan *plan, const struct place *place, const struct request *request,
	     const char *command, int fd, struct outcome *outcome)
{
	struct output out = { .fd = fd, .plan = plan, .began = clock_ns(), .terminal = isatty(STDERR_FILENO) };
	struct observer observer = { .line = on_line, .progress = on_progress, .arg = &out };
	json_t *keys = place->context ? place->context(place, plan->place_options) : NULL;
	char *context = context_line(command, request->seed, place->name, keys);

	*outcome = (struct outcome){ 0 };
	if (!context || (place->context && !keys)) {
		say("%s: its kernel and machine cannot be described; 'faultbench list places' tells what it lacks", place->name);
		free(context);
		return -EIO;
	}
	plan->deadline = clock_ns() + plan->budget_ns;
	place_catch_signals();
	write_line(&out, context, strlen(context));
	free(context);
	if (!out.error)
		place->run(plan, &observer);
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

/* A word as a shell takes it back. */
static void put_quoted(FILE *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._,:=/@%+-";

	if (*word && !word[strspn(word, plain)]) {
		fprintf(out, " %s", word);
		return;
	}
	fputs(" '", out);
	for (; *word; word++)
		fputs(*word == '\'' ? "'\\''" : (char[]){ *word, '\0' }, out);
	fputc('\'', out);
}

char *plan_command(int argc, char **argv)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	/* The first is our own: two words. */
	fputs(argv[0], out);
	for (int i = 1; i < argc; i++)
		put_quoted(out, argv[i]);
	fclose(out);
	return text;
}
