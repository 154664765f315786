// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpus.h"
#include "base/sysfile.h"

int cpus_read(const char *list, cpu_set_t *cpus)
{
	unsigned long low, high;
	char *end;

	CPU_ZERO(cpus);
	do {
		if (*list < '0' || *list > '9')
			return -EINVAL;
		low = high = strtoul(list, &end, 10);
		if (*end == '-' && end[1] >= '0' && end[1] <= '9')
			high = strtoul(end + 1, &end, 10);
		if (low > high || high >= CPU_SETSIZE || (*end && *end != ','))
			return -EINVAL;
		for (; low <= high; low++)
			CPU_SET(low, cpus);
		list = end + 1;
	} while (*end);
	return 0;
}

void cpus_add(struct reason *text, const cpu_set_t *cpus)
{
	const char *between = "";
	char range[32];
	int end;

	for (int cpu = 0; cpu < CPU_SETSIZE; cpu = end + 1) {
		for (end = cpu; end < CPU_SETSIZE && CPU_ISSET(end, cpus); end++)
			;
		if (end == cpu)
			continue;
		snprintf(range, sizeof(range), end - cpu > 1 ? "%d-%d" : "%d", cpu, end - 1);
		reason_list(text, between, range);
		between = ",";
	}
}

void cpus_allowed_here(cpu_set_t *cpus)
{
	if (sched_getaffinity(0, sizeof(*cpus), cpus))
		CPU_ZERO(cpus);
}

static void read_kind(struct cpu_kind *kind, unsigned cpu)
{
	static const char *const hybrid[] = { "core", "atom", "lowpower" };	/* x86 */
	static const char dir[] = "/sys/devices/system/cpu";
	char path[128], line[1024];
	cpu_set_t of_kind;

	*kind = (struct cpu_kind){ .name = "" };
	snprintf(path, sizeof(path), "%s/cpu%u/cpu_capacity", dir, cpu);
	sysfile_number(path, &kind->capacity);
	snprintf(path, sizeof(path), "%s/cpu%u/regs/identification/midr_el1", dir, cpu);
	if (!sysfile_line(path, line, sizeof(line)))
		snprintf(kind->name, sizeof(kind->name), "MIDR %.32s", line);
	for (size_t i = 0; i < sizeof(hybrid) / sizeof(hybrid[0]); i++) {
		snprintf(path, sizeof(path), "/sys/devices/cpu_%s/cpus", hybrid[i]);
		if (!sysfile_line(path, line, sizeof(line)) && !cpus_read(line, &of_kind) && CPU_ISSET(cpu, &of_kind))
			strcpy(kind->name, hybrid[i]);
	}
}

size_t cpus_kinds(const cpu_set_t *cpus, struct cpu_kind *kinds, size_t max)
{
	struct cpu_kind kind;
	size_t n = 0, i;

	for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, cpus))
			continue;
		read_kind(&kind, cpu);
		for (i = 0; i < n; i++)
			if (!strcmp(kinds[i].name, kind.name) && kinds[i].capacity == kind.capacity)
				break;
		if (i == n && n < max)
			kinds[n++] = kind;
		if (i < n)
			CPU_SET(cpu, &kinds[i].cpus);
	}
	return n;
}

void cpus_add_kind(struct reason *text, const struct cpu_kind *kind)
{
	char capacity[48] = "";

	if (kind->capacity)
		snprintf(capacity, sizeof(capacity), "%scapacity %" PRIu64, kind->name[0] ? ", " : "", kind->capacity);
	reason_list(text, "", kind->name);
	reason_list(text, "", capacity);
}
