// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/proc.h"
#include "base/rights.h"
#include "base/sysfile.h"
#include "place/perf.h"

/* Without the tracepoints, which only x86 has, only the faults that were handled can be seen. */
static const char *const choices[] = {
	"exceptions:page_fault_kernel,exceptions:page_fault_user,page-faults", "page-faults",
};

/* Whether perf can record @events; else what it says. */
static bool works(const char *events, char *answer, size_t size)
{
	const char *argv[] = { "perf", "record", "-q", "-o", "/dev/null", "-c", "1", "-g", "-e", events, "--", "true",
			       NULL };

	return !proc_run(argv, answer, size);
}

int perf_open(struct perf *p, struct reason *reason)
{
	char answer[256];
	char paranoid[16] = "not known";

	*p = (struct perf)PERF_NONE;
	if (!proc_exists("perf"))
		return reason_fail(reason, -ENOENT, "perf not found: install linux-perf (linux-tools-generic on Ubuntu)");
	if (works(choices[0], answer, sizeof(answer)))
		p->events = choices[0];
	/* Where rights are missing, what else there may be cannot be known. */
	else if (!access("/sys/kernel/tracing/events", R_OK) && access("/sys/kernel/tracing/events/exceptions", F_OK) &&
		 works(choices[1], answer, sizeof(answer)))
		p->events = choices[1];
	if (!p->events && !rights_admin()) {
		sysfile_line("/proc/sys/kernel/perf_event_paranoid", paranoid, sizeof(paranoid));
		return reason_fail(reason, -EPERM, "not permitted to record the kernel's faults: perf_event_paranoid is "
				   "%s, and tracefs is root's: %s", paranoid, rights_way_out());
	}
	if (!p->events)
		return reason_fail(reason, -ENOTSUP, "perf cannot record page faults here: %s; is tracefs mounted at "
				   "/sys/kernel/tracing?", answer);
	if (pipe2(p->control, O_CLOEXEC) || pipe2(p->ack, O_CLOEXEC))
		return reason_fail(reason, -errno, "pipe: %s", strerror(errno));
	return 0;
}

void perf_close(struct perf *p)
{
	const int fds[] = { p->control[0], p->control[1], p->ack[0], p->ack[1] };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

const char *const *perf_command(struct perf *p, const char *path)
{
	const int pid = (int)getpid();

	snprintf(p->ends[0], sizeof(p->ends[0]), "/proc/%d/fd/%d", pid, p->control[1]);
	snprintf(p->ends[1], sizeof(p->ends[1]), "/proc/%d/fd/%d", pid, p->ack[0]);
	snprintf(p->option, sizeof(p->option), "--control=fifo:%s,/proc/%d/fd/%d", p->ends[0], pid, p->ack[1]);
	/* -D -1: nothing is recorded until the measuring process says so. -c 1: every fault. */
	const char *command[] = { "perf", "record", "-q", "-D", "-1", p->option, "-o", path, "-c", "1", "-d", "-g", "-e",
				  p->events, "--", "faultbench-measure", "--recorder", p->ends[0], p->ends[1], NULL };

	_Static_assert(sizeof(command) <= sizeof(p->command), "the command has room");
	memcpy(p->command, command, sizeof(command));
	return p->command;
}

FILE *perf_script(const char *path, const char *fields, struct reason *reason)
{
	const char *argv[] = { "perf", "script", "-i", path, "-F", fields, "--show-mmap-events", "--show-lost-events",
			       NULL };
	int status;
	FILE *text = proc_output(argv, -1, -1, &status);

	if (!status)
		return text;
	reason_set(reason, "perf script failed with status %d", status);
	if (text)
		fclose(text);
	return NULL;
}
