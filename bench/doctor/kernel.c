// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks of what may be done here: rights, devices, file systems, counters, tools. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/paths.h"
#include "base/proc.h"
#include "disk/device.h"
#include "disk/target.h"
#include "doctor/doctor.h"
#include "measure/tables.h"
#include "place/place.h"

static bool have_capability(unsigned cap)
{
	FILE *in = fopen("/proc/self/status", "re");
	unsigned long long set = 0;
	char line[256];

	if (!in)
		return false;
	while (fgets(line, sizeof(line), in))
		if (sscanf(line, "CapEff: %llx", &set) == 1)
			break;
	fclose(in);
	return set >> cap & 1;
}

static void look_program(const struct doctor *d, struct finding *f)
{
	char *path = path_of("faultbench-measure");

	(void)d;
	if (path && !access(path, X_OK)) {
		found(f, LEVEL_OK, "faultbench-measure found");
	} else {
		found(f, LEVEL_NOTHING, "faultbench-measure is neither beside faultbench nor "
		      "installed");
		mend(f, "make");
	}
	free(path);
}

static void look_rights(const struct doctor *d, struct finding *f)
{
	struct reason reason;
	int mount;

	(void)d;
	if (geteuid() || !have_capability(CAP_SYS_ADMIN)) {
		found(f, LEVEL_BLOCKS, "%s: only tmpfs can be measured",
		      geteuid() ? "not root" : "root, but without CAP_SYS_ADMIN");
		mend(f, "%s", geteuid() ? "sudo faultbench ..." : "docker run --privileged ...");
		return;
	}
	/* A mount that no path leads to, and that goes with the descriptor. */
	mount = target_mount(target_find("tmpfs", &reason), NULL, 1 << 20, &reason);
	if (mount < 0) {
		found(f, LEVEL_BLOCKS, "root, but may not mount: %s", reason.text);
		mend(f, "docker run --privileged ...");
		return;
	}
	close(mount);
	found(f, LEVEL_OK, "root, and may mount");
}

static void look_loop(const struct doctor *d, struct finding *f)
{
	struct reason reason;

	(void)d;
	if (device_loop.unsupported(NULL, &reason))
		found(f, LEVEL_BLOCKS, "%s; else --device brd or zram may do", reason.text);
	else
		found(f, LEVEL_OK, "/dev/loop-control can be opened");
}

/* What can be chosen here, and why the rest cannot. */
struct choices {
	char good[128], bad[384];
	size_t g, b;
};

static void add_choice(struct choices *c, const char *name, const char *reason)
{
	if (reason && c->b < sizeof(c->bad))
		c->b += (size_t)snprintf(c->bad + c->b, sizeof(c->bad) - c->b, "; %s: %.160s", name, reason);
	else if (!reason && c->g < sizeof(c->good))
		c->g += (size_t)snprintf(c->good + c->g, sizeof(c->good) - c->g, "%s%s", c->g ? ", " : "", name);
}

/* "a, b can be used; c: why not" */
static void tell_choices(struct finding *f, const struct choices *c)
{
	found(f, *c->good ? LEVEL_OK : LEVEL_NOTE, "%s can be used%s", *c->good ? c->good : "none", c->bad);
}

static void look_devices(const struct doctor *d, struct finding *f)
{
	struct choices choices = { .g = 0 };
	struct reason reason;

	(void)d;
	for (int i = 0; device_kinds[i]; i++)
		if (device_kinds[i] != &device_path)
			add_choice(&choices, device_kinds[i]->name,
				   device_kinds[i]->unsupported(NULL, &reason));
	tell_choices(f, &choices);
}

static void look_targets(const struct doctor *d, struct finding *f)
{
	struct choices choices = { .g = 0 };
	struct reason reason;

	(void)d;
	for (const struct target *t = targets; t->name; t++)
		add_choice(&choices, t->name, target_unsupported(t, &reason));
	tell_choices(f, &choices);
	if (strstr(choices.bad, "apt install"))
		f->level = LEVEL_NOTE;
}

static void look_guests(const struct doctor *d, struct finding *f)
{
	struct choices choices = { .g = 0 };
	struct reason reason;

	(void)d;
	for (int i = 0; place_kinds[i]; i++) {
		struct place *place = place_kinds[i]->local ? NULL : place_open(place_kinds[i]->name, &reason);

		if (!place_kinds[i]->local)
			add_choice(&choices, place_kinds[i]->name, place ? NULL : reason.text);
		place_close(place);
	}
	tell_choices(f, &choices);
	if (choices.b) {
		f->level = LEVEL_NOTE;
		mend(f, "make kernels");
	}
}

/* 0 or -errno of counting one event of this process, kernel included. */
static int try_event(uint32_t type, uint64_t config)
{
	struct perf_event_attr attr = {
		.type = type, .size = sizeof(attr), .config = config, .disabled = 1,
	};
	long fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		return -errno;
	close((int)fd);
	return 0;
}

static void look_perf(const struct doctor *d, struct finding *f)
{
	long long paranoid;

	(void)d;
	if (!read_number_of("/proc/sys/kernel/perf_event_paranoid", &paranoid)) {
		found(f, LEVEL_NOTE, "this kernel has no perf events; faults are counted by "
		      "getrusage() alone");
		return;
	}
	if (try_event(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES)) {
		found(f, LEVEL_NOTE, "perf_event_paranoid is %lld: counters of the kernel are not "
		      "for you", paranoid);
		mend(f, "sudo sysctl kernel.perf_event_paranoid=-1");
		return;
	}
	found(f, LEVEL_OK, "perf_event_paranoid is %lld, and counting is permitted", paranoid);
}

static void look_pmu(const struct doctor *d, struct finding *f)
{
	int err = try_event(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS);

	(void)d;
	if (!err)
		found(f, LEVEL_OK, "instructions can be counted");
	else if (err == -EACCES || err == -EPERM)
		found(f, LEVEL_NOTE, "hardware counters are not permitted; see perf above");
	else
		found(f, LEVEL_NOTE, "no hardware counters, as in most virtual machines; count "
		      "instructions with --on vm:x86_64 or vm:arm64");
}

static void look_tracepoints(const struct doctor *d, struct finding *f)
{
	int dir = open_kernel_fs("tracefs", "/sys/kernel/tracing/events", "events");

	(void)d;
	if (dir == -EACCES || dir == -EPERM) {
		found(f, LEVEL_NOTE, "tracefs may not be read, so exceptions are not counted and "
		      "'detect' cannot tell");
		mend(f, "sudo faultbench ...");
	} else if (dir < 0) {
		found(f, LEVEL_NOTE, "this kernel has no tracefs, so exceptions are not counted "
		      "and 'detect' cannot tell");
	} else if (faccessat(dir, "exceptions/page_fault_kernel/id", F_OK, 0)) {
		found(f, LEVEL_NOTE, "this kernel has no tracepoint exceptions:page_fault_kernel "
		      "(arm64 got it late), so 'detect' cannot tell");
	} else {
		found(f, LEVEL_OK, "exceptions:page_fault_kernel can be counted");
	}
	if (dir >= 0)
		close(dir);
}

/* Only who opens the switch learns whether somebody holds it; closing it changes nothing. */
static void look_switch(const struct doctor *d, struct finding *f)
{
	const char *missing = switch_missing();
	struct reason reason;
	int fd;

	(void)d;
	if (missing && geteuid()) {
		found(f, LEVEL_NOTE, "%s", missing);
		return;
	}
	if (missing) {
		found(f, LEVEL_OK, "none in this kernel: the strategies are those of user space");
		return;
	}
	fd = switch_open(&reason);
	if (fd < 0) {
		found(f, LEVEL_NOTE, "%s, so 'run' cannot use it", reason.text);
		mend(f, "fuser -v /sys/kernel/debug/faultbench/strategy");
		return;
	}
	close(fd);
	found(f, LEVEL_OK, "this kernel has the strategies inside, and 'run' uses them");
}

static void look_tools(const struct doctor *d, struct finding *f)
{
	static const struct { const char *program, *package, *use; } tools[] = {
		{ "gnuplot", "gnuplot-nox", "plots" },
		{ "fio", "fio", "twins" },
		{ "perf", "linux-perf", "profiles" },
		{ "qemu-system-x86_64", "qemu-system-x86", "vm:x86_64" },
		{ "qemu-system-aarch64", "qemu-system-arm", "vm:arm64" },
	};
	char missing[160] = "", packages[160] = "";
	size_t m = 0, p = 0;

	(void)d;
	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
		if (proc_exists(tools[i].program))
			continue;
		m += (size_t)snprintf(missing + m, sizeof(missing) - m, "%s%s (%s)", m ? ", " : "",
				      tools[i].program, tools[i].use);
		p += (size_t)snprintf(packages + p, sizeof(packages) - p, " %s",
				      tools[i].package);
	}
	if (!m) {
		found(f, LEVEL_OK, "gnuplot, fio, perf and QEMU found");
		return;
	}
	found(f, LEVEL_NOTE, "missing: %s", missing);
	mend(f, "apt install%s", packages);
}

const struct check kernel_checks[] = {
	{ "program", look_program },
	{ "rights", look_rights },
	{ "loop", look_loop },
	{ "devices", look_devices },
	{ "targets", look_targets },
	{ "guests", look_guests },
	{ "perf", look_perf },
	{ "counters", look_pmu },
	{ "tracepoints", look_tracepoints },
	{ "switch", look_switch },
	{ "tools", look_tools },
	{ NULL, NULL },
};
