// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * First process of a guest that tests a kernel with the switch: whether it boots,
 * the switch works, each strategy writes the right data on each file system, and
 * the counters are right. Results go line by line to a port of their own. The line
 * "end" comes last, and only after all tests.
 *
 * Instructions per write are for orientation: they are exact only under icount,
 * and this program does not measure.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "pack.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define SWITCH		"/sys/kernel/debug/faultbench/strategy"
#define COUNTERS	"/sys/kernel/debug/faultbench/counters"

enum { PAGE = 4096, PAGES = 64, CHUNK = 1 << 20 };

/* Which of the two hooks a strategy faults in at. */
enum when { BEFORE, AFTER };

static const struct strategy {
	const char *name;
	enum when when;
	bool first_byte;	/* looks no further than the next byte */
	bool endless_on_tags;	/* does not touch the source, only its pages */
	bool no_access;		/* after a copy: neither does it, and it comes to an end */
} strategies[] = {
	{ .name = "native", .when = BEFORE },
	{ .name = "pre", .when = BEFORE },
	{ .name = "post", .when = AFTER },
	{ .name = "gup", .when = AFTER, .endless_on_tags = true },
	{ .name = "gup-probe", .when = AFTER },
	{ .name = "gup-page", .when = AFTER, .endless_on_tags = true },
	{ .name = "errcode", .when = AFTER, .no_access = true },
	{ .name = "probe:16", .when = BEFORE },
	{ .name = "probe-each:16", .when = BEFORE },
	{ .name = "first", .when = BEFORE, .first_byte = true },
	{ .name = "post-first", .when = AFTER, .first_byte = true },
};

static const struct target {
	const char *fs;
	bool in_memory;		/* has no image */
	bool filemap;		/* its loop is generic_perform_write() */
	bool own_prefault;	/* the hooks see only resident sources */
	bool atomic;		/* enters the loop with page faults disabled */
	bool strict;		/* any byte not resident is an EFAULT */
} targets[] = {
	{ .fs = "ext4", .filemap = true },
	{ .fs = "xfs" },
	{ .fs = "btrfs", .strict = true },
	{ .fs = "gfs2", .own_prefault = true, .atomic = true },
	{ .fs = "f2fs", .filemap = true, .own_prefault = true },
	{ .fs = "tmpfs", .in_memory = true, .filemap = true },
};

struct counts {
	unsigned long before_copy, short_copies, fault_ins, access_fault_ins,
		      retries, copy_exceptions, foreign_exceptions;
};

static FILE *out;
static unsigned int failures;
static bool have_switch;	/* else it is an untouched kernel */

static void __attribute__((format(printf, 1, 2))) say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(out, fmt, ap);
	va_end(ap);
	fflush(out);
}

static void __attribute__((format(printf, 2, 3)))
check(bool ok, const char *fmt, ...)
{
	va_list ap;

	if (ok)
		return;
	failures++;
	fputs("FAILED ", out);
	va_start(ap, fmt);
	vfprintf(out, fmt, ap);
	va_end(ap);
	fputc('\n', out);
	fflush(out);
}

/* "port=ttyS1" on the kernel's command line becomes a variable of the environment. */
static FILE *open_port(void)
{
	const char *name = getenv("port");
	char path[64];
	struct termios raw;
	FILE *port;

	snprintf(path, sizeof(path), "/dev/%s", name ? name : "");
	port = fopen(path, "w");
	if (!port || tcgetattr(fileno(port), &raw)) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return NULL;
	}
	cfmakeraw(&raw);
	tcsetattr(fileno(port), TCSANOW, &raw);
	return port;
}

/* Ends the guest: -no-reboot makes QEMU exit. */
static void __attribute__((noreturn)) leave(void)
{
	sync();
	if (out)
		tcdrain(fileno(out));
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

static void __attribute__((noreturn)) give_up(const char *what)
{
	say("FAILED %s: %s\n", what, strerror(errno));
	leave();
}

static unsigned long counter(const char *text, const char *name)
{
	const char *p = text;

	/* A whole name: others end in the same. */
	while ((p = strstr(p, name)) && p != text && p[-1] != '\n')
		p++;
	return p ? strtoul(p + strlen(name), NULL, 10) : 0;
}

static struct counts read_counts(void)
{
	char text[256];
	ssize_t n;
	int fd;

	if (!have_switch)
		return (struct counts) { 0 };
	fd = open(COUNTERS, O_RDONLY);
	n = read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		give_up(COUNTERS);
	close(fd);
	text[n] = '\0';
	return (struct counts) {
		.before_copy	 = counter(text, "before_copy "),
		.short_copies	 = counter(text, "short_copies "),
		.fault_ins	 = counter(text, "fault_ins "),
		.access_fault_ins = counter(text, "access_fault_ins "),
		.retries	 = counter(text, "retries "),
		.copy_exceptions = counter(text, "copy_exceptions "),
		.foreign_exceptions = counter(text, "foreign_exceptions "),
	};
}

static struct counts counts_since(const struct counts *then)
{
	struct counts now = read_counts();

	now.before_copy -= then->before_copy;
	now.short_copies -= then->short_copies;
	now.fault_ins -= then->fault_ins;
	now.retries -= then->retries;
	now.access_fault_ins -= then->access_fault_ins;
	now.copy_exceptions -= then->copy_exceptions;
	now.foreign_exceptions -= then->foreign_exceptions;
	return now;
}

static int switch_open(void)
{
	int fd = open(SWITCH, O_RDWR);

	if (fd < 0)
		give_up(SWITCH);
	return fd;
}

static int switch_to(int fd, const char *name)
{
	return write(fd, name, strlen(name)) < 0 ? -errno : 0;
}

/* What stands in brackets in the list. */
static const char *switch_now(void)
{
	static char text[256];
	char *start, *end;
	ssize_t n;
	int fd;

	fd = open(SWITCH, O_RDONLY);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return "?";
	text[n] = '\0';
	start = strchr(text, '[');
	end = strchr(text, ']');
	if (!start || !end)
		return "?";
	*end = '\0';
	return start + 1;
}

static void test_switch(void)
{
	static const char * const bad[] = {
		"", "nonsense", "probe", "probe:0", "probe:3", "probe:8192",
		"probe:x", "pre:16", "native:", "a name beyond all measure, 32 bytes",
	};
	char text[256];
	ssize_t n;
	int fd, second;

	fd = open(SWITCH, O_RDONLY);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		give_up(SWITCH);
	text[n] = '\0';
	say("strategies %s", text);

	fd = switch_open();
	second = open(SWITCH, O_WRONLY);
	check(second < 0 && errno == EBUSY, "second holder: not EBUSY");
	if (second >= 0)
		close(second);

	for (size_t i = 0; i < ARRAY_SIZE(strategies); i++) {
		const char *name = strategies[i].name;

		check(!switch_to(fd, name), "%s: cannot be selected", name);
		check(!strcmp(switch_now(), name), "%s: selected, but reads %s",
		      name, switch_now());
	}
	check(!switch_to(fd, "pre\n"), "pre with a newline: not taken");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		check(!*bad[i] || switch_to(fd, bad[i]) == -EINVAL,
		      "\"%s\": not refused", bad[i]);
	check(!strcmp(switch_now(), "pre"), "a refused name changed the strategy");

	close(fd);
	check(!strcmp(switch_now(), "native"), "closing: %s stays", switch_now());
	fd = open(SWITCH, O_WRONLY);
	check(fd >= 0, "the switch stays held after closing");
	close(fd);
}

static char *map_anon(size_t size)
{
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		give_up("mmap");
	/* One fault would make 2 MiB resident. */
	madvise(p, size, MADV_NOHUGEPAGE);
	return p;
}

static unsigned long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000UL + ts.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	unsigned long x = *(const unsigned long *)a;
	unsigned long y = *(const unsigned long *)b;

	return (x > y) - (x < y);
}

/* Median instructions per write of a page; overwrites what is there. */
static unsigned long write_pages(int fd, const char *source)
{
	unsigned long ns[PAGES];

	for (int i = 0; i < PAGES; i++) {
		off_t at = (off_t)i * PAGE;
		unsigned long start = now_ns();

		if (pwrite(fd, source + at, PAGE, at) != PAGE)
			return 0;
		ns[i] = now_ns() - start;
	}
	qsort(ns, PAGES, sizeof(ns[0]), by_value);
	return ns[PAGES / 2];
}

static void report(const struct target *t, const struct strategy *s,
		   const char *source, unsigned long median,
		   const struct counts *c)
{
	say("cell %-5s %-13s %-9s %6lu %6.2f %6.2f %6.2f %6.2f %6.2f\n", t->fs,
	    s->name, source, median, (double)c->before_copy / PAGES,
	    (double)c->short_copies / PAGES, (double)c->fault_ins / PAGES,
	    (double)c->retries / PAGES, (double)c->copy_exceptions / PAGES);
}

static bool since(int major, int minor)
{
	struct utsname host;
	int is_major = 0, is_minor = 0;

	uname(&host);
	sscanf(host.release, "%d.%d", &is_major, &is_minor);
	return is_major > major || (is_major == major && is_minor >= minor);
}

/* From 6.14 on generic_perform_write() itself faults in after a copy of nothing. */
static enum when when_of(const struct target *t, const struct strategy *s)
{
	return !strcmp(s->name, "native") && t->filemap && since(6, 14) ? AFTER : s->when;
}

static void test_resident(int fd, const struct target *t,
			  const struct strategy *s)
{
	char *source = map_anon(PAGES * PAGE);
	struct counts then, c;
	unsigned long median;

	memset(source, 0x5a, PAGES * PAGE);
	then = read_counts();
	median = write_pages(fd, source);
	c = counts_since(&then);
	report(t, s, "resident", median, &c);
	check(median && c.before_copy == (have_switch && when_of(t, s) == BEFORE ? PAGES : 0) &&
	      !c.short_copies && !c.copy_exceptions, "%s %s resident: counts",
	      t->fs, s->name);
	munmap(source, PAGES * PAGE);
}

static void test_cold(int fd, const struct target *t, const struct strategy *s)
{
	unsigned long want = when_of(t, s) == AFTER ? PAGES : 0;
	char *source = map_anon(PAGES * PAGE);
	struct counts then, c;
	unsigned long median;

	then = read_counts();
	median = write_pages(fd, source);
	c = counts_since(&then);
	report(t, s, "anon-cold", median, &c);
	if (!t->own_prefault)
		check(median && c.short_copies == want && c.retries == want &&
		      c.fault_ins == want && !(s->no_access && c.access_fault_ins),
		      "%s %s cold: counts", t->fs, s->name);
	munmap(source, PAGES * PAGE);
}

/* A mapped file as source: a cold anonymous one holds nothing but zeros. */
static void test_data(int fd, const struct target *t, const struct strategy *s,
		      int pattern)
{
	static const size_t sizes[] = { 1, PAGE, PAGE + 1, 5 * PAGE - 3, CHUNK };
	char *source, *back = malloc(CHUNK);

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		size_t size = sizes[i], skip = size < CHUNK ? 7 : 0;
		ssize_t n;

		source = mmap(NULL, CHUNK, PROT_READ, MAP_SHARED, pattern, 0);
		memset(back, 0, CHUNK);
		n = pwrite(fd, source + skip, size, 3 + i);
		check(n == (ssize_t)size, "%s %s: %zu bytes: wrote %zd", t->fs,
		      s->name, size, n);
		check(pread(fd, back, size, 3 + i) == (ssize_t)size &&
		      !memcmp(back, source + skip, size),
		      "%s %s: %zu bytes: data differ", t->fs, s->name, size);
		munmap(source, CHUNK);
	}
	free(back);
}

/*
 * A source that cannot be made resident, whole or from its third page on. A
 * loop writes the pages before the hole; btrfs refuses everything once it has
 * seen the hole, which up to 6.12 a strategy that reads one byte does not show it.
 */
static void test_hole(int fd, const struct target *t, const struct strategy *s)
{
	bool all_or_nothing = t->strict && (!s->first_byte || since(6, 13));
	char *source = map_anon(4 * PAGE);
	ssize_t n;

	mprotect(source, 4 * PAGE, PROT_NONE);
	n = pwrite(fd, source, PAGE, 0);
	check(n < 0 && errno == EFAULT, "%s %s: PROT_NONE: %zd, %s", t->fs,
	      s->name, n, strerror(errno));

	mprotect(source, 2 * PAGE, PROT_READ);
	n = pwrite(fd, source, 4 * PAGE, 0);
	check(all_or_nothing ? n < 0 && errno == EFAULT : n == 2 * PAGE,
	      "%s %s: hole after two pages: %zd", t->fs, s->name, n);
	munmap(source, 4 * PAGE);
}

#ifdef __aarch64__
/*
 * Two pages, of which the second has another tag than the pointer: a fault
 * that GUP does not see. What only goes by GUP never comes to an end, and must
 * then be killable. The others write the first page and no more. Whole pages,
 * since QEMU 7.2 mixes up the tags within one.
 */
static char *map_tagged(void)
{
	uintptr_t p = (uintptr_t)mmap(NULL, 2 * PAGE,
				      PROT_READ | PROT_WRITE | PROT_MTE,
				      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (uintptr_t at = 0; at < 2 * PAGE; at += 16) {
		uintptr_t tagged = (p + at) | (at < PAGE ? 1UL : 2UL) << 56;

		__asm__ volatile(".arch armv8.5-a+memtag\n\tstg %0, [%0]"
			     : : "r" (tagged) : "memory");
	}
	return (char *)(p | 1UL << 56);
}

static void test_tags(int fd, const struct target *t, const struct strategy *s)
{
	bool endless = s->endless_on_tags && !t->atomic;
	bool ended = false;
	int status = 0;
	pid_t child;
	ssize_t *n;

	if (!(getauxval(AT_HWCAP2) & HWCAP2_MTE))
		return;
	n = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (n == MAP_FAILED)
		give_up("mmap");
	child = fork();
	if (!child) {
		prctl(PR_SET_TAGGED_ADDR_CTRL,
		      PR_TAGGED_ADDR_ENABLE | PR_MTE_TCF_SYNC, 0, 0, 0);
		*n = pwrite(fd, map_tagged(), 2 * PAGE, 0);
		_exit(0);
	}
	for (int ms = 0; ms < 100 && !ended; ms++) {
		usleep(1000);
		ended = waitpid(child, &status, WNOHANG) == child;
	}
	if (!ended) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	check(!status, "%s %s: tags: the writer died: %#x", t->fs, s->name,
	      status);
	say("tags %-5s %-13s %s\n", t->fs, s->name,
	    !ended ? "endless, killed" : *n == PAGE ? "whole page" :
	    *n < 0 ? "refused" : "other");
	check(ended != endless && *n <= PAGE, "%s %s: tags: %zd",
	      t->fs, s->name, *n);
	munmap(n, PAGE);
}
#else
static void test_tags(int fd, const struct target *t, const struct strategy *s)
{
	(void)fd, (void)t, (void)s;
}
#endif

/* brd has no pages until they are written: zeros need not be. */
static void fill_ram_disk(const char *from, const char *to)
{
	static struct packed_block block;
	FILE *in = fopen(from, "r");
	int ram = open(to, O_WRONLY);

	if (!in || ram < 0)
		give_up(in ? to : from);
	while (fread(&block, sizeof(block), 1, in) == 1)
		if (pwrite(ram, block.data, sizeof(block.data), block.offset) !=
		    sizeof(block.data))
			give_up(to);
	fclose(in);
	if (close(ram))
		give_up(to);
}

/* All arms overwrite the same dirty, cached file. */
static int fill(int fd)
{
	static char block[CHUNK];

	for (off_t at = 0; at < 2 * CHUNK; at += CHUNK)
		if (pwrite(fd, block, CHUNK, at) != CHUNK)
			return -1;
	return 0;
}

static void test_target(const struct target *t, int disk, int pattern)
{
	char from[32], ram[32];
	size_t arms = have_switch ? ARRAY_SIZE(strategies) : 1;
	int fd, held = -1;

	snprintf(from, sizeof(from), "/%s.packed", t->fs);
	snprintf(ram, sizeof(ram), "/dev/ram%d", disk);
	if (!t->in_memory && access(from, F_OK)) {
		say("no image: %s is left out\n", t->fs);
		return;
	}
	if (!t->in_memory)
		fill_ram_disk(from, ram);
	if (mount(t->in_memory ? "none" : ram, "/mnt", t->fs, 0, NULL)) {
		check(false, "%s: mount: %s", t->fs, strerror(errno));
		return;
	}
	fd = open("/mnt/file", O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || fill(fd))
		give_up(t->fs);

	for (size_t i = 0; i < arms; i++) {
		const struct strategy *s = &strategies[i];

		if (have_switch) {
			held = switch_open();
			if (switch_to(held, s->name))
				give_up(s->name);
		}
		test_resident(fd, t, s);
		test_cold(fd, t, s);
		test_data(fd, t, s, pattern);
		test_hole(fd, t, s);
		test_tags(fd, t, s);
		if (have_switch)
			close(held);
	}
	close(fd);
	check(!umount("/mnt"), "%s: umount: %s", t->fs, strerror(errno));
}

static int make_pattern(void)
{
	int fd = open("/pattern", O_RDWR | O_CREAT, 0600);
	unsigned int x = 1;

	for (int i = 0; i < CHUNK / (int)sizeof(x); i++) {
		x = x * 1664525 + 1013904223;
		if (write(fd, &x, sizeof(x)) != sizeof(x))
			give_up("/pattern");
	}
	return fd;
}

int main(void)
{
	int pattern;

	mkdir("/mnt", 0755);
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	mount("none", "/proc", "proc", 0, NULL);
	mount("none", "/sys", "sysfs", 0, NULL);
	mount("none", "/dev", "devtmpfs", 0, NULL);
	mount("none", "/sys/kernel/debug", "debugfs", 0, NULL);

	out = open_port();
	if (!out)
		leave();
	have_switch = !access(SWITCH, F_OK);
	if (have_switch)
		test_switch();
	else
		say("no switch: native alone\n");
	pattern = make_pattern();
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++)
		test_target(&targets[i], i, pattern);
	say("end %u failures\n", failures);
	leave();
}
