// SPDX-License-Identifier: GPL-2.0-or-later
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "disk/memory.h"

/* The number behind @key in a file of "key value" or "key: value" lines, or 0. */
static uint64_t value_of(const char *path, const char *key)
{
	FILE *in = fopen(path, "re");
	unsigned long long n, value = 0;
	char line[256], name[128];

	if (!in)
		return 0;
	while (fgets(line, sizeof(line), in))
		if (sscanf(line, "%127[^: ]%*[: ]%llu", name, &n) == 2 && !strcmp(name, key)) {
			value = n;
			break;
		}
	fclose(in);
	return value;
}

uint64_t memory_info(const char *key)
{
	return value_of("/proc/meminfo", key) << 10;
}

/* The least that this cgroup and those above it allow (version 2), whoever uses it. */
static uint64_t cgroup_limit(void)
{
	char line[PATH_MAX], file[PATH_MAX + 64], *path = NULL, *last;
	FILE *in = fopen("/proc/self/cgroup", "re");
	unsigned long long limit, least = UINT64_MAX;

	if (!in)
		return UINT64_MAX;
	while (!path && fgets(line, sizeof(line), in))
		if (!strncmp(line, "0::", 3))
			path = line + 3;
	fclose(in);
	if (!path)
		return UINT64_MAX;
	path[strcspn(path, "\n")] = '\0';
	for (;;) {
		snprintf(file, sizeof(file), "/sys/fs/cgroup%s/memory.max", path);
		in = fopen(file, "re");
		if (in && fscanf(in, "%llu", &limit) == 1 && limit < least)
			least = limit;
		if (in)
			fclose(in);
		last = strrchr(path, '/');
		if (!last)
			return least;
		*last = '\0';
	}
}

uint64_t memory_available(void)
{
	uint64_t available = memory_info("MemAvailable"), limit = cgroup_limit();

	if (!available)
		available = UINT64_MAX;
	return available < limit ? available : limit;
}

uint64_t memory_background(void)
{
	return value_of("/proc/vmstat", "nr_dirty_background_threshold") * (uint64_t)sysconf(_SC_PAGESIZE);
}

uint64_t memory_needed(const struct job *job, const struct target *target, uint64_t device_size)
{
	uint64_t files = place_file_bytes(job), device = files;

	if (!target_has_device(target))
		return files;
	/*
	 * What was written back and is freed stays on the device, and the next
	 * pass over the file lands elsewhere: it fills up.
	 */
	if (files > memory_background())
		device = device_size ? device_size : target_size(target, files);
	return files + device;
}

const char *memory_short(const struct job *job, const struct target *target, uint64_t device_size,
			 char *reason, size_t size)
{
	uint64_t needed = memory_needed(job, target, device_size), available = memory_available();

	if (needed <= available)
		return NULL;
	snprintf(reason, size, "needs %llu MiB of memory, %llu are available: take a smaller file_size, or "
		 "see 'dirty pages' of faultbench doctor", (unsigned long long)(needed >> 20),
		 (unsigned long long)(available >> 20));
	return reason;
}
