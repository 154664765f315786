// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fault accounting through perf_event_open(2).
 *
 * Minor and major faults come from getrusage(2), because faults that
 * get_user_pages() resolves carry no registers and perf's software events miss
 * them. Exceptions come from the tracepoints exceptions:page_fault_*, because
 * a fault taken with page faults disabled leaves before perf's page-faults
 * counter. A counter that is not available has a reason and is never 0.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/sysfile.h"
#include "measure/measure.h"

/* What perf counts; the other counters are not perf's. */
static const struct event {
	enum counter id;
	uint32_t type;
	uint64_t config;
	const char *tracepoint;
} events[] = {
	{ COUNT_EXCEPTIONS_KERNEL, PERF_TYPE_TRACEPOINT, 0, "exceptions/page_fault_kernel" },
	{ COUNT_EXCEPTIONS_USER, PERF_TYPE_TRACEPOINT, 0, "exceptions/page_fault_user" },
	{ COUNT_CONTEXT_SWITCHES, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES, NULL },
	{ COUNT_INSTRUCTIONS, PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, NULL },
	{ COUNT_CYCLES, PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, NULL },
};

enum { N_EVENTS = sizeof(events) / sizeof(events[0]) };

/* The number perf knows a tracepoint by, or -errno. */
static long tracepoint_id(const char *name)
{
	char path[96], text[32] = "";
	int dir = open_kernel_fs("tracefs", "/sys/kernel/tracing/events", "events"), fd, err = 0;

	if (dir < 0)
		return dir;
	snprintf(path, sizeof(path), "%s/id", name);
	fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		err = -errno;
	if (fd >= 0)
		close(fd);
	close(dir);
	return err ? err : strtol(text, NULL, 10);
}

static void explain(struct reason *reason, const struct event *e, int err)
{
	char paranoid[16] = "not known";

	if (err == ENOENT && e->tracepoint) {
		reason_set(reason, "this kernel has no tracepoint %s", e->tracepoint);
	} else if (err == EACCES || err == EPERM) {
		sysfile_line("/proc/sys/kernel/perf_event_paranoid", paranoid, sizeof(paranoid));
		reason_set(reason, "not permitted: be root (perf_event_paranoid is %s)", paranoid);
	} else if (e->type == PERF_TYPE_HARDWARE) {
		reason_set(reason, "this machine has no hardware counters");
	} else {
		reason_set(reason, "perf_event_open: %s", strerror(err));
	}
}

static int event_open(const struct event *e, pid_t tid)
{
	struct perf_event_attr attr = {
		.type = e->type,
		.size = sizeof(attr),
		.config = e->config,
		.disabled = 1,
	};
	long fd;

	if (e->tracepoint) {
		long id = tracepoint_id(e->tracepoint);

		if (id < 0)
			return (int)id;
		attr.config = (uint64_t)id;
	}
	fd = syscall(SYS_perf_event_open, &attr, tid, -1, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : (int)fd;
}

void counters_open(struct counters *c, pid_t tid)
{
	memset(c, 0, sizeof(*c));
	for (int i = 0; i < N_COUNTERS; i++)
		c->fd[i] = -1;
	for (int i = 0; i < N_EVENTS; i++) {
		int fd = event_open(&events[i], tid);

		c->fd[events[i].id] = fd;
		if (fd < 0)
			explain(&c->reason[events[i].id], &events[i], -fd);
	}
	/* The hooks count for the whole machine, so one thread's counters take them. */
	c->hooks = tid ? -1 : switch_open_counters();
	for (int i = COUNT_SHORT_COPIES; i <= COUNT_COPY_EXCEPTIONS; i++)
		if (c->hooks < 0)
			reason_set(&c->reason[i], "only a kernel with the switch counts these");
}

/* "name value" lines. Returns bit i set for each counter i that was read. */
static unsigned read_hooks(const struct counters *c, uint64_t *values)
{
	char text[512], *line, *rest = text;
	ssize_t len = c->hooks < 0 ? -1 : pread(c->hooks, text, sizeof(text) - 1, 0);
	unsigned seen = 0;

	text[len < 0 ? 0 : len] = '\0';
	while ((line = strsep(&rest, "\n"))) {
		char *value = strchr(line, ' ');

		if (!value)
			continue;
		*value++ = '\0';
		for (int i = COUNT_SHORT_COPIES; i <= COUNT_COPY_EXCEPTIONS; i++)
			if (!strcmp(line, counter_names[i])) {
				values[i] = strtoull(value, NULL, 10);
				seen |= 1U << i;
			}
	}
	return seen;
}

void counters_start(struct counters *c)
{
	read_hooks(c, c->hooks_before);
	for (int i = 0; i < N_COUNTERS; i++)
		if (c->fd[i] >= 0)
			ioctl(c->fd[i], PERF_EVENT_IOC_ENABLE, 0);
}

void counters_stop(struct counters *c)
{
	for (int i = 0; i < N_COUNTERS; i++)
		if (c->fd[i] >= 0)
			ioctl(c->fd[i], PERF_EVENT_IOC_DISABLE, 0);
	for (int i = 0; i < N_COUNTERS; i++)
		if (c->fd[i] >= 0 && (read(c->fd[i], &c->value[i], sizeof(c->value[i])) < 0 ||
				      ioctl(c->fd[i], PERF_EVENT_IOC_RESET, 0)))
			reason_set(&c->reason[i], "perf: %s", strerror(errno));
	if (c->hooks >= 0) {
		uint64_t now[N_COUNTERS] = { 0 };
		unsigned seen = read_hooks(c, now);

		for (int i = COUNT_SHORT_COPIES; i <= COUNT_COPY_EXCEPTIONS; i++) {
			if (seen & 1U << i)
				c->value[i] = now[i] - c->hooks_before[i];
			else
				reason_set(&c->reason[i], "this kernel's switch does not count them");
		}
	}
}

void counters_close(struct counters *c)
{
	for (int i = 0; i < N_COUNTERS; i++)
		if (c->fd[i] >= 0)
			close(c->fd[i]);
	if (c->hooks >= 0)
		close(c->hooks);
}
