// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks of what makes figures noisy or untypical: memory, CPU, kernel options, company. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/proc.h"
#include "disk/free_pages.h"
#include "disk/memory.h"
#include "doctor/doctor.h"

#define CPU_DIR "/sys/devices/system/cpu"

static const uint64_t mib = 1 << 20;

static void look_memory(const struct doctor *d, struct finding *f)
{
	const struct target *ext4 = target_find("ext4", &(struct reason){ "" });
	uint64_t available = memory_available(), need = memory_needed(&d->largest, ext4, 0) + 64 * mib;

	if (available < 64 * mib)
		found(f, LEVEL_NOTHING, "%llu MiB are available, and the smallest workloads take 64",
		      (unsigned long long)(available / mib));
	else if (available < need)
		found(f, LEVEL_NOTE, "%llu MiB are available, and %s takes %llu MiB (page cache and "
		      "device)", (unsigned long long)(available / mib), d->largest.workload,
		      (unsigned long long)(need / mib));
	else
		found(f, LEVEL_OK, "%llu MiB are available; the largest workload, %s, takes %llu",
		      (unsigned long long)(available / mib), d->largest.workload,
		      (unsigned long long)(need / mib));
}

static void look_dirty(const struct doctor *d, struct finding *f)
{
	uint64_t limit = memory_background(), files = memory_files(&d->largest);

	if (!limit)
		return;
	if (limit > files) {
		found(f, LEVEL_OK, "write-back begins at %llu MiB of dirty pages; no workload gets "
		      "there", (unsigned long long)(limit / mib));
		return;
	}
	found(f, LEVEL_NOTE, "write-back begins at %llu MiB of dirty pages, and the files of %s have "
	      "%llu", (unsigned long long)(limit / mib), d->largest.workload,
	      (unsigned long long)(files / mib));
	mend(f, "sysctl vm.dirty_background_bytes=%llu vm.dirty_bytes=%llu",
	     (unsigned long long)(2 * files), (unsigned long long)(4 * files));
}

static void look_swap(const struct doctor *d, struct finding *f)
{
	uint64_t total = memory_info("SwapTotal"), used = total - memory_info("SwapFree");

	(void)d;
	if (!total)
		found(f, LEVEL_OK, "none");
	else if (!used)
		found(f, LEVEL_OK, "%llu MiB, unused", (unsigned long long)(total / mib));
	else {
		found(f, LEVEL_NOTE, "%llu MiB in use: a RAM device can be swapped out",
		      (unsigned long long)(used / mib));
		mend(f, "swapoff -a");
	}
}

/*
 * Files of single pages are laid out over what is free, as it lies there. Freed in
 * random order it was seen to double what a page of tmpfs takes, and what a
 * strategy adds to that was half as many per cent: docs/method.md.
 */
static void look_scatter(const struct doctor *d, struct finding *f)
{
	enum { SIZE = 64 << 20, ENOUGH = 50 };
	int beside;

	(void)d;
	if (memory_available() < 4 * (uint64_t)SIZE)
		return;
	beside = free_pages_beside(SIZE);
	if (beside >= ENOUGH)
		found(f, LEVEL_OK, "%d of 100 fresh pages lie beside the one before", beside);
	else if (beside >= 0) {
		found(f, LEVEL_NOTE, "%d of 100 fresh pages lie beside the one before: free memory "
		      "is scattered, and files of single pages cost more; to be tried:", beside);
		mend(f, "echo 1 >/proc/sys/vm/compact_memory");
	}
}

/*
 * With VIRTIO_BALLOON_F_REPORTING the host takes back what lies free. A run settles
 * what it takes itself (free_pages.c); what runs beside it, dd or fio, does not.
 */
static void look_balloon(const struct doctor *d, struct finding *f)
{
	enum { REPORTING = 5 };		/* the bit; the file has one character a bit */
	char bits[128];
	glob_t g;

	(void)d;
	if (glob("/sys/bus/virtio/drivers/virtio_balloon/virtio*/features", 0, NULL, &g))
		return;
	if (read_line_of(g.gl_pathv[0], bits, sizeof(bits)) && strlen(bits) > REPORTING) {
		if (bits[REPORTING] == '1')
			found(f, LEVEL_NOTE, "the host takes back free memory (free page reporting): a "
			      "run keeps what it needs, programs compared with it do not");
		else
			found(f, LEVEL_OK, "the host takes no memory back by itself");
	}
	globfree(&g);
}

static void look_governor(const struct doctor *d, struct finding *f)
{
	char first[64] = "", line[64];
	unsigned slow = 0;
	glob_t g;

	(void)d;
	if (glob(CPU_DIR "/cpufreq/policy*/scaling_governor", 0, NULL, &g)) {
		found(f, LEVEL_OK, "no frequency control, as in most virtual machines");
		return;
	}
	for (size_t i = 0; i < g.gl_pathc; i++)
		if (read_line_of(g.gl_pathv[i], line, sizeof(line)) && strcmp(line, "performance") &&
		    !slow++)
			snprintf(first, sizeof(first), "%s", line);
	if (slow) {
		found(f, LEVEL_NOTE, "%s on %u of %zu frequency domains", first, slow, g.gl_pathc);
		mend(f, "cpupower frequency-set -g performance");
	} else {
		found(f, LEVEL_OK, "performance");
	}
	globfree(&g);
}

static void look_boost(const struct doctor *d, struct finding *f)
{
	long long n;

	(void)d;
	if (read_number_of(CPU_DIR "/intel_pstate/no_turbo", &n)) {
		found(f, n ? LEVEL_OK : LEVEL_NOTE, n ? "turbo is off" :
		      "turbo is on: the clock follows load and heat");
		if (!n)
			mend(f, "echo 1 > " CPU_DIR "/intel_pstate/no_turbo");
	} else if (read_number_of(CPU_DIR "/cpufreq/boost", &n)) {
		found(f, n ? LEVEL_NOTE : LEVEL_OK, n ?
		      "boost is on: the clock follows load and heat" : "boost is off");
		if (n)
			mend(f, "echo 0 > " CPU_DIR "/cpufreq/boost");
	}
}

static void look_smt(const struct doctor *d, struct finding *f)
{
	long long active;

	(void)d;
	if (!read_number_of(CPU_DIR "/smt/active", &active))
		return;
	if (!active) {
		found(f, LEVEL_OK, "off, or not to be seen from here");
		return;
	}
	found(f, LEVEL_NOTE, "on: what runs on the sibling takes from the measured thread");
	mend(f, "echo off > " CPU_DIR "/smt/control");
}

static void look_thp(const struct doctor *d, struct finding *f)
{
	static const char file[] = "/sys/kernel/mm/transparent_hugepage/enabled";
	char line[128];

	(void)d;
	if (!read_line_of(file, line, sizeof(line))) {
		found(f, LEVEL_NOTE, "this kernel has no transparent huge pages; workloads with "
		      "source huge cannot run");
	} else if (strstr(line, "[never]")) {
		found(f, LEVEL_NOTE, "never: workloads with source huge cannot run");
		mend(f, "echo madvise > %s", file);
	} else {
		found(f, LEVEL_OK, "%s (sources ask for the pages they need)",
		      strstr(line, "[always]") ? "always" : "madvise");
	}
}

static void look_load(const struct doctor *d, struct finding *f)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	double load;
	char line[128];

	(void)d;
	if (!read_line_of("/proc/loadavg", line, sizeof(line)))
		return;
	load = strtod(line, NULL);
	if (load < 0.2 * (double)cpus) {
		found(f, LEVEL_OK, "%.2f on %ld CPU%s", load, cpus, cpus == 1 ? "" : "s");
		return;
	}
	found(f, LEVEL_NOTE, "%.2f on %ld CPU%s: something else runs; stop it, or wait", load, cpus,
	      cpus == 1 ? "" : "s");
	mend(f, "ps -eo pcpu,pid,comm --sort=-pcpu | head");
}

/* Under 1 % is what a quiet guest shows now and then. */
static void look_steal(const struct doctor *d, struct finding *f)
{
	struct timespec until = d->started;
	struct cpu_ticks now;
	double percent;

	/* The other checks took some of the second already. */
	until.tv_sec++;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
	if (!d->at_start.total || !read_cpu_ticks(&now) || now.total <= d->at_start.total)
		return;
	percent = 100 * (double)(now.steal - d->at_start.steal) /
		  (double)(now.total - d->at_start.total);
	if (percent < 1)
		found(f, LEVEL_OK, "%.1f %% of CPU time in the last second", percent);
	else
		found(f, LEVEL_NOTE, "%.1f %% of CPU time in the last second went to other guests; "
		      "measure when the host is quieter", percent);
}

static bool is_raspberry_pi(void)
{
	char model[128];

	return read_line_of("/proc/device-tree/model", model, sizeof(model)) &&
	       strstr(model, "Raspberry Pi");
}

/* The firmware's word, as vcgencmd prints it: "throttled=0x50005". */
static bool firmware_throttled(unsigned long *bits)
{
	char line[64] = "";
	FILE *in;
	char *hex;

	if (read_line_of("/sys/devices/platform/soc/soc:firmware/get_throttled", line,
			 sizeof(line))) {
		*bits = strtoul(line, NULL, 16);
		return true;
	}
	if (!proc_exists("vcgencmd"))
		return false;
	in = popen("vcgencmd get_throttled 2>/dev/null", "re");
	if (!in)
		return false;
	hex = fgets(line, sizeof(line), in) ? strstr(line, "0x") : NULL;
	pclose(in);
	if (hex)
		*bits = strtoul(hex, NULL, 16);
	return hex;
}

static void look_throttling(const struct doctor *d, struct finding *f)
{
	/* documentation/computers/os.html#get_throttled of raspberrypi.com */
	static const struct { unsigned bit; const char *what; } meanings[] = {
		{ 0, "under-voltage" }, { 1, "clock capped" }, { 2, "throttled" },
		{ 3, "soft temperature limit" }, { 16, "under-voltage since boot" },
		{ 17, "clock capped since boot" }, { 18, "throttled since boot" },
		{ 19, "soft temperature limit since boot" },
	};
	unsigned long bits;
	char what[200] = "";
	size_t n = 0;

	(void)d;
	if (!is_raspberry_pi())
		return;
	if (!firmware_throttled(&bits)) {
		found(f, LEVEL_NOTE, "cannot be told: no vcgencmd");
		mend(f, "apt install raspi-utils");
		return;
	}
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (bits >> meanings[i].bit & 1)
			n += (size_t)snprintf(what + n, sizeof(what) - n, "%s%s", n ? ", " : "",
					      meanings[i].what);
	if (!n) {
		found(f, LEVEL_OK, "none since boot");
		return;
	}
	found(f, LEVEL_NOTE, "%s: a better power supply or cooling, then a reboot", what);
}

static void look_heat(const struct doctor *d, struct finding *f)
{
	long long n, sum = 0;
	glob_t g;

	(void)d;
	if (glob(CPU_DIR "/cpu*/thermal_throttle/core_throttle_count", 0, NULL, &g))
		return;
	for (size_t i = 0; i < g.gl_pathc; i++)
		if (read_number_of(g.gl_pathv[i], &n))
			sum += n;
	globfree(&g);
	if (sum)
		found(f, LEVEL_NOTE, "cores were throttled %lld times since boot; cool the machine",
		      sum);
	else
		found(f, LEVEL_OK, "no core was throttled since boot");
}

static void look_machine(const struct doctor *d, struct finding *f)
{
	char product[128] = "", line[4096], why[64] = "";
	bool guest = false;
	FILE *in;

	(void)d;
	in = fopen("/proc/cpuinfo", "re");
	while (in && !guest && fgets(line, sizeof(line), in))
		guest = !strncmp(line, "flags", 5) && strstr(line, " hypervisor");
	if (in)
		fclose(in);
	/* arm64 has no such flag; there the firmware tells. */
	if (read_line_of("/sys/hypervisor/type", why, sizeof(why)))
		guest = true;
	read_line_of("/sys/class/dmi/id/product_name", product, sizeof(product));
	if (strstr(product, "KVM") || strstr(product, "QEMU") || strstr(product, "Virtual"))
		guest = true;
	if (guest)
		found(f, LEVEL_NOTE, "a virtual machine%s%s%s: faults may cost more than on the bare "
		      "one, and neighbours make noise", product[0] ? " (" : "", product,
		      product[0] ? ")" : "");
	else
		found(f, LEVEL_OK, "no sign of a hypervisor%s%s%s", product[0] ? " (" : "", product,
		      product[0] ? ")" : "");
}

static void look_clock(const struct doctor *d, struct finding *f)
{
	static const char dir[] = "/sys/devices/system/clocksource/clocksource0";
	/* Read in user space, through the vDSO, in some 20 ns. */
	static const char *const cheap[] = {
		"tsc", "arch_sys_counter", "kvm-clock", "hyperv_clocksource_tsc_page", NULL
	};
	char path[128], now[64], all[256] = "";

	(void)d;
	snprintf(path, sizeof(path), "%s/current_clocksource", dir);
	if (!read_line_of(path, now, sizeof(now)))
		return;
	for (size_t i = 0; cheap[i]; i++) {
		if (strcmp(cheap[i], now))
			continue;
		found(f, LEVEL_OK, "%s", now);
		return;
	}
	snprintf(path, sizeof(path), "%s/available_clocksource", dir);
	read_line_of(path, all, sizeof(all));
	found(f, LEVEL_NOTE, "%s: reading it is a system call and slow%s", now,
	      strstr(all, "tsc") ? "" : "; try 'tsc=reliable' on the kernel's command line");
	if (strstr(all, "tsc"))
		mend(f, "echo tsc > %s/current_clocksource", dir);
}

static void look_mitigations(const struct doctor *d, struct finding *f)
{
	unsigned mitigated = 0, open = 0, clear = 0;
	char line[256];
	glob_t g;

	(void)d;
	if (glob(CPU_DIR "/vulnerabilities/*", 0, NULL, &g))
		return;
	for (size_t i = 0; i < g.gl_pathc; i++) {
		if (!read_line_of(g.gl_pathv[i], line, sizeof(line)))
			continue;
		if (!strncmp(line, "Not affected", 12))
			clear++;
		else if (!strncmp(line, "Vulnerable", 10))
			open++;
		else
			mitigated++;
	}
	globfree(&g);
	found(f, LEVEL_OK, "%u in force, %u left open, %u not needed (they make faults and calls "
	      "dearer; results carry them)", mitigated, open, clear);
}

/* Options that change what a fault, a copy or a lock costs. */
static bool is_debug_option(const char *option)
{
	static const char *const options[] = {
		"KASAN", "KCSAN", "KMSAN", "UBSAN", "PROVE_LOCKING", "LOCKDEP", "DEBUG_LOCK_ALLOC",
		"DEBUG_SPINLOCK", "DEBUG_MUTEXES", "DEBUG_ATOMIC_SLEEP", "DEBUG_LIST", "DEBUG_VM",
		"DEBUG_PAGEALLOC_ENABLE_DEFAULT", "PAGE_POISONING", "PAGE_TABLE_CHECK_ENFORCED",
		"SLUB_DEBUG_ON", "DEBUG_OBJECTS", "DEBUG_KMEMLEAK", "KCOV", "GCOV_KERNEL",
		"DEBUG_PREEMPT", "LOCK_STAT", NULL
	};

	for (size_t i = 0; options[i]; i++)
		if (!strcmp(options[i], option))
			return true;
	return false;
}

/* The running kernel's configuration; @piped tells pclose() from fclose(). */
static FILE *open_config(bool *piped)
{
	struct utsname u;
	char path[256];

	*piped = !access("/proc/config.gz", R_OK);
	if (*piped)
		return popen("gzip -dc /proc/config.gz 2>/dev/null", "re");
	if (uname(&u))
		return NULL;
	snprintf(path, sizeof(path), "/boot/config-%s", u.release);
	return fopen(path, "re");
}

static void look_debug(const struct doctor *d, struct finding *f)
{
	char line[4096], option[64], on[160] = "";
	unsigned options = 0;
	size_t n = 0;
	bool piped;
	FILE *in = open_config(&piped);

	(void)d;
	while (in && fgets(line, sizeof(line), in)) {
		char yes;

		if (sscanf(line, "CONFIG_%63[A-Z0-9_]=%c", option, &yes) != 2)
			continue;
		options++;
		if (yes == 'y' && is_debug_option(option) && n < sizeof(on))
			n += (size_t)snprintf(on + n, sizeof(on) - n, "%s%s", n ? ", " : "", option);
	}
	if (in && piped)
		pclose(in);
	else if (in)
		fclose(in);
	if (!options)
		found(f, LEVEL_NOTE, "cannot be told: neither /proc/config.gz nor /boot/config-*");
	else if (n)
		found(f, LEVEL_NOTE, "the kernel has %s, which adds to what faults and copies "
		      "cost", on);
	else
		found(f, LEVEL_OK, "the kernel has no debug options that cost");
}

const struct check machine_checks[] = {
	{ "memory", look_memory },
	{ "dirty pages", look_dirty },
	{ "swap", look_swap },
	{ "free pages", look_scatter },
	{ "balloon", look_balloon },
	{ "governor", look_governor },
	{ "boost", look_boost },
	{ "SMT", look_smt },
	{ "huge pages", look_thp },
	{ "throttling", look_throttling },
	{ "heat", look_heat },
	{ "machine", look_machine },
	{ "clock", look_clock },
	{ "mitigations", look_mitigations },
	{ "debug", look_debug },
	{ "load", look_load },
	{ "steal", look_steal },
	{ NULL, NULL },
};
