// SPDX-License-Identifier: GPL-2.0-or-later
/* What checks have in common. */
#include <errno.h>
#include <stdio.h>

#include "base/sysfile.h"
#include "doctor/doctor.h"

bool unknown(struct finding *f, const char *path, int err)
{
	struct reason why;

	if (!err || err == -ENOENT)
		return false;
	found(f, LEVEL_NOTE, "unknown: %s", sysfile_why(&why, path, err));
	return true;
}

int files_of(const char *pattern, glob_t *files)
{
	if (glob(pattern, GLOB_BRACE, NULL, files))
		return sysfile_missing(pattern);
	return 0;
}

int read_cpu_ticks(struct cpu_ticks *ticks)
{
	/* user nice system idle iowait irq softirq steal; proc(5). */
	unsigned long long t[8];
	char line[256];
	int err = sysfile_text("/proc/stat", "cpu", line, sizeof(line));

	if (err)
		return err;
	if (sscanf(line, "%llu %llu %llu %llu %llu %llu %llu %llu", &t[0], &t[1], &t[2], &t[3], &t[4], &t[5],
		   &t[6], &t[7]) != 8)
		return -EINVAL;
	ticks->total = 0;
	for (size_t i = 0; i < 8; i++)
		ticks->total += t[i];
	ticks->steal = t[7];
	return 0;
}
