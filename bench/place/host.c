// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The machine itself. Each job gets a new file system on a new device, and a
 * measuring process of its own that runs inside the mount.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/paths.h"
#include "base/proc.h"
#include "base/say.h"
#include "disk/free_pages.h"
#include "disk/memory.h"
#include "format/results.h"
#include "measure/measure.h"
#include "place/place.h"

static const char *host_unsupported(const struct place *place, const char *options, char *reason, size_t size)
{
	(void)place;
	if (!options || !*options)
		return NULL;
	snprintf(reason, size, "takes no options");
	return reason;
}

/* Lines as they come in, whatever pieces the pipe delivers them in. */
struct lines {
	char *text;
	size_t len, room;
};

/* Hand over each whole line. Returns false when one is none of ours. */
static bool take_lines(struct lines *in, const struct item *item, const struct observer *observer, bool *seen)
{
	char error[256], *start = in->text, *end;

	while ((end = memchr(start, '\n', in->len - (size_t)(start - in->text)))) {
		unsigned arm;

		*end = '\0';
		if (results_check_line(start, (size_t)(end - start), error, sizeof(error))) {
			say("faultbench-measure said something else than a result: %s", error);
			return false;
		}
		arm = place_arm(&item->job, start);
		if (arm == item->job.n_arms)
			return false;
		seen[arm] = true;
		observer->line(item, start, (size_t)(end - start), observer->arg);
		start = end + 1;
	}
	in->len -= (size_t)(start - in->text);
	memmove(in->text, start, in->len);
	return true;
}

/* Read what @fd has now. Returns bytes, 0 at its end, or -errno. */
static ssize_t read_some(struct lines *in, int fd)
{
	ssize_t got;

	if (in->room - in->len < 65536) {
		size_t room = in->room ? 2 * in->room : 1 << 17;
		char *text = room > 2 * (size_t)RESULTS_LINE_MAX ? NULL : realloc(in->text, room);

		if (!text)
			return -ENOMEM;
		in->text = text;
		in->room = room;
	}
	got = read(fd, in->text + in->len, in->room - in->len);
	if (got < 0)
		return errno == EINTR ? 1 : -errno;
	in->len += (size_t)got;
	return got;
}

static int send_job(int fd, const struct job *job)
{
	FILE *out = fdopen(fd, "w");

	if (!out) {
		close(fd);
		return -errno;
	}
	job_write(out, job);
	return fclose(out) ? -errno : 0;
}

/*
 * How long a measuring process may take: twice its budget and a minute, for a
 * disk may be slow, but a livelock never ends. Where the rounds are given, the
 * slots are to take 50 ms at the most, and a MiB of a block as much.
 */
static uint64_t patience_ns(const struct job *job)
{
	uint64_t slot_ns = UINT64_C(50000000) * (1 + (job->block_size >> 20));

	return 2 * job->budget_ns + UINT64_C(60000000000) + 2 * job->rounds * job->n_arms * slot_ns;
}

/* Follow the measuring process until it ends. Returns NULL or what went wrong. */
static const char *follow(int fd, pid_t pid, const struct plan *plan, const struct item *item,
			  const struct observer *observer, bool *seen, char *reason, size_t size)
{
	uint64_t patience = patience_ns(&item->job);
	uint64_t until = clock_ns() + patience;
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	const char *wrong = NULL;
	struct lines in = { 0 };
	ssize_t got = 1;
	int status;

	while (!wrong && got > 0) {
		int ready = poll(&wait, 1, 250);

		if (place_interrupted)
			wrong = "interrupted";
		else if (clock_ns() > until)
			wrong = "did not end in twice its time and a minute; was killed";
		else if (ready > 0)
			got = read_some(&in, fd);
		if (observer->progress)
			observer->progress(plan, item, observer->arg);
		if (!wrong && got < 0)
			wrong = strerror((int)-got);
		if (!wrong && ready > 0 && got > 0 && !take_lines(&in, item, observer, seen))
			wrong = "faultbench-measure said something else than a result";
	}
	free(in.text);
	if (wrong)
		kill(pid, SIGKILL);
	status = proc_wait(pid);
	if (wrong)
		return wrong;
	if (!status)
		return NULL;
	if (status > 128)
		snprintf(reason, size, "faultbench-measure was ended by signal %d (%s)", status - 128,
			 strsignal(status - 128));
	else
		snprintf(reason, size, "faultbench-measure ended with status %d", status);
	return reason;
}

/* Measure @item in directory @dir. */
static void measure(const struct plan *plan, const struct item *item, const struct observer *observer, int dir)
{
	bool seen[JOB_ARMS_MAX] = { false };
	char *binary = path_of("faultbench-measure"), reason[256];
	char *argv[] = { binary, NULL };
	int in[2] = { -1, -1 }, out[2] = { -1, -1 };
	const char *wrong = NULL;
	pid_t pid;

	if (!binary) {
		place_fail(observer, item, NULL, "no faultbench-measure beside faultbench: make");
		return;
	}
	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC)) {
		place_fail(observer, item, NULL, "no pipe");
		goto out;
	}
	pid = proc_spawn(argv, in[0], out[1], STDERR_FILENO, dir);
	close(in[0]);
	close(out[1]);
	in[0] = out[1] = -1;
	if (pid < 0) {
		place_fail(observer, item, NULL, "cannot start faultbench-measure");
		goto out;
	}
	/* A process that is gone already shows below. */
	send_job(in[1], &item->job);
	in[1] = -1;
	wrong = follow(out[0], pid, plan, item, observer, seen, reason, sizeof(reason));
	place_fail(observer, item, seen, wrong ? wrong : "faultbench-measure said nothing of it");
out:
	for (int i = 0; i < 2; i++) {
		if (in[i] >= 0)
			close(in[i]);
		if (out[i] >= 0)
			close(out[i]);
	}
	free(binary);
}

/* A directory on tmpfs for somebody who may not mount; files there are unlinked at once. */
static int shared_tmpfs(char *reason, size_t size)
{
	int dir = open("/dev/shm", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		snprintf(reason, size, "/dev/shm: %s; or be root", strerror(errno));
	return dir;
}

static void run_item(const struct plan *plan, const struct item *item, const struct observer *observer)
{
	const struct target *target = item->target;
	bool has_device = target_has_device(target);
	uint64_t bytes = target_size(target, place_file_bytes(&item->job));
	struct device device = { .kind = plan->device, .fd = -1 };
	char reason[512];
	int dir, err = 0;

	if (target_unsupported(target, reason, sizeof(reason)) ||
	    memory_short(&item->job, target, plan->device_size, reason, sizeof(reason))) {
		place_fail(observer, item, NULL, reason);
		return;
	}
	if (plan->device_size && has_device)
		bytes = plan->device_size;
	if (bytes < target->min_size) {
		snprintf(reason, sizeof(reason), "takes no device of less than %llu MiB: a larger --device-size",
			 (unsigned long long)(target->min_size >> 20));
		place_fail(observer, item, NULL, reason);
		return;
	}
	if (has_device) {
		if (device.kind->unsupported(plan->device_path, reason, sizeof(reason)) ||
		    device.kind->open(&device, plan->device_path, bytes, reason, sizeof(reason))) {
			place_fail(observer, item, NULL, reason);
			return;
		}
		err = target_mkfs(target->mkfs, device.path, reason, sizeof(reason));
	}
	if (!err && !has_device && geteuid())
		dir = shared_tmpfs(reason, sizeof(reason));
	else
		dir = err ? -1 : target_mount(target, has_device ? device.path : NULL, bytes, reason, sizeof(reason));
	if (dir < 0) {
		place_fail(observer, item, NULL, reason);
	} else {
		measure(plan, item, observer, dir);
		close(dir);
	}
	if (has_device)
		device.kind->close(&device);
}

/* The budget of item @i: what earlier ones left over or took too much is shared out anew. */
static uint64_t share(const struct plan *plan, unsigned i)
{
	uint64_t now = clock_ns(), left = plan->deadline > now ? plan->deadline - now : 0;
	const uint64_t warm_up = plan->items[i].job.warmup_ns;
	uint64_t warming = warm_up;
	unsigned items = 1;

	for (unsigned k = i + 1; k < plan->n; k++, items++)
		warming += plan->items[k].job.warmup_ns;
	left = left > warming ? left - warming : 0;
	return warm_up + left / items;
}

/* As much as the largest item that is timed will allocate, in a little of the budget. */
static void settle_memory(struct free_pages *f, const struct plan *plan)
{
	uint64_t most = 0, limit = memory_available() / 2;

	for (unsigned i = 0; i < plan->n; i++) {
		const struct item *item = &plan->items[i];
		uint64_t bytes = memory_needed(&item->job, item->target, plan->device_size);

		if (!item->job.counts_only && bytes > most)
			most = bytes;
	}
	free_pages_settle(f, most < limit ? most : limit, plan->budget_ns / 16);
}

static void host_run(struct plan *plan, const struct observer *observer)
{
	struct free_pages held;

	if (observer->progress)
		observer->progress(plan, &plan->items[0], observer->arg);
	settle_memory(&held, plan);
	for (unsigned i = 0; i < plan->n && !place_interrupted; i++) {
		struct item *item = &plan->items[i];

		if (!place_drop_failed(plan, i))
			continue;
		if (plan->deadline)
			item->job.budget_ns = share(plan, i);
		if (observer->progress)
			observer->progress(plan, item, observer->arg);
		run_item(plan, item, observer);
	}
	free_pages_let_go(&held);
}

static bool host_kernel_backend(const struct place *place, const char *options)
{
	(void)place;
	(void)options;
	return !switch_missing();
}

const struct place place_host = {
	.name = "host", .summary = "this machine; strategies of user space, or its kernel's",
	.targets = "ext4,btrfs,xfs,tmpfs", .local = true, .unsupported = host_unsupported,
	.kernel_backend = host_kernel_backend, .target_unsupported = target_unsupported, .run = host_run,
};
