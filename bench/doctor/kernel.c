// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks of what can be used here: devices, file systems, guests, counters, tools. */
#include <assert.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/proc.h"
#include "base/sysfile.h"
#include "disk/target.h"
#include "doctor/doctor.h"
#include "measure/tables.h"
#include "place/place.h"

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
	reason_list(&c->of[i].names, ", ", name);
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

/* Whether a loop device can be attached, which is given back; else @reason says why not. */
static bool try_loop(struct finding *f, struct reason *reason)
{
	struct device d = { .kind = &device_loop, .fd = -1 };

	if (!device_loop.open(&d, NULL, 1 << 20, reason)) {
		device_loop.close(&d);
		return true;
	}
	/* The /dev of a container has the nodes that there were when it was started. */
	if (d.path[0] && access(d.path, F_OK)) {
		reason_set(reason, "no %s", d.path);
		fix(f, "%smknod %s b 7 %s", f->doctor->sudo, d.path, d.path + strlen("/dev/loop"));
	}
	return false;
}

static void look_devices(struct finding *f)
{
	struct choices choices = { .n = 1 };
	struct reason reason;
	bool loop;

	if (!f->doctor->mounts_devices) {
		found(f, LEVEL_BLOCKS, "none can be used without the right to mount; see the check rights");
		return;
	}
	/* The default is tried, since it leaves nothing behind. */
	loop = try_loop(f, &reason);
	add_choice(&choices, device_loop.name, loop ? NULL : reason.text);
	for (int i = 0; device_kinds[i]; i++)
		if (device_kinds[i] != &device_loop && device_kinds[i] != &device_path)
			add_choice(&choices, device_kinds[i]->name, device_kinds[i]->unsupported(NULL, &reason));
	found_choices(f, &choices);
	if (!loop) {
		reason_add(&f->text, "loop is the default, --device names another");
		f->level = LEVEL_BLOCKS;
	}
}

/* Make and mount @t on a loop device that goes with it. Returns NULL or why that fails. */
static const char *try_target(const struct target *t, struct reason *reason)
{
	const struct device_choice loop = { .kind = &device_loop };
	struct mounted mounted;

	if (device_loop.unsupported(NULL, reason))
		return "no loop device; see the check devices";
	if (mounted_make(&mounted, t, &loop, target_size(t, 0), reason) || mounted_mount(&mounted, reason))
		return reason->text;
	mounted_close(&mounted);
	return NULL;
}

static void look_targets(struct finding *f)
{
	struct choices choices = { .n = 1 };
	struct reason reason;

	if (unknown(f, "/proc/", sysfile_missing("/proc/")))
		return;
	for (const struct target *t = targets; t->name; t++) {
		const char *why = "no right to mount; see the check rights";

		if (!target_has_device(t) || f->doctor->mounts_devices)
			why = target_unsupported(t, &reason);
		if (!why && target_has_device(t) && target_loaded(t->fstype))
			why = try_target(t, &reason);
		add_choice(&choices, t->name, why);
	}
	found_choices(f, &choices);
}

static void look_guests(struct finding *f)
{
	struct choices choices = { .n = 1 };
	struct reason reason;

	if (unknown(f, "/proc/", sysfile_missing("/proc/")))
		return;
	for (int i = 0; place_kinds[i]; i++) {
		const char *name = place_kinds[i]->name;
		struct place *place;

		if (place_kinds[i]->local)
			continue;
		place = place_open(name, &reason);
		add_choice(&choices, name, place ? NULL : place_why(name, &reason));
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

static bool refused(int err)
{
	return err == -EPERM || err == -EACCES;
}

static void look_perf(struct finding *f)
{
	static const char file[] = "/proc/sys/kernel/perf_event_paranoid";
	int err = try_event(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES);
	char paranoid[16];

	if (!err) {
		found(f, LEVEL_OK, "events of the kernel can be counted");
	} else if (!refused(err)) {
		found(f, LEVEL_NOTE, "this kernel has no perf events (%s): faults are counted by getrusage() alone",
		      strerror(-err));
	} else if (err == -EACCES && !sysfile_line(file, paranoid, sizeof(paranoid))) {
		found(f, LEVEL_NOTE, "perf_event_paranoid is %s: events of the kernel may not be counted", paranoid);
		fix_machine(f, "sysctl kernel.perf_event_paranoid=-1");
	} else {
		found(f, LEVEL_NOTE, "events of the kernel may not be counted: %s", strerror(-err));
		fix_rights(f);
	}
}

static void look_pmu(struct finding *f)
{
	int err = try_event(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS);

	if (!err)
		found(f, LEVEL_OK, "instructions can be counted");
	else if (refused(err))
		found(f, LEVEL_NOTE, "hardware counters may not be used, see perf");
	else
		found(f, LEVEL_NOTE, "no hardware counters, as in most virtual machines; count "
		      "instructions with --on vm:x86_64 or vm:arm64");
}

static void look_tracepoints(struct finding *f)
{
	static const char lost[] = "exceptions are not counted, and 'detect' cannot tell strategies apart";
	int dir = open_kernel_fs("tracefs", "/sys/kernel/tracing/events", "events"), err = dir;
	char path[96];
	uint64_t id;

	if (dir >= 0) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d/exceptions/page_fault_kernel/id", dir);
		err = sysfile_number(path, &id);
		close(dir);
		if (!refused(err) && unknown(f, path, err))
			return;
		if (!err)
			err = try_event(PERF_TYPE_TRACEPOINT, id);
	}
	if (!err)
		found(f, LEVEL_OK, "exceptions:page_fault_kernel can be counted");
	else if (refused(err))
		found(f, LEVEL_NOTE, "may not be used, see rights and perf: %s", lost);
	else
		found(f, LEVEL_NOTE, "this kernel has no %s: %s", dir < 0 ? "tracefs" :
		      "exceptions:page_fault_kernel (arm64 got it late)", lost);
}

/* Opening the switch shows whether another program holds it; closing it changes nothing. */
static void look_switch(struct finding *f)
{
	int fd = open_kernel_fs("debugfs", "/sys/kernel/debug/faultbench", "faultbench");
	struct reason reason;

	if (fd < 0) {
		found(f, LEVEL_OK, "none in this kernel: strategies are those of user space");
		if (refused(fd))
			found(f, LEVEL_NOTE, "unknown: debugfs may not be read, see rights");
		return;
	}
	close(fd);
	fd = switch_open(&reason);
	if (fd < 0) {
		found(f, LEVEL_NOTE, "%s, so 'run' cannot use it", reason.text);
		fix(f, "%sfuser -v /sys/kernel/debug/faultbench/strategy", f->doctor->sudo);
		return;
	}
	close(fd);
	found(f, LEVEL_OK, "this kernel has the strategies built in, and 'run' uses them");
}

static void look_tools(struct finding *f)
{
	static const struct { const char *program, *package, *what; } tools[] = {
		{ "gnuplot", "gnuplot-nox", "gnuplot (plots)" },
		{ "fio", "fio", "fio (translated workloads)" },
		{ "perf", "linux-perf", "perf (profiles)" },
		{ "qemu-system-x86_64", "qemu-system-x86", "QEMU (vm:x86_64)" },
		{ "qemu-system-aarch64", "qemu-system-arm", "QEMU (vm:arm64)" },
	};
	struct reason missing = { "" }, packages = { "" };

	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++)
		if (!proc_exists(tools[i].program)) {
			reason_list(&missing, ", ", tools[i].what);
			reason_list(&packages, " ", tools[i].package);
		}
	found(f, LEVEL_OK, "gnuplot, fio, perf and QEMU found");
	if (missing.text[0]) {
		found(f, LEVEL_NOTE, "missing: %s", missing.text);
		fix(f, "%sapt install %s", f->doctor->sudo, packages.text);
	}
}

const struct check kernel_checks[] = {
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
