// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks of what makes results noisy or untypical: memory, CPU, kernel options, other load. */
#include <errno.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cpus.h"
#include "base/proc.h"
#include "base/sysfile.h"
#include "disk/free_pages.h"
#include "disk/memory.h"
#include "doctor/doctor.h"

#define CPU_DIR "/sys/devices/system/cpu"

static const uint64_t mib = 1 << 20;

/* Whether reading @path succeeded, by its result @err; if it did not and @path is there, @f says why. */
static bool known(struct finding *f, const char *path, int err)
{
	return !unknown(f, path, err) && !err;
}

static void look_memory(struct finding *f)
{
	static const char file[] = "/proc/meminfo";
	uint64_t available = memory_available(), need, n;

	if (!known(f, file, sysfile_value(file, "MemAvailable", 10, &n)))
		return;
	need = memory_needed(&f->doctor->largest, &targets[0], 0) + 64 * mib;
	if (available < 64 * mib)
		found(f, LEVEL_NOTHING, "%" PRIu64 " MiB available, and the smallest workloads need 64", available / mib);
	else
		found(f, available < need ? LEVEL_NOTE : LEVEL_OK, "%" PRIu64 " MiB available; the largest workload, "
		      "%s, needs %" PRIu64 " (page cache and device)", available / mib,
		      f->doctor->largest.workload, need / mib);
}

static void look_dirty(struct finding *f)
{
	static const char file[] = "/proc/vmstat";
	uint64_t limit, files = memory_files(&f->doctor->largest);

	if (!known(f, file, sysfile_value(file, "nr_dirty_background_threshold", 10, &limit)))
		return;
	limit *= (uint64_t)sysconf(_SC_PAGESIZE);
	found(f, limit > files ? LEVEL_OK : LEVEL_NOTE, "write-back starts at %" PRIu64 " MiB of dirty pages; the "
	      "files of %s need %" PRIu64, limit / mib, f->doctor->largest.workload, files / mib);
	if (limit <= files)
		fix_machine(f, "sysctl vm.dirty_background_bytes=%" PRIu64 " vm.dirty_bytes=%" PRIu64, 2 * files, 4 * files);
}

static void look_swap(struct finding *f)
{
	static const char file[] = "/proc/meminfo";
	uint64_t total, left;

	if (!known(f, file, sysfile_value(file, "SwapTotal", 10, &total)) ||
	    !known(f, file, sysfile_value(file, "SwapFree", 10, &left)))
		return;
	if (total == left) {
		found(f, LEVEL_OK, total ? "%" PRIu64 " MiB, unused" : "none", total >> 10);
		return;
	}
	found(f, LEVEL_NOTE, "%" PRIu64 " MiB in use: RAM devices may be swapped out", (total - left) >> 10);
	fix_machine(f, "swapoff -a");
}

/*
 * Files of single pages take free pages in the order of the free lists. Freed in
 * random order they were seen to double what a page of tmpfs costs, and the
 * percentage that a strategy adds was half as large: docs/method.md.
 */
static void look_scatter(struct finding *f)
{
	enum { SIZE = 64 << 20, ENOUGH = 50 };
	int adjacent;

	if (memory_available() < 4 * (uint64_t)SIZE)
		return;
	adjacent = free_pages_adjacent(SIZE);
	if (adjacent < 0) {
		if (!unknown(f, "/proc/", sysfile_missing("/proc/")))
			found(f, LEVEL_OK, "unknown: only CAP_SYS_ADMIN sees where pages are");
		return;
	}
	found(f, LEVEL_OK, "%d of 100 new pages are adjacent to the one before", adjacent);
	if (adjacent < ENOUGH) {
		reason_add(&f->text, "free memory is fragmented, so files in single pages cost more");
		f->level = LEVEL_NOTE;
		fix_file(f, "/proc/sys/vm/compact_memory", "1");
	}
}

/*
 * With VIRTIO_BALLOON_F_REPORTING the host takes free memory back. A run keeps
 * what it needs (disk/free_pages.c); other programs, dd or fio, do not.
 */
static void look_balloon(struct finding *f)
{
	enum { REPORTING = 5 };		/* the bit; the file has one character a bit */
	char bits[256];
	glob_t g;

	if (files_of("/sys/bus/virtio/drivers/virtio_balloon/virtio*/features", &g))
		return;
	if (!unknown(f, g.gl_pathv[0], sysfile_line(g.gl_pathv[0], bits, sizeof(bits))) && strlen(bits) > REPORTING)
		found(f, bits[REPORTING] == '1' ? LEVEL_NOTE : LEVEL_OK, bits[REPORTING] == '1' ?
		      "the host reclaims free memory (free page reporting): a run keeps what it needs, but other "
		      "programs (dd, fio) pay for new pages" : "the host reclaims no memory by itself");
	globfree(&g);
}

/* A run takes the last CPUs that it may use: without --cpu, which kind it measures is chance. */
static void look_cpus(struct finding *f)
{
	struct cpu_kind kinds[8], *fastest = kinds;
	struct reason text = { "" };
	cpu_set_t allowed;
	size_t n;

	cpus_allowed_here(&allowed);
	n = cpus_kinds(&allowed, kinds, sizeof(kinds) / sizeof(kinds[0]));
	if (unknown(f, "/sys/", sysfile_missing("/sys/")))
		return;
	if (n <= 1) {
		found(f, LEVEL_OK, "all CPUs are of one kind");
		return;
	}
	found(f, LEVEL_NOTE, "%zu kinds of CPU, whose results cannot be compared", n);
	for (struct cpu_kind *kind = kinds; kind < kinds + n; kind++) {
		if (kind->capacity > fastest->capacity)
			fastest = kind;
		reason_set(&text, "CPU%s ", CPU_COUNT(&kind->cpus) > 1 ? "s" : "");
		cpus_add(&text, &kind->cpus);
		reason_list(&text, ": ", "");
		cpus_add_kind(&text, kind);
		reason_add(&f->text, "%s", text.text);
	}
	text.text[0] = '\0';
	cpus_add(&text, &fastest->cpus);
	fix(f, "faultbench run --cpu %s ...", text.text);
}

static void look_governor(struct finding *f)
{
	char first[64] = "", line[64];
	unsigned slow = 0;
	glob_t g;
	int err = files_of(CPU_DIR "/cpufreq/policy*/scaling_governor", &g);

	if (unknown(f, CPU_DIR, err))
		return;
	if (err) {
		found(f, LEVEL_OK, "no frequency control, as in most virtual machines");
		return;
	}
	for (size_t i = 0; i < g.gl_pathc; i++)
		if (!sysfile_line(g.gl_pathv[i], line, sizeof(line)) && strcmp(line, "performance") && !slow++)
			strcpy(first, line);
	found(f, LEVEL_OK, "performance");
	if (slow) {
		found(f, LEVEL_NOTE, "%s on %u of %zu frequency domains", first, slow, g.gl_pathc);
		fix_machine(f, "cpupower frequency-set -g performance");
	}
	globfree(&g);
}

static void look_boost(struct finding *f)
{
	static const struct { const char *file; uint64_t off; } switches[] = {
		{ CPU_DIR "/intel_pstate/no_turbo", 1 }, { CPU_DIR "/cpufreq/boost", 0 },
	};
	uint64_t n;

	for (size_t i = 0; i < 2 && !f->text.text[0]; i++) {
		const char *file = switches[i].file;

		if (!known(f, file, sysfile_number(file, &n)))
			continue;
		found(f, LEVEL_OK, "off");
		if (n != switches[i].off) {
			found(f, LEVEL_NOTE, "on: the clock depends on load and heat");
			fix_file(f, file, switches[i].off ? "1" : "0");
		}
	}
}

static void look_smt(struct finding *f)
{
	static const char file[] = CPU_DIR "/smt/active";
	uint64_t active;

	if (!known(f, file, sysfile_number(file, &active)))
		return;
	found(f, LEVEL_OK, "off, or hidden from this machine");
	if (active) {
		found(f, LEVEL_NOTE, "on: sibling threads share the core with the measured one");
		fix_file(f, CPU_DIR "/smt/control", "off");
	}
}

static void look_thp(struct finding *f)
{
	static const char file[] = "/sys/kernel/mm/transparent_hugepage/enabled";
	char line[128] = "";
	int err = sysfile_line(file, line, sizeof(line));

	if (unknown(f, file, err))
		return;
	if (err) {
		found(f, LEVEL_NOTE, "this kernel has no transparent huge pages: workloads with source huge cannot run");
	} else if (strstr(line, "[never]")) {
		found(f, LEVEL_NOTE, "never: workloads with source huge cannot run");
		fix_file(f, file, "madvise");
	} else {
		found(f, LEVEL_OK, "%s (sources ask for the pages they need)",
		      strstr(line, "[always]") ? "always" : "madvise");
	}
}

static void look_load(struct finding *f)
{
	static const char file[] = "/proc/loadavg";
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	char line[128];
	double load;

	if (!known(f, file, sysfile_line(file, line, sizeof(line))))
		return;
	load = strtod(line, NULL);
	found(f, LEVEL_OK, "%.2f on %ld CPU%s", load, cpus, cpus == 1 ? "" : "s");
	if (load >= 0.2 * (double)cpus) {
		reason_add(&f->text, "other programs are running: stop them, or wait");
		f->level = LEVEL_NOTE;
		fix(f, "ps -eo pcpu,pid,comm --sort=-pcpu | head");
	}
}

/* Under 1 % is what a quiet guest shows now and then. */
static void look_steal(struct finding *f)
{
	const struct cpu_ticks *before = &f->doctor->at_start;
	struct timespec until = f->doctor->started;
	struct cpu_ticks now;
	double percent;

	/* The other checks took some of the second already. */
	until.tv_sec++;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
	if (unknown(f, "/proc/stat", read_cpu_ticks(&now)) || !before->total || now.total <= before->total)
		return;
	percent = 100 * (double)(now.steal - before->steal) / (double)(now.total - before->total);
	found(f, percent < 1 ? LEVEL_OK : LEVEL_NOTE, "%.1f %% of CPU time went to other guests in the last second",
	      percent);
	if (percent >= 1)
		reason_add(&f->text, "measure when the host is quieter");
}

static bool is_raspberry_pi(void)
{
	char model[128];

	return !sysfile_line("/proc/device-tree/model", model, sizeof(model)) && strstr(model, "Raspberry Pi");
}

/*
 * The firmware's flags. The driver prints "50005", vcgencmd "throttled=0x50005".
 * Returns 0 or an error as base/sysfile.h has them, about *@path.
 */
static int firmware_throttled(uint64_t *bits, struct reason *path)
{
	char line[64], *hex;
	glob_t g;
	int err;

	if (!files_of("/sys/devices/platform/{soc*/,}*firmware*/get_throttled", &g)) {
		err = sysfile_value(g.gl_pathv[0], "", 16, bits);
		reason_set(path, "%s", g.gl_pathv[0]);
		globfree(&g);
		return err;
	}
	if (!is_raspberry_pi())
		return -ENOENT;
	reason_set(path, "vcgencmd get_throttled");
	if (proc_run((const char *[]){ "vcgencmd", "get_throttled", NULL }, line, sizeof(line)))
		return -ENOPKG;
	hex = strstr(line, "0x");
	*bits = hex ? strtoul(hex, NULL, 16) : 0;
	return hex ? 0 : -EINVAL;
}

static void look_throttling(struct finding *f)
{
	/* documentation/computers/os.html#get_throttled of raspberrypi.com */
	static const struct { unsigned bit; const char *what; } meanings[] = {
		{ 0, "under-voltage" }, { 1, "clock capped" }, { 2, "throttled" },
		{ 3, "soft temperature limit" }, { 16, "under-voltage since boot" },
		{ 17, "clock capped since boot" }, { 18, "throttled since boot" },
		{ 19, "soft temperature limit since boot" },
	};
	struct reason what = { "" }, path;
	uint64_t bits;
	int err = firmware_throttled(&bits, &path);

	if (err == -ENOPKG)
		fix(f, "%sapt install raspi-utils", f->doctor->sudo);
	if (!known(f, path.text, err))
		return;
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (bits >> meanings[i].bit & 1)
			reason_list(&what, ", ", meanings[i].what);
	if (!what.text[0]) {
		found(f, LEVEL_OK, "none since boot");
		return;
	}
	found(f, LEVEL_NOTE, "%s: improve power supply or cooling, then reboot", what.text);
}

static void look_heat(struct finding *f)
{
	uint64_t n, sum = 0;
	glob_t g;

	if (files_of(CPU_DIR "/cpu*/thermal_throttle/core_throttle_count", &g))
		return;
	for (size_t i = 0; i < g.gl_pathc; i++)
		if (!sysfile_number(g.gl_pathv[i], &n))
			sum += n;
	globfree(&g);
	found(f, sum ? LEVEL_NOTE : LEVEL_OK, sum ? "cores were throttled %" PRIu64 " times since boot: cool the machine"
	      : "no core was throttled since boot", sum);
}

static void look_machine(struct finding *f)
{
	static const char cpuinfo[] = "/proc/cpuinfo", dmi[] = "/sys/class/dmi/id/product_name";
	char product[128] = "", flags[16384] = "", type[64] = "";
	int err = sysfile_text(cpuinfo, "flags", flags, sizeof(flags));
	bool guest;

	/* arm64 has no such flag, but the firmware names the machine. */
	sysfile_line("/sys/hypervisor/type", type, sizeof(type));
	if (sysfile_line(dmi, product, sizeof(product)) && unknown(f, cpuinfo, err))
		return;
	guest = strstr(flags, " hypervisor") || type[0] || strstr(product, "KVM") || strstr(product, "QEMU") ||
		strstr(product, "Virtual");
	found(f, guest ? LEVEL_NOTE : LEVEL_OK, "%s%s%s%s%s", guest ? "a virtual machine" : "no sign of a hypervisor",
	      product[0] ? " (" : "", product, product[0] ? ")" : "", guest ?
	      ": faults may cost more than on hardware, and neighbours make noise" : "");
}

static void look_clock(struct finding *f)
{
	static const char now_file[] = "/sys/devices/system/clocksource/clocksource0/current_clocksource",
		all_file[] = "/sys/devices/system/clocksource/clocksource0/available_clocksource";
	/* Read in user space, through the vDSO, in some 20 ns. */
	static const char *const cheap[] = {
		"tsc", "arch_sys_counter", "kvm-clock", "hyperv_clocksource_tsc_page", NULL
	};
	char now[64], all[256] = "";

	if (!known(f, now_file, sysfile_line(now_file, now, sizeof(now))))
		return;
	found(f, LEVEL_OK, "%s", now);
	for (size_t i = 0; cheap[i]; i++)
		if (!strcmp(cheap[i], now))
			return;
	sysfile_line(all_file, all, sizeof(all));
	found(f, LEVEL_NOTE, "%s is slow: each read is a system call%s", now,
	      strstr(all, "tsc") ? "" : "; try tsc=reliable on the kernel's command line");
	if (strstr(all, "tsc"))
		fix_file(f, now_file, "tsc");
}

static void look_mitigations(struct finding *f)
{
	unsigned active = 0, vulnerable = 0, not_affected = 0, n = 0;
	char line[256];
	glob_t g;

	if (!known(f, CPU_DIR, files_of(CPU_DIR "/vulnerabilities/*", &g)))
		return;
	for (size_t i = 0; i < g.gl_pathc; i++) {
		if (sysfile_line(g.gl_pathv[i], line, sizeof(line)))
			continue;
		n++;
		not_affected += !strncmp(line, "Not affected", 12);
		vulnerable += !strncmp(line, "Vulnerable", 10);
	}
	globfree(&g);
	active = n - not_affected - vulnerable;
	found(f, LEVEL_OK, "%u active, %u vulnerable, %u not affected (mitigations slow faults and system calls; "
	      "recorded with results)", active, vulnerable, not_affected);
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

/* The first that can be read of the places where distributions keep the running kernel's. */
static const char read_config[] =
	"for file in /proc/config.gz /boot/config-$(uname -r) /lib/modules/$(uname -r)/config; do "
	"[ -r $file ] && exec gzip -dcf $file; done 2>/dev/null";

static void look_debug(struct finding *f)
{
	FILE *in = popen(read_config, "re");
	char line[4096], option[64], yes;
	struct reason on = { "" };
	bool any = false;

	while (in && fgets(line, sizeof(line), in)) {
		if (sscanf(line, "CONFIG_%63[A-Z0-9_]=%c", option, &yes) != 2)
			continue;
		any = true;
		if (yes == 'y' && is_debug_option(option))
			reason_list(&on, ", ", option);
	}
	if (in)
		pclose(in);
	if (!any)
		found(f, LEVEL_NOTE, "unknown: neither /proc/config.gz nor /boot/config-* can be read");
	else if (on.text[0])
		found(f, LEVEL_NOTE, "the kernel has %s: faults and copies are slower", on.text);
	else
		found(f, LEVEL_OK, "the kernel has no debug options that slow it down");
}

const struct check machine_checks[] = {
	{ "memory", look_memory },
	{ "dirty-pages", look_dirty },
	{ "swap", look_swap },
	{ "free-pages", look_scatter },
	{ "balloon", look_balloon },
	{ "cpus", look_cpus },
	{ "governor", look_governor },
	{ "boost", look_boost },
	{ "smt", look_smt },
	{ "huge-pages", look_thp },
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
