// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The machine itself. Each repetition of a job gets a new file system on a new device, and
 * a measuring process of its own that runs inside the mount.
 */
#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/proc.h"
#include "disk/memory.h"
#include "disk/mounted.h"
#include "measure/tables.h"
#include "place/child.h"
#include "place/place.h"
#include "place/repetitions.h"

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

/*
 * The item before, whose process frees the pages of its files. That takes as long as a
 * mkfs, so the next device is made meanwhile; nothing is mounted or measured then.
 */
struct closing {
	pid_t process;		/* 0: none */
	struct mounted mounted;	/* target NULL: nothing is mounted */
};

static void close_last(void *arg)
{
	struct closing *last = arg;

	if (last->process)
		proc_wait(last->process);
	if (last->mounted.target)
		mounted_close(&last->mounted);
	*last = (struct closing){ 0 };
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

/* Make the target of @item and measure it there. Returns 0, or -errno with @reason. */
static int run_item(const struct plan *plan, const struct item *item, const struct observer *observer,
		    void *arg, struct reason *reason)
{
	struct closing *last = arg;
	struct mounted mounted;
	int err;

	if (!fits_beside_last(plan, item))
		close_last(last);
	if (host_obstacle(plan, item, reason))
		return -ENOTSUP;
	err = mounted_make(&mounted, item->target, &plan->device,
			   memory_device(&item->job, item->target, plan->device.size), reason);
	close_last(last);
	if (!err)
		err = mounted_mount(&mounted, reason);
	if (err)
		return err;
	*last = (struct closing){ child_measure(plan, item, observer, mounted.dir), mounted };
	return 0;
}

static void host_run(struct plan *plan, const struct observer *observer)
{
	struct closing last = { 0 };
	const struct repetitions_runner runner = { .measure = run_item, .idle = close_last, .arg = &last };

	repetitions_run(plan, observer, &runner);
	close_last(&last);
}

const struct place_kind place_host = {
	.name = "host", .summary = "this machine; strategies of user space, or its kernel's",
	.targets = "ext4,btrfs,xfs,tmpfs", .local = true, .open = host_open,
	.target_unsupported = target_unsupported, .obstacle = host_obstacle, .run = host_run,
};
