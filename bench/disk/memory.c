// SPDX-License-Identifier: GPL-2.0-or-later
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/sysfile.h"
#include "disk/memory.h"

/* The least that this cgroup and those above it allow. */
static uint64_t cgroup_limit(void)
{
	char group[PATH_MAX], file[PATH_MAX + 64], *last;
	uint64_t limit, least = UINT64_MAX;

	/* "0::/path" is the line of version 2. */
	if (sysfile_text("/proc/self/cgroup", "0", group, sizeof(group)))
		return UINT64_MAX;
	for (;;) {
		snprintf(file, sizeof(file), "/sys/fs/cgroup%s/memory.max", group);
		if (!sysfile_number(file, &limit) && limit < least)
			least = limit;
		last = strrchr(group, '/');
		if (!last)
			return least;
		*last = '\0';
	}
}

uint64_t memory_available(void)
{
	uint64_t kib, limit = cgroup_limit();

	return sysfile_value("/proc/meminfo", "MemAvailable", 10, &kib) || kib << 10 > limit ? limit : kib << 10;
}

uint64_t memory_background(void)
{
	uint64_t pages;

	return sysfile_value("/proc/vmstat", "nr_dirty_background_threshold", 10, &pages) ? UINT64_MAX
		: pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

uint64_t memory_files(const struct job *job)
{
	/* The source of a slot has at most 32 MiB, or one block. */
	return job_bytes(job) + job->threads * ((UINT64_C(32) << 20) + job->block_size);
}

uint64_t memory_device(const struct job *job, const struct target *target, uint64_t device_size)
{
	return device_size && target_has_device(target) ? device_size : target_size(target, memory_files(job));
}

uint64_t memory_needed(const struct job *job, const struct target *target, uint64_t device_size)
{
	uint64_t files = memory_files(job), device = files, background = memory_background();

	if (!target_has_device(target))
		return files;
	/*
	 * Freed blocks keep their memory and the file is reallocated elsewhere,
	 * so a device that is written back to fills up.
	 */
	if (job->direct || job->dsync || background == UINT64_MAX || files > background)
		device = memory_device(job, target, device_size);
	return files + device;
}

const char *memory_short(const struct job *job, const struct target *target, uint64_t device_size,
			 struct reason *reason)
{
	uint64_t needed = memory_needed(job, target, device_size), available = memory_available();

	if (needed <= available)
		return NULL;
	return reason_set(reason, "needs %llu MiB of memory, %llu are available: use a smaller file_size, or "
			  "see 'faultbench doctor dirty-pages'", (unsigned long long)(needed >> 20),
			  (unsigned long long)(available >> 20));
}
