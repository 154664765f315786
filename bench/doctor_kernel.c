// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks of what may be done here: rights, devices, file systems, counters, tools. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "doctor.h"
#include "paths.h"

/* What can be had of a module without loading it. */
enum module { MODULE_ABSENT, MODULE_LOADABLE, MODULE_THERE };

/* Is "/NAME.ko" in a list of modules, compressed (.ko.xz) or not? */
static bool listed(const char *path, const char *name)
{
	FILE *in = fopen(path, "re");
	char line[4096], file[64];
	bool there = false;

	if (!in)
		return false;
	snprintf(file, sizeof(file), "/%s.ko", name);
	while (!there && fgets(line, sizeof(line), in)) {
		/* modules.dep: the module itself stands before the colon. */
		line[strcspn(line, ":\n")] = '\0';
		there = strstr(line, file);
	}
	fclose(in);
	return there;
}

static enum module find_module(const char *name)
{
	struct utsname u;
	char path[256];

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	if (!access(path, F_OK))
		return MODULE_THERE;
	if (uname(&u))
		return MODULE_ABSENT;
	snprintf(path, sizeof(path), "/lib/modules/%s/modules.builtin", u.release);
	if (listed(path, name))
		return MODULE_THERE;
	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", u.release);
	return listed(path, name) ? MODULE_LOADABLE : MODULE_ABSENT;
}

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

static void look_program(const struct doctor *d, const struct check *c, struct finding *f)
{
	char *path = path_of("faultbench-measure");

	(void)d;
	(void)c;
	if (path && !access(path, X_OK)) {
		found(f, LEVEL_OK, "faultbench-measure found");
	} else {
		found(f, LEVEL_NOTHING, "faultbench-measure is neither beside faultbench nor "
		      "installed");
		mend(f, "make");
	}
	free(path);
}

static void look_rights(const struct doctor *d, const struct check *c, struct finding *f)
{
	pid_t child;
	int status;

	(void)d;
	(void)c;
	if (geteuid() || !have_capability(CAP_SYS_ADMIN)) {
		found(f, LEVEL_BLOCKS, "%s: only tmpfs can be measured",
		      geteuid() ? "not root" : "root, but without CAP_SYS_ADMIN");
		mend(f, "%s", geteuid() ? "sudo faultbench ..." : "docker run --privileged ...");
		return;
	}
	/* In a child: the private name space goes with it. */
	child = fork();
	if (!child)
		_exit(unshare(CLONE_NEWNS) != 0);
	if (child < 0 || waitpid(child, &status, 0) != child || status) {
		found(f, LEVEL_BLOCKS, "root, but may not make a mount namespace");
		mend(f, "docker run --privileged ...");
		return;
	}
	found(f, LEVEL_OK, "root, and may mount");
}

static void look_loop(const struct doctor *d, const struct check *c, struct finding *f)
{
	(void)d;
	(void)c;
	if (!access("/dev/loop-control", R_OK | W_OK)) {
		found(f, LEVEL_OK, "/dev/loop-control can be opened");
		return;
	}
	if (errno == EACCES || errno == EPERM) {
		found(f, LEVEL_BLOCKS, "/dev/loop-control may not be opened");
		mend(f, geteuid() ? "sudo faultbench ..." : "docker run --privileged ...");
		return;
	}
	switch (find_module("loop")) {
	case MODULE_THERE:
		found(f, LEVEL_BLOCKS, "loop is in the kernel, but /dev/loop-control is missing");
		mend(f, "mknod /dev/loop-control c 10 237");
		break;
	case MODULE_LOADABLE:
		found(f, LEVEL_BLOCKS, "loop is not loaded");
		mend(f, "modprobe loop");
		break;
	case MODULE_ABSENT:
		found(f, LEVEL_BLOCKS, "this kernel has no loop devices (CONFIG_BLK_DEV_LOOP); "
		      "--device brd or zram may do");
	}
}

/* The row's name is that of the module, its arg how to load it. */
static void look_device(const struct doctor *d, const struct check *c, struct finding *f)
{
	(void)d;
	switch (find_module(c->name)) {
	case MODULE_THERE:
		found(f, LEVEL_OK, "in the kernel, for --device %s", c->name);
		break;
	case MODULE_LOADABLE:
		found(f, LEVEL_OK, "a module, not loaded; --device %s needs it", c->name);
		mend(f, "%s", c->arg);
		break;
	case MODULE_ABSENT:
		found(f, LEVEL_OK, "not in this kernel; nothing needs it where loop works");
	}
}

static bool in_proc_filesystems(const char *name)
{
	FILE *in = fopen("/proc/filesystems", "re");
	char line[128], known[64];
	bool there = false;

	if (!in)
		return false;
	/* "nodev\ttmpfs" or "\text4" */
	while (!there && fgets(line, sizeof(line), in)) {
		char *tab = strchr(line, '\t');

		there = tab && sscanf(tab, "%63s", known) == 1 && !strcmp(known, name);
	}
	fclose(in);
	return there;
}

/* The row's name is that of the file system, its arg the package with mkfs. */
static void look_file_system(const struct doctor *d, const struct check *c, struct finding *f)
{
	const char *name = c->name;
	bool there = in_proc_filesystems(name);
	char mkfs[64];

	(void)d;
	snprintf(mkfs, sizeof(mkfs), "mkfs.%s", name);
	if (!there && find_module(name) == MODULE_ABSENT) {
		found(f, LEVEL_NOTE, "not in this kernel, so not measured");
		return;
	}
	if (!have_program(mkfs)) {
		found(f, LEVEL_NOTE, "in the kernel, but %s is missing", mkfs);
		mend(f, "apt install %s", c->arg);
		return;
	}
	found(f, LEVEL_OK, "%s, and %s found",
	      there ? "in the kernel" : "a module that mount loads", mkfs);
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

static void look_perf(const struct doctor *d, const struct check *c, struct finding *f)
{
	long long paranoid;

	(void)d;
	(void)c;
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

static void look_pmu(const struct doctor *d, const struct check *c, struct finding *f)
{
	int err = try_event(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS);

	(void)d;
	(void)c;
	if (!err)
		found(f, LEVEL_OK, "instructions can be counted");
	else if (err == -EACCES || err == -EPERM)
		found(f, LEVEL_NOTE, "hardware counters are not permitted; see perf above");
	else
		found(f, LEVEL_NOTE, "no hardware counters, as in most virtual machines; count "
		      "instructions with --on vm:x86_64 or vm:arm64");
}

/* tracefs where it is mounted, else a mount that no path leads to. fd or -errno. */
static int open_trace_events(void)
{
	int fd = open("/sys/kernel/tracing/events", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int context, tracefs, err;

	if (fd >= 0 || errno == EACCES)
		return fd >= 0 ? fd : -EACCES;
	context = fsopen("tracefs", FSOPEN_CLOEXEC);
	if (context < 0)
		return -errno;
	tracefs = -1;
	if (!fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		tracefs = fsmount(context, FSMOUNT_CLOEXEC, 0);
	if (tracefs >= 0)
		fd = openat(tracefs, "events", O_PATH | O_DIRECTORY | O_CLOEXEC);
	err = -errno;
	if (tracefs >= 0)
		close(tracefs);
	close(context);
	return fd < 0 ? err : fd;
}

static void look_tracepoints(const struct doctor *d, const struct check *c, struct finding *f)
{
	int dir = open_trace_events();

	(void)d;
	(void)c;
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

static void look_tools(const struct doctor *d, const struct check *c, struct finding *f)
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
	(void)c;
	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
		if (have_program(tools[i].program))
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
	{ "program", look_program, NULL },
	{ "rights", look_rights, NULL },
	{ "loop", look_loop, NULL },
	{ "brd", look_device, "modprobe brd rd_nr=1 rd_size=1048576" },
	{ "zram", look_device, "modprobe zram" },
	{ "ext4", look_file_system, "e2fsprogs" },
	{ "btrfs", look_file_system, "btrfs-progs" },
	{ "xfs", look_file_system, "xfsprogs" },
	{ "f2fs", look_file_system, "f2fs-tools" },
	{ "gfs2", look_file_system, "gfs2-utils" },
	{ "perf", look_perf, NULL },
	{ "counters", look_pmu, NULL },
	{ "tracepoints", look_tracepoints, NULL },
	{ "tools", look_tools, NULL },
	{ NULL, NULL, NULL },
};
