// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * First process of a guest that tortures the write loops. /plan has a line
 *
 *	NUMBER FILE-SYSTEM CASE STRATEGY
 *
 * for each cell; each is run in a child, watched by the guest's own clock and
 * told on a port:
 *
 *	@kernel RELEASE
 *	@start NUMBER
 *	@end NUMBER OUTCOME WRITES SHORT-COPIES DETAIL
 *
 * What the outcome ought to be is not known here. A child without a sign of
 * life is killed: "endless" if it was running and that ends it, "blocked" if
 * it was asleep. A kernel that does not let this process run, or that panics,
 * is the host's matter.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "../../kernel/boot.d/pack.h"
#include "guest.h"

#define SWITCH		"/sys/kernel/debug/faultbench/strategy"
#define COUNTERS	"/sys/kernel/debug/faultbench/counters"

enum {
	PATIENCE = 100,		/* ms of a cell's own processor time without a sign of life */
	BLOCKED = 60000,	/* ms of the guest's clock; it leaps ahead when all sleep */
	DEATH = 1000,		/* ms that a killed process may take */
	POLL = 5,		/* ms */
};

/* The RAM disk of each is its place in this table; that of tmpfs is for swapping. */
static const char *const disks[] = {
	"ext4", "ext4-1k", "xfs", "btrfs", "gfs2", "f2fs", "tmpfs",
};

static const char *const rule_names[] = {
	"whole", "prefix", "efault", "pages", "chunks", "bounded", "spilt", "killed", "deaf",
	"enospc", "refused",
};

static FILE *port;
static int kmsg;

static void __attribute__((format(printf, 1, 2))) say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(port, fmt, ap);
	va_end(ap);
	fflush(port);
}

/* Ends the guest: -no-reboot makes QEMU exit. */
static void __attribute__((noreturn)) leave(void)
{
	if (port)
		tcdrain(fileno(port));
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

static void __attribute__((noreturn)) stop(const char *what)
{
	say("@stop %s: %s\n", what, strerror(errno));
	leave();
}

static void open_port(void)
{
	/* "port=ttyS1" on the kernel's command line ends up here. */
	const char *name = getenv("port");
	char path[64];
	struct termios raw;

	snprintf(path, sizeof(path), "/dev/%s", name ? name : "");
	port = fopen(path, "we");
	if (!port || tcgetattr(fileno(port), &raw)) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		leave();
	}
	cfmakeraw(&raw);
	tcsetattr(fileno(port), TCSANOW, &raw);
}

static void set_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		stop(path);
	close(fd);
}

static void mount_all(void)
{
	static const char *const mounts[][2] = {
		{ "proc", "/proc" }, { "sysfs", "/sys" }, { "devtmpfs", "/dev" },
		{ "debugfs", "/sys/kernel/debug" }, { "cgroup2", "/cgroup" },
	};

	mkdir("/mnt", 0755);
	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		mkdir(mounts[i][1], 0755);
		mount("none", mounts[i][1], mounts[i][0], 0, NULL);
	}
}

static void prepare(void)
{
	/* One fault must not make the neighbours resident. */
	set_file("/sys/kernel/debug/fault_around_bytes", "4096");
	set_file("/cgroup/cgroup.subtree_control", "+memory");
	mkdir("/cgroup/small", 0755);
	set_file("/cgroup/small/memory.max", "2M");
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kmsg < 0)
		stop("/dev/kmsg");
	/* What it had to say while it booted is not ours. */
	lseek(kmsg, 0, SEEK_END);
}

/*
 * Before the kernel has found a clock that it trusts, a second after it came
 * up, timers fire at ticks of 4 ms: no race would be one.
 */
static void wait_for_timers(void)
{
	struct timespec resolution;

	for (int ms = 0; ms < 10000; ms++) {
		clock_getres(CLOCK_MONOTONIC, &resolution);
		if (!resolution.tv_sec && resolution.tv_nsec == 1)
			return;
		usleep(1000);
	}
	errno = ETIMEDOUT;
	stop("timers of high resolution");
}

unsigned long counter(const char *name)
{
	char text[512], line[64];
	int fd = open(COUNTERS, O_RDONLY | O_CLOEXEC);
	ssize_t n;
	char *at;

	text[0] = '\n';
	n = read(fd, text + 1, sizeof(text) - 2);
	if (n <= 0)
		stop(COUNTERS);
	close(fd);
	text[n + 1] = '\0';
	/* A whole name: others end in the same. */
	snprintf(line, sizeof(line), "\n%s ", name);
	at = strstr(text, line);
	return at ? strtoul(at + strlen(line), NULL, 10) : 0;
}

/* What must not be counted with a strategy that does not look at the memory, but in a search. */
static unsigned long probes(const struct test *t, const char *strategy)
{
	if (strcmp(strategy, "errcode") || t->run == run_search)
		return 0;
	return counter("before_copy") + counter("access_fault_ins");
}

/*
 * The first message since the last call that the kernel itself holds to be a
 * warning or worse, or an empty text.
 */
static const char *read_warning(void)
{
	static char text[160];
	char record[8192];
	ssize_t len;

	text[0] = '\0';
	while ((len = read(kmsg, record, sizeof(record) - 1)) > 0 || (len < 0 && errno == EPIPE)) {
		char *message;

		record[len < 0 ? 0 : len] = '\0';
		message = strchr(record, ';');
		if (!message || *text || (strtoul(record, NULL, 10) & 7) > 4)
			continue;
		message[strcspn(message, "\n")] = '\0';
		snprintf(text, sizeof(text), "%s", message + 1);
	}
	return text;
}

/* ---- file systems -------------------------------------------------------- */

/* brd has no pages until they are written: zeros need not be. */
static void fill_ram_disk(const char *from, const char *to)
{
	static struct packed_block block;
	FILE *in = fopen(from, "re");
	int ram = open(to, O_WRONLY | O_CLOEXEC);

	if (!in || ram < 0)
		stop(in ? to : from);
	while (fread(&block, sizeof(block), 1, in) == 1)
		if (pwrite(ram, block.data, sizeof(block.data), (off_t)block.offset) !=
		    sizeof(block.data))
			stop(to);
	fclose(in);
	if (close(ram))
		stop(to);
}

/* Puts the path of the RAM disk into @ram. */
static void find_ram_disk(const char *fs, char *ram, size_t size)
{
	size_t n = 0;

	while (n < ARRAY_SIZE(disks) && strcmp(disks[n], fs))
		n++;
	snprintf(ram, size, "/dev/ram%zu", n);
}

static void mount_target(const char *fs)
{
	bool in_memory = !strcmp(fs, "tmpfs");
	char from[32], type[16], ram[32];

	find_ram_disk(fs, ram, sizeof(ram));
	snprintf(from, sizeof(from), "/%s.packed", fs);
	fill_ram_disk(from, ram);
	if (in_memory && swapon(ram, 0))
		stop("swapon");
	/* What follows a dash is how it was made. */
	snprintf(type, sizeof(type), "%.*s", (int)strcspn(fs, "-"), fs);
	if (mount(ram, "/mnt", type, 0, in_memory ? "size=24m" : NULL))
		stop(fs);
}

static void unmount_target(const char *fs)
{
	char ram[32];

	find_ram_disk(fs, ram, sizeof(ram));
	if (umount("/mnt"))
		say("@fs %s umount: %s\n", fs, strerror(errno));
	if (!strcmp(fs, "tmpfs") && swapoff(ram))
		say("@fs %s swapoff: %s\n", fs, strerror(errno));
}

static void change_target(char *now, size_t size, const char *fs)
{
	const char *warning;

	if (!strcmp(now, fs))
		return;
	if (*now)
		unmount_target(now);
	warning = read_warning();
	if (*warning)
		say("@fs %s %s\n", now, warning);
	if (!*fs)
		return;
	mount_target(fs);
	snprintf(now, size, "%s", fs);
	/* What a file system has to say at its start is its own affair. */
	read_warning();
}

/* ---- cells --------------------------------------------------------------- */

static const struct test *find_test(const char *name)
{
	for (const struct test *t = tests; t->name; t++)
		if (!strcmp(t->name, name))
			return t;
	return NULL;
}

static uint64_t now_ms(clockid_t clock)
{
	struct timespec ts = { 0 };

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* Whether @pid ended within @ms. */
static bool ended(pid_t pid, unsigned int ms, int *status)
{
	const struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	if (waitpid(pid, status, WNOHANG) == pid)
		return true;
	sigtimedwait(&child, NULL, &ts);
	return waitpid(pid, status, WNOHANG) == pid;
}

/*
 * fork() leaves pages that an arm64 CPU may not access before the kernel has
 * marked them young: what prepares the file must not depend on that.
 */
static void __attribute__((noreturn)) be_cell(struct cell *c)
{
	touch(old_data, DATA_SIZE);
	if (!c->test->aged)
		touch(new_data, DATA_SIZE);
	c->fd = open("/mnt/file", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (c->fd < 0)
		held(c, 0, "open: %s", strerror(errno));
	else
		c->test->run(c);
	if (c->fd >= 0 && !c->report->skip[0])
		compare_with_disk(c);
	_exit(0);
}

enum { DETAIL = 256 };

/* No sign of life from @pid, which runs or else sleeps: the outcome's name. */
static const char *put_down(const struct report *r, pid_t pid, bool runs, char *detail)
{
	const char *outcome = runs ? "endless" : "blocked";
	uint64_t since = now_ms(CLOCK_MONOTONIC);
	int status, fd;

	snprintf(detail, DETAIL, "%s", r->doing);
	kill(pid, SIGKILL);
	while (!ended(pid, POLL, &status))
		if (now_ms(CLOCK_MONOTONIC) - since > DEATH)
			return "unkillable";
	if (!r->size)
		return outcome;
	fd = open("/mnt/file", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || !kept_to_reach(fd, r)) {
		snprintf(detail, DETAIL, "endless, and beyond what can be read: %s", r->doing);
		outcome = "wrong";
	}
	close(fd);
	return outcome;
}

/* The outcome's name; @detail has room for DETAIL bytes. */
static const char *run_process(struct cell *c, char *detail)
{
	struct report *r = c->report;
	unsigned int patience = c->test->patience ? c->test->patience : PATIENCE;
	unsigned int seen = r->writes;
	uint64_t alive = now_ms(CLOCK_MONOTONIC), cpu_alive = 0;
	clockid_t cpu;
	int status;
	pid_t pid;

	pid = fork();
	if (pid < 0)
		stop("fork");
	if (!pid)
		be_cell(c);
	if (clock_getcpuclockid(pid, &cpu))
		stop("clock_getcpuclockid");
	while (!ended(pid, POLL, &status)) {
		uint64_t now = now_ms(CLOCK_MONOTONIC), cpu_now = now_ms(cpu);

		if (r->writes != seen) {
			seen = r->writes;
			alive = now;
			cpu_alive = cpu_now;
		} else if (cpu_now - cpu_alive > patience) {
			return put_down(r, pid, true, detail);
		} else if (now - alive > BLOCKED) {
			return put_down(r, pid, false, detail);
		}
	}
	snprintf(detail, DETAIL, "%s", r->skip[0] ? r->skip : r->detail);
	if (WIFSIGNALED(status)) {
		snprintf(detail, DETAIL, "signal %d; %s", WTERMSIG(status), r->detail);
		return "died";
	}
	if (r->skip[0])
		return "skip";
	if (r->unkillable)
		return "unkillable";
	return r->writes && r->rules ? rule_names[__builtin_ctz(r->rules)] : "wrong";
}

/*
 * A process that never ends cannot try the rest: another one goes on where it
 * stood, if the case can do that.
 */
static const char *run_cell(struct cell *c, char *detail)
{
	struct report *r = c->report;
	const char *outcome;

	*r = (struct report) { .rules = c->test->rules };
	do {
		outcome = run_process(c, detail);
		if (!strcmp(outcome, "endless"))
			r->endless++;
	} while (r->next < r->end && !strcmp(outcome, "endless"));
	if (r->end && r->endless && r->writes && r->rules) {
		snprintf(detail, DETAIL, "%u writes of %u never ended", r->endless,
			 r->endless + r->writes);
		outcome = "mixed";
	}
	return outcome;
}

static int select_strategy(const char *name)
{
	int fd = open(SWITCH, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, name, strlen(name)) < 0)
		stop(name);
	return fd;
}

/* Returns false if the guest is of no more use. */
static bool do_cell(unsigned int number, struct cell *c, const char *strategy)
{
	char detail[DETAIL] = "";
	const char *outcome, *warning;
	unsigned long before, probes_before;
	int held_switch;

	say("@start %u\n", number);
	held_switch = select_strategy(strategy);
	before = counter("short_copies");
	probes_before = probes(c->test, strategy);
	outcome = run_cell(c, detail);
	while (c->report->hang)
		;
	if (c->report->panic)
		_exit(1);
	if (probes(c->test, strategy) != probes_before) {
		snprintf(detail, sizeof(detail), "%s has accessed the memory", strategy);
		outcome = "wrong";
	}
	warning = read_warning();
	if (*warning) {
		snprintf(detail, sizeof(detail), "%s", warning);
		outcome = strstr(warning, "invoked oom-killer") ? "oom" : "dmesg";
	}
	say("@end %u %s %u %lu %s\n", number, outcome, c->report->writes + c->report->endless,
	    counter("short_copies") - before, detail);
	close(held_switch);
	return strcmp(outcome, "unkillable") != 0;
}

static void run_plan(struct cell *c)
{
	FILE *plan = fopen("/plan", "re");
	char fs[16], now[16] = "", name[32], strategy[32];
	unsigned int number;

	if (!plan)
		stop("/plan");
	while (fscanf(plan, "%u %15s %31s %31s", &number, fs, name, strategy) == 4) {
		change_target(now, sizeof(now), fs);
		c->fs = fs;
		c->test = find_test(name);
		if (!c->test)
			say("@start %u\n@end %u unknown 0 0 no such case\n", number, number);
		else if (!do_cell(number, c, strategy))
			leave();
	}
	change_target(now, sizeof(now), "");
}

static int make_pattern(void)
{
	int fd = open("/pattern", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, new_data, DATA_SIZE) != DATA_SIZE)
		stop("/pattern");
	return fd;
}

int main(void)
{
	struct cell cell = { .quick = getenv("quick") != NULL };
	struct utsname kernel;
	sigset_t child;

	mount_all();
	open_port();
	if (!uname(&kernel))
		say("@kernel %s\n", kernel.release);
	prepare();
	wait_for_timers();
	fill_data();
	cell.pattern = make_pattern();
	cell.report = mmap(NULL, sizeof(*cell.report), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (cell.report == MAP_FAILED)
		stop("mmap");
	/* Pending, so that sigtimedwait() sees it. */
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	run_plan(&cell);
	say("@done\n");
	leave();
}
