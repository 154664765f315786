// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The machine itself. Each repetition of a job gets a new file system on a new device, and
 * a measuring process of its own that runs inside the mount and is followed until it ends.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/paths.h"
#include "base/proc.h"
#include "disk/memory.h"
#include "measure/tables.h"
#include "place/host.h"

static int host_open(struct place *place, const char *options, struct reason *reason)
{
	if (*options)
		return reason_fail(reason, -EINVAL, "takes no options");
	place->kernel_backend = !switch_missing();
	place->page_size = (uint64_t)sysconf(_SC_PAGESIZE);
	return 0;
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

static const char *host_obstacle(const struct plan *plan, const struct item *item, struct reason *reason)
{
	const struct target *target = item->target;
	const struct job *job = &item->job;
	const uint64_t bytes = memory_device(job, target, plan->device.size);

	if (target_unsupported(target, reason) || target_full(target, job_bytes(job), reason) ||
	    limits_short(target_has_device(target) ? bytes : memory_files(job), reason) ||
	    memory_short(job, target, plan->device.size, reason) ||
	    (target_has_device(target) && plan->device.kind->unsupported(plan->device.path, reason)))
		return reason->text;
	if (bytes < target->min_size)
		return reason_set(reason, "needs a device of at least %llu MiB: a larger --device-size",
				  (unsigned long long)(target->min_size >> 20));
	if (job->threads > (unsigned)CPU_COUNT(&plan->cpus))
		return reason_set(reason, "%u threads need as many CPUs, and %d may be used", job->threads,
				  CPU_COUNT(&plan->cpus));
	return NULL;
}

/* A measuring process that is being followed. */
struct child {
	const struct plan *plan;
	const struct item *item;
	const struct observer *observer;
	bool seen[JOB_ARMS_MAX];
	pid_t closing;		/* the process, once it has reported everything; 0: it was waited for */
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
		arm = place_arm(&c->item->job, &r);
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

/*
 * Read what @fd has now, and parse it. Returns bytes, 1 where a signal came first, or 0
 * at its end; sets *@err with @reason where that fails.
 */
static ssize_t read_some(struct child *c, int fd, int *err, struct reason *reason)
{
	ssize_t got;

	if (c->room - c->len < 65536) {
		size_t room = c->room ? 2 * c->room : 1 << 17;
		char *text = room > 2 * (size_t)RESULTS_LINE_MAX ? NULL : realloc(c->text, room);

		if (!text) {
			*err = reason_fail(reason, -ENOMEM, "not enough memory");
			return 0;
		}
		c->text = text;
		c->room = room;
	}
	got = read(fd, c->text + c->len, c->room - c->len);
	if (got < 0) {
		*err = errno == EINTR ? 0 : reason_fail(reason, -errno, "%s", strerror(errno));
		return 1;
	}
	c->len += (size_t)got;
	*err = take_lines(c, reason);
	return got;
}

/* Send @job, and close @fd. A process that has died already is noticed by follow(). */
static void send_job(int fd, const struct job *job)
{
	FILE *out = fdopen(fd, "w");

	if (out) {
		job_write(out, job);
		fclose(out);
	} else {
		close(fd);
	}
}

/* Whether the process has nothing more to report. A recorder goes on to write its file. */
static bool has_reported(const struct child *c)
{
	return !c->plan->recorder && !memchr(c->seen, false, c->item->job.n_arms);
}

/* Follow measuring process @pid until it has reported everything or ends. Returns 0, or -errno with @reason. */
static int follow(struct child *c, int fd, pid_t pid, struct reason *reason)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	ssize_t got = 1;
	int err = 0, status;

	while (!err && got > 0 && !has_reported(c)) {
		int ready = poll(&wait, 1, 250);

		if (c->observer->progress)
			c->observer->progress(c->plan, c->item, c->observer->arg);
		if (interrupted)
			err = reason_fail(reason, -EINTR, "interrupted");
		else if (ready > 0)
			got = read_some(c, fd, &err, reason);
	}
	if (!err && has_reported(c)) {
		c->closing = pid;
		return 0;
	}
	if (err)
		kill(pid, SIGKILL);
	status = proc_wait(pid);
	if (err || !status)
		return err;
	if (status == 128 + SIGALRM)	/* its watchdog */
		return reason_fail(reason, -ETIME, "a slot did not end in a minute; faultbench-measure was killed");
	if (c->plan->recorder)
		return reason_fail(reason, -EIO, "%s failed with status %d; is there space for its file?",
				   c->plan->recorder[0], status);
	if (status > 128)
		return reason_fail(reason, -EIO, "faultbench-measure was killed by signal %d (%s)", status - 128,
				   strsignal(status - 128));
	return reason_fail(reason, -EIO, "faultbench-measure exited with status %d", status);
}

/* Start @binary in directory @dir and have it measure @c's item. Returns 0, or -errno with @reason. */
static int run_child(struct child *c, const char *binary, int dir, struct reason *reason)
{
	const char *const *recorder = c->plan->recorder;
	const char *argv[PLACE_RECORDER_WORDS + 1] = { binary };
	int in[2], out[2], err;
	cpu_set_t own;
	pid_t pid;

	for (unsigned i = 0; recorder && recorder[i]; i++) {
		assert(i < PLACE_RECORDER_WORDS);
		argv[i] = strcmp(recorder[i], "faultbench-measure") ? recorder[i] : binary;
	}
	if (pipe2(in, O_CLOEXEC))
		return reason_fail(reason, -errno, "pipe: %s", strerror(errno));
	if (pipe2(out, O_CLOEXEC)) {
		err = reason_fail(reason, -errno, "pipe: %s", strerror(errno));
		close(in[0]);
		close(in[1]);
		return err;
	}
	/* A child has the CPUs of its parent. */
	cpus_allowed_here(&own);
	sched_setaffinity(0, sizeof(c->plan->cpus), &c->plan->cpus);
	pid = proc_spawn(argv, in[0], out[1], STDERR_FILENO, dir);
	sched_setaffinity(0, sizeof(own), &own);
	close(in[0]);
	close(out[1]);
	if (pid < 0) {
		err = reason_fail(reason, pid, "cannot start faultbench-measure: %s", strerror(-pid));
		close(in[1]);
	} else {
		send_job(in[1], &c->item->job);
		err = follow(c, out[0], pid, reason);
	}
	close(out[0]);
	return err;
}

/*
 * Have a new faultbench-measure measure @item in directory @dir, and give @observer what
 * it reports. An arm without a result gets a failure. Returns the process if it has
 * reported everything and is closing its files, which the caller waits for; else 0.
 */
static pid_t measure_in(const struct plan *plan, const struct item *item, const struct observer *observer, int dir)
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
	return c.closing;
}

void host_close(struct host_closing *last)
{
	if (last->process)
		proc_wait(last->process);
	if (last->mounted.target)
		mounted_close(&last->mounted);
	*last = (struct host_closing){ 0 };
}

/*
 * Whether @item can be prepared while the one before is still in memory. A plan of doctor has
 * no device.
 */
static bool fits_beside_last(const struct plan *plan, const struct item *item)
{
	return plan->device.kind && plan->device.kind->many &&
	       memory_needed(&item->job, item->target, plan->device.size) < memory_available();
}

int host_measure(const struct plan *plan, const struct item *item, const struct observer *observer,
		 struct host_closing *last, struct reason *reason)
{
	struct mounted mounted;
	int err;

	if (!fits_beside_last(plan, item))
		host_close(last);
	if (host_obstacle(plan, item, reason))
		return -ENOTSUP;
	err = mounted_make(&mounted, item->target, &plan->device,
			   memory_device(&item->job, item->target, plan->device.size), reason);
	host_close(last);
	if (!err)
		err = mounted_mount(&mounted, reason);
	if (err)
		return err;
	*last = (struct host_closing){ measure_in(plan, item, observer, mounted.dir), mounted };
	return 0;
}

const struct place_kind place_host = {
	.name = "host", .summary = "this machine; strategies of user space, or its kernel's",
	.targets = "ext4,btrfs,xfs,tmpfs", .local = true, .open = host_open,
	.target_unsupported = target_unsupported, .obstacle = host_obstacle, .run = repetitions_run,
};
