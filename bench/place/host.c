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
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "base/paths.h"
#include "base/proc.h"
#include "disk/free_pages.h"
#include "disk/memory.h"
#include "measure/tables.h"
#include "place/place.h"

static int host_open(struct place *place, const char *options, struct reason *reason)
{
	if (*options)
		return reason_fail(reason, -EINVAL, "takes no options");
	place->kernel_backend = !switch_missing();
	place->page_size = (uint64_t)sysconf(_SC_PAGESIZE);
	return 0;
}

/* A measuring process that is being followed. */
struct child {
	const struct plan *plan;
	const struct item *item;
	const struct observer *observer;
	bool seen[JOB_ARMS_MAX];
	char *text;		/* output that is not a whole line yet */
	size_t len, room;
};

/* Parse and hand over each whole line. Returns 0, or -errno with @reason. */
static int take_lines(struct child *c, struct reason *reason)
{
	char *start = c->text, *end;
	struct reason why;
	int err = 0;

	while (!err && (end = memchr(start, '\n', c->len - (size_t)(start - c->text)))) {
		struct result r;
		unsigned arm;

		err = result_parse(start, (size_t)(end - start), &r, &why);
		if (err)
			return reason_fail(reason, err, "unexpected output from faultbench-measure: %s", why.text);
		arm = r.type == RESULT_CONTEXT ? c->item->job.n_arms : place_arm(&c->item->job, &r);
		if (arm == c->item->job.n_arms) {
			err = reason_fail(reason, -EINVAL, "faultbench-measure reported a strategy that is not in "
					  "this job");
		} else {
			c->seen[arm] = true;
			c->observer->result(c->item, &r, c->observer->arg);
		}
		result_free(&r);
		start = end + 1;
	}
	c->len -= (size_t)(start - c->text);
	memmove(c->text, start, c->len);
	return err;
}

/* Read what @fd has now. Returns bytes, 0 at its end, or -errno. */
static ssize_t read_some(struct child *c, int fd)
{
	ssize_t got;

	if (c->room - c->len < 65536) {
		size_t room = c->room ? 2 * c->room : 1 << 17;
		char *text = room > 2 * (size_t)RESULTS_LINE_MAX ? NULL : realloc(c->text, room);

		if (!text)
			return -ENOMEM;
		c->text = text;
		c->room = room;
	}
	got = read(fd, c->text + c->len, c->room - c->len);
	if (got < 0)
		return errno == EINTR ? 1 : -errno;
	c->len += (size_t)got;
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
 * How long a measuring process may take: twice its budget and a minute, since a
 * disk may be slow, but a livelock never ends. Where the rounds are given, each
 * slot may take 50 ms, and as much again per MiB of a block.
 */
static uint64_t patience_ns(const struct job *job)
{
	uint64_t slot_ns = UINT64_C(50000000) * (1 + (job->block_size >> 20));

	return 2 * job->budget_ns + UINT64_C(60000000000) + 2 * job->rounds * job->n_arms * slot_ns;
}

/* Follow measuring process @pid until it ends. Returns 0, or -errno with @reason. */
static int follow(struct child *c, int fd, pid_t pid, struct reason *reason)
{
	const uint64_t until = clock_ns() + patience_ns(&c->item->job);
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	ssize_t got = 1;
	int err = 0, status;

	while (!err && got > 0) {
		int ready = poll(&wait, 1, 250);

		if (interrupted)
			err = reason_fail(reason, -EINTR, "interrupted");
		else if (clock_ns() > until)
			err = reason_fail(reason, -ETIME, "timed out (twice its budget plus 60 s) and was killed");
		else if (ready > 0)
			got = read_some(c, fd);
		if (c->observer->progress)
			c->observer->progress(c->plan, c->item, c->observer->arg);
		if (!err && got < 0)
			err = reason_fail(reason, (int)got, "%s", strerror((int)-got));
		else if (!err && ready > 0 && got > 0)
			err = take_lines(c, reason);
	}
	if (err)
		kill(pid, SIGKILL);
	status = proc_wait(pid);
	if (err || !status)
		return err;
	if (status > 128)
		return reason_fail(reason, -EIO, "faultbench-measure was killed by signal %d (%s)", status - 128,
				   strsignal(status - 128));
	return reason_fail(reason, -EIO, "faultbench-measure exited with status %d", status);
}

/* Start @binary in directory @dir and have it measure @c's item. Returns 0, or -errno with @reason. */
static int run_child(struct child *c, char *binary, int dir, struct reason *reason)
{
	int in[2], out[2], err;
	pid_t pid;

	if (pipe2(in, O_CLOEXEC))
		return reason_fail(reason, -errno, "pipe: %s", strerror(errno));
	if (pipe2(out, O_CLOEXEC)) {
		err = reason_fail(reason, -errno, "pipe: %s", strerror(errno));
		close(in[0]);
		close(in[1]);
		return err;
	}
	pid = proc_spawn((char *[]){ binary, NULL }, in[0], out[1], STDERR_FILENO, dir);
	close(in[0]);
	close(out[1]);
	if (pid < 0) {
		err = reason_fail(reason, pid, "cannot start faultbench-measure: %s", strerror(-pid));
		close(in[1]);
	} else {
		/* A process that has died already is noticed by follow(). */
		send_job(in[1], &c->item->job);
		err = follow(c, out[0], pid, reason);
	}
	close(out[0]);
	return err;
}

/* Measure @item in directory @dir. */
static void measure(const struct plan *plan, const struct item *item, const struct observer *observer, int dir)
{
	struct child c = { .plan = plan, .item = item, .observer = observer };
	char *binary = path_of("faultbench-measure");
	struct reason reason;

	if (!binary)
		reason_set(&reason, "faultbench-measure not found next to faultbench; run make");
	else if (!run_child(&c, binary, dir, &reason))
		reason_set(&reason, "faultbench-measure reported no result for it");
	place_fail(observer, item, c.seen, reason.text);
	free(c.text);
	free(binary);
}

/* Limits that end a measurement in ways that are hard to understand. */
static const char *limits_short(uint64_t files, struct reason *reason)
{
	struct rlimit size, count;

	if (!getrlimit(RLIMIT_FSIZE, &size) && size.rlim_cur < files)
		return reason_set(reason, "the file size limit is %llu bytes, this needs %llu: ulimit -f unlimited",
				  (unsigned long long)size.rlim_cur, (unsigned long long)files);
	if (!getrlimit(RLIMIT_NOFILE, &count) && count.rlim_cur < 64)
		return reason_set(reason, "the limit of open files is %llu, this needs 64: ulimit -n 1024",
				  (unsigned long long)count.rlim_cur);
	return NULL;
}

/* Make the target of @item and measure it there. Returns 0, or -errno with @reason. */
static int run_item(const struct plan *plan, const struct item *item, const struct observer *observer,
		    struct reason *reason)
{
	const struct target *target = item->target;
	const bool has_device = target_has_device(target);
	uint64_t files = memory_files(&item->job), bytes = target_size(target, files);
	struct device device = { .kind = plan->device.kind, .fd = -1 };
	int dir, err = 0;

	if (has_device && plan->device.size)
		bytes = plan->device.size;
	if (target_unsupported(target, reason) || limits_short(has_device ? bytes : files, reason) ||
	    memory_short(&item->job, target, plan->device.size, reason))
		return -ENOTSUP;
	if (bytes < target->min_size)
		return reason_fail(reason, -ENOSPC, "needs a device of at least %llu MiB: a larger --device-size",
				   (unsigned long long)(target->min_size >> 20));
	if (!has_device) {
		dir = target_mount(target, NULL, bytes, reason);
	} else if (device.kind->unsupported(plan->device.path, reason)) {
		return -ENOTSUP;
	} else {
		err = device.kind->open(&device, plan->device.path, bytes, reason);
		if (err)
			return err;
		err = target_mkfs(target->mkfs, device.path, reason);
		dir = err ? err : target_mount(target, device.path, bytes, reason);
	}
	if (dir >= 0) {
		measure(plan, item, observer, dir);
		close(dir);
	}
	if (has_device)
		device.kind->close(&device);
	return dir < 0 ? dir : 0;
}

/* The budget of item @i: the time that is left, shared out evenly. */
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

/* Settle as much memory as the largest timed item will allocate, in a little of the budget. */
static void settle_memory(struct free_pages *f, const struct plan *plan)
{
	uint64_t most = 0, limit = memory_available() / 2;

	for (unsigned i = 0; i < plan->n; i++) {
		const struct item *item = &plan->items[i];
		uint64_t bytes = memory_needed(&item->job, item->target, plan->device.size);

		if (!item->job.counts_only && bytes > most)
			most = bytes;
	}
	free_pages_settle(f, most < limit ? most : limit, plan->budget_ns / 16);
}

static void host_run(struct plan *plan, const struct observer *observer)
{
	struct free_pages held;
	struct reason reason;

	if (observer->progress)
		observer->progress(plan, &plan->items[0], observer->arg);
	settle_memory(&held, plan);
	for (unsigned i = 0; i < plan->n && !interrupted; i++) {
		struct item *item = &plan->items[i];

		if (!place_drop_failed(plan, i))
			continue;
		if (plan->deadline)
			item->job.budget_ns = share(plan, i);
		if (observer->progress)
			observer->progress(plan, item, observer->arg);
		if (run_item(plan, item, observer, &reason))
			place_fail(observer, item, NULL, reason.text);
	}
	free_pages_let_go(&held);
}

const struct place_kind place_host = {
	.name = "host", .summary = "this machine; strategies of user space, or its kernel's",
	.targets = "ext4,btrfs,xfs,tmpfs", .local = true, .open = host_open,
	.target_unsupported = target_unsupported, .run = host_run,
};
