// SPDX-License-Identifier: GPL-2.0-or-later
/* What may disturb a measurement, read from /proc and /sys; nothing of it is required. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "measure/measure.h"

/* The number behind @key in @path (or, without a key, the whole file). */
static uint64_t read_number(const char *path, const char *key, int skip)
{
	char text[16384], *at = text;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return UINT64_MAX;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len <= 0)
		return UINT64_MAX;
	text[len] = '\0';
	if (key) {
		at = strstr(text, key);
		if (!at)
			return UINT64_MAX;
		at += strlen(key);
	}
	for (; skip; skip--)
		strtoull(at, &at, 10);
	return strtoull(at, NULL, 10);
}

void machine_read(struct machine_state *m)
{
	/* The eighth number of the first line: ticks stolen by the hypervisor. */
	uint64_t steal = read_number("/proc/stat", "cpu ", 7);

	m->steal_ms = steal == UINT64_MAX ? steal : steal * 1000 / (uint64_t)sysconf(_SC_CLK_TCK);
	m->written = read_number("/proc/vmstat", "nr_written ", 0);
	m->dirty_limit = read_number("/proc/vmstat", "nr_dirty_background_threshold ", 0);
	m->khz = read_number("/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", NULL, 0);
	m->millicelsius = read_number("/sys/class/thermal/thermal_zone0/temp", NULL, 0);
}
