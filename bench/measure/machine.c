// SPDX-License-Identifier: GPL-2.0-or-later
/* What may disturb a measurement, from /proc and /sys; none of it is required. */
#include <stdlib.h>
#include <unistd.h>

#include "base/sysfile.h"
#include "measure/measure.h"

static uint64_t value_of(const char *path, const char *key)
{
	uint64_t n;

	return sysfile_value(path, key, 10, &n) ? UINT64_MAX : n;
}

/* Time stolen by the hypervisor, ms: proc(5), the eighth number, in clock ticks. */
static uint64_t steal_ms(void)
{
	char line[512], *at = line;

	if (sysfile_text("/proc/stat", "cpu", line, sizeof(line)))
		return UINT64_MAX;
	for (int skip = 7; skip; skip--)
		strtoull(at, &at, 10);
	return strtoull(at, NULL, 10) * 1000 / (uint64_t)sysconf(_SC_CLK_TCK);
}

void machine_read(struct machine_state *m)
{
	m->steal_ms = steal_ms();
	m->written = value_of("/proc/vmstat", "nr_written");
	m->dirty_limit = value_of("/proc/vmstat", "nr_dirty_background_threshold");
	m->khz = value_of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "");
	m->millicelsius = value_of("/sys/class/thermal/thermal_zone0/temp", "");
}
