// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks of what may be done here: rights, devices, file systems, counters, tools. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/paths.h"
#include "base/proc.h"
#include "base/sysfile.h"
#include "disk/device.h"
#include "disk/target.h"
#include "doctor/doctor.h"
#include "measure/tables.h"
#include "place/place.h"

static bool have_capability(unsigned cap)
{
	uint64_t set;

	return !sysfile_value("/proc/self/status", "CapEff", 16, &set) && set >> cap & 1;
}

static void look_program(struct finding *f)
{
	char *path = path_of("faultbench-measure");

	if (path && !access(path, X_OK)) {
		found(f, LEVEL_OK, "faultbench-measure found");
	} else {
		found(f, LEVEL_NOTHING, "faultbench-measure is neither beside faultbench nor "
		      "installed");
		fix(f, "make");
	}
	free(path);
}

static void look_rights(struct finding *f)
{
	struct reason reason;
	int mount;

	if (geteuid() || !have_capability(CAP_SYS_ADMIN)) {
		found(f, LEVEL_BLOCKS, "%s: only tmpfs can be measured",
		      geteuid() ? "not root" : "root, but without CAP_SYS_ADMIN");
		fix(f, "%s", geteuid() ? "sudo faultbench ..." : "docker run --privileged ...");
		return;
	}
	/* A mount that no path leads to, and that goes with the descriptor. */
	mount = target_mount(target_find("tmpfs", &reason), NULL, 1 << 20, &reason);
	if (mount < 0) {
		found(f, LEVEL_BLOCKS, "root, but may not mount: %s", reason.text);
		fix(f, "docker run --privileged ...");
		return;
	}
	close(mount);
	found(f, LEVEL_OK, "root, and may mount");
}

static void look_loop(struct finding *f)
{
	struct reason reason;

	if (device_loop.unsupported(NULL, &reason))
		found(f, LEVEL_BLOCKS, "%s; else --device brd or zram may do", reason.text);
	else
		found(f, LEVEL_OK, "/dev/loop-control can be opened");
}

/* What can be chosen here, and why the rest cannot: names by reason; the first has none, and can. */
struct choices {
	size_t n;
	struct {
		struct reason names, why;
	} of[16];
};

/* Add @name; @why: NULL, or why it cannot be used. */
static void add_choice(struct choices *c, const char *name, const char *why)
{
	size_t i = 0;

	while (i < c->n && strcmp(c->of[i].why.text, why ? why : ""))
		i++;
	assert(i < sizeof(c->of) / sizeof(c->of[0]));
	if (i == c->n)
		reason_set(&c->of[c->n++].why, "%s", why);
	list_add(&c->of[i].names, ", ", name);
}

/* "a, b can be used; c, d: why not". Returns whether all can. */
static bool found_choices(struct finding *f, const struct choices *c)
{
	const char *good = c->of[0].names.text;

	found(f, *good ? LEVEL_OK : LEVEL_NOTE, "%s can be used", *good ? good : "none");
	for (size_t i = 1; i < c->n; i++)
		reason_add(&f->text, "%s: %s", c->of[i].names.text, c->of[i].why.text);
	return c->n == 1;
}

static void look_devices(struct finding *f)
{
	struct choices choices = { .n = 1 };
	struct reason reason;

	for (int i = 0; device_kinds[i]; i++)
		if (device_kinds[i] != &device_path)
			add_choice(&choices, device_kinds[i]->name, device_kinds[i]->unsupported(NULL, &reason));
	found_choices(f, &choices);
}

static void look_targets(struct finding *f)
{
	struct choices choices = { .n = 1 };
	struct reason reason;

	for (const struct target *t = targets; t->name; t++)
		add_choice(&choices, t->name, target_unsupported(t, &reason));
	found_choices(f, &choices);
}

static void look_guests(struct finding *f)
{
	struct choices choices = { .n = 1 };
	struct reason reason;

	for (int i = 0; place_kinds[i]; i++) {
		const char *name = place_kinds[i]->name, *why = reason.text;
		struct place *place;

		if (place_kinds[i]->local)
			continue;
		place = place_open(name, &reason);
		/* The reason begins with the name, which is there already. */
		if (!strncmp(why, name, strlen(name)) && !strncmp(why + strlen(name), ": ", 2))
			why += strlen(name) + 2;
		add_choice(&choices, name, place ? NULL : why);
		place_close(place);
	}
	if (!found_choices(f, &choices))
		f->level = LEVEL_NOTE;
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

static void look_perf(struct finding *f)
{
	static const char file[] = "/proc/sys/kernel/perf_event_paranoid";
	int64_t paranoid;
	int err = sysfile_signed(file, &paranoid);

	if (unknown(f, file, err))
		return;
	if (err) {
		found(f, LEVEL_NOTE, "this kernel has no perf events: faults are counted by getrusage() alone");
		return;
	}
	found(f, LEVEL_OK, "perf_event_paranoid is %" PRId64 ": events of the kernel can be counted", paranoid);
	if (try_event(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES)) {
		found(f, LEVEL_NOTE, "perf_event_paranoid is %" PRId64 ": events of the kernel may not be counted", paranoid);
		fix(f, "sudo sysctl kernel.perf_event_paranoid=-1");
	}
}

static void look_pmu(struct finding *f)
{
	int err = try_event(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS);

	if (!err)
		found(f, LEVEL_OK, "instructions can be counted");
	else if (err == -EACCES || err == -EPERM)
		found(f, LEVEL_NOTE, "hardware counters are not permitted; see perf above");
	else
		found(f, LEVEL_NOTE, "no hardware counters, as in most virtual machines; count "
		      "instructions with --on vm:x86_64 or vm:arm64");
}

static void look_tracepoints(struct finding *f)
{
	int dir = open_kernel_fs("tracefs", "/sys/kernel/tracing/events", "events");

	if (dir == -EACCES || dir == -EPERM) {
		found(f, LEVEL_NOTE, "tracefs may not be read, so exceptions are not counted and "
		      "'detect' cannot tell");
		fix(f, "sudo faultbench ...");
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
static void look_switch(struct finding *f)
{
	const char *missing = switch_missing();
	struct reason reason;
	int fd;

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
		fix(f, "fuser -v /sys/kernel/debug/faultbench/strategy");
		return;
	}
	close(fd);
	found(f, LEVEL_OK, "this kernel has the strategies inside, and 'run' uses them");
}

static void look_tools(struct finding *f)
{
	static const struct { const char *program, *package, *what; } tools[] = {
		{ "gnuplot", "gnuplot-nox", "gnuplot (plots)" },
		{ "fio", "fio", "fio (twins)" },
		{ "perf", "linux-perf", "perf (profiles)" },
		{ "qemu-system-x86_64", "qemu-system-x86", "QEMU (vm:x86_64)" },
		{ "qemu-system-aarch64", "qemu-system-arm", "QEMU (vm:arm64)" },
	};
	struct reason missing = { "" }, packages = { "" };

	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++)
		if (!proc_exists(tools[i].program)) {
			list_add(&missing, ", ", tools[i].what);
			list_add(&packages, " ", tools[i].package);
		}
	found(f, LEVEL_OK, "gnuplot, fio, perf and QEMU found");
	if (missing.text[0]) {
		found(f, LEVEL_NOTE, "missing: %s", missing.text);
		fix(f, "apt install %s", packages.text);
	}
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
