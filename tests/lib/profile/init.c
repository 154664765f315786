// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * First process of a guest that tries the profile: marked writes of a page
 * to a dirty cached file on ext4, from resident and from cold memory, with
 * two strategies of the kernel's switch. Beside each arm's profile stands the
 * median of what the guest's clock, which counts instructions, showed:
 *
 *	clock CELL ARM MEDIAN SOURCE STRATEGY
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "format/marker.h"

enum { PAGE = 4096, SLOTS = 31, PAGES = 64 };

static void __attribute__((noreturn)) leave(const char *what)
{
	if (what)
		fprintf(stderr, "%s: %s\n", what, strerror(errno));
	fflush(NULL);
	sync();
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

static long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

static void fill_disk(void)
{
	static char block[1 << 16];
	int in = open("/image", O_RDONLY), disk = open("/dev/ram0", O_WRONLY);
	ssize_t got;

	if (in < 0 || disk < 0)
		leave("/dev/ram0");
	while ((got = read(in, block, sizeof(block))) > 0)
		if (write(disk, block, (size_t)got) != got)
			leave("/dev/ram0");
	close(in);
	if (close(disk))
		leave("/dev/ram0");
}

static void run_arm(FILE *out, int fd, char *source, unsigned cell, const char *strategy, unsigned arm)
{
	int held = open("/sys/kernel/debug/faultbench/strategy", O_WRONLY);
	long took[SLOTS];

	if (held < 0 || write(held, strategy, strlen(strategy)) < 0)
		leave(strategy);
	/* The first write of an arm is not like the others. */
	for (int i = -1; i < SLOTS; i++) {
		char *page = source + (i + 1) * PAGE;
		long begin, end;

		if (cell)
			madvise(page, PAGE, MADV_DONTNEED);
		marker_begin(i < 0 ? MARKER_NO_ARM : arm);
		begin = now();
		if (pwrite(fd, page, PAGE, (i + 1) * PAGE) != PAGE)
			leave("pwrite");
		end = now();
		marker_end();
		if (i >= 0)
			took[i] = end - begin;
	}
	close(held);
	qsort(took, SLOTS, sizeof(took[0]), by_value);
	fprintf(out, "clock %u %u %ld %s %s\n", cell, arm, took[SLOTS / 2], cell ? "cold" : "resident", strategy);
}

int main(void)
{
	static const char *const strategies[] = { "pre", "post", "pre" };
	char *source = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char port[64];
	FILE *out;
	int fd;

	mkdir("/mnt", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	mount("none", "/sys", "sysfs", 0, NULL);
	mount("none", "/dev", "devtmpfs", 0, NULL);
	mount("none", "/sys/kernel/debug", "debugfs", 0, NULL);
	fill_disk();
	/* "port=..." on the kernel's command line ends up here. */
	snprintf(port, sizeof(port), "/dev/%s", getenv("port") ? getenv("port") : "");
	out = fopen(port, "we");
	if (!out || mount("/dev/ram0", "/mnt", "ext4", MS_NOATIME, NULL))
		leave("/mnt");
	fd = open("/mnt/file", O_RDWR | O_CREAT | O_TRUNC, 0600);
	memset(source, 0x5a, PAGES * PAGE);
	if (fd < 0 || pwrite(fd, source, PAGES * PAGE, 0) != PAGES * PAGE)
		leave("/mnt/file");
	for (unsigned cell = 0; cell < 2; cell++) {
		marker_cell(cell);
		for (unsigned arm = 0; arm < sizeof(strategies) / sizeof(strategies[0]); arm++)
			run_arm(out, fd, source, cell, strategies[arm], arm);
	}
	fprintf(out, "end\n");
	fclose(out);
	leave(NULL);
}
