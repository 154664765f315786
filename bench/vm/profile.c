// SPDX-License-Identifier: GPL-2.0-or-later
/* From the profiles that guests leave to the tables that a person reads. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/paths.h"
#include "vm/profile.h"

int vm_profile_open(struct vm_profile *p, const char *kernel, char *reason, size_t size)
{
	const char *slash = strrchr(kernel, '/');
	char *map = NULL;
	int err;

	*p = (struct vm_profile){ .plugin = path_of("profile.so") };
	if (!p->plugin)
		p->plugin = path_of("build/profile.so");
	if (!p->plugin) {
		snprintf(reason, size, "--profile: no profile.so beside faultbench: make");
		return -ENOENT;
	}
	if (asprintf(&map, "%.*sSystem.map", slash ? (int)(slash - kernel + 1) : 0, kernel) < 0) {
		snprintf(reason, size, "no memory");
		return -ENOMEM;
	}
	err = symbols_read(&p->symbols, map, reason, size);
	if (!err && !symbols_fault_entry(&p->symbols)) {
		snprintf(reason, size, "%s: no fault entry that is known here", map);
		err = -EINVAL;
	}
	free(map);
	return err;
}

void vm_profile_close(struct vm_profile *p)
{
	for (size_t i = 0; i < p->n; i++)
		profile_free(&p->parts[i]);
	free(p->parts);
	free(p->plugin);
	symbols_free(&p->symbols);
}

char *vm_profile_option(const struct vm_profile *p, int fd)
{
	char *option;

	if (asprintf(&option, "%s,out=/proc/%d/fd/%d,fault=%llx", p->plugin, (int)getpid(), fd,
		     (unsigned long long)symbols_fault_entry(&p->symbols)) < 0)
		return NULL;
	return option;
}

int vm_profile_take(struct vm_profile *p, int fd, char *reason, size_t size)
{
	struct profile *parts = reallocarray(p->parts, p->n + 1, sizeof(*parts));
	char path[64];

	if (!parts) {
		snprintf(reason, size, "no memory");
		return -ENOMEM;
	}
	p->parts = parts;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return profile_read(&p->parts[p->n++], path, reason, size);
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The median slot, the lower one of two, of the line that is @strategy's; 0 if there is none. */
static uint64_t clock_of(const char *strategy, char *const *lines, unsigned n_lines)
{
	uint64_t *slots, median = 0;

	for (unsigned i = 0; i < n_lines && !median; i++) {
		json_t *line = json_loads(lines[i], 0, NULL), *list = json_object_get(line, "slots");
		const char *name = json_string_value(json_object_get(line, "strategy"));
		size_t n = json_array_size(list);

		slots = name && !strcmp(name, strategy) && n ? calloc(n, sizeof(*slots)) : NULL;
		for (size_t k = 0; slots && k < n; k++)
			slots[k] = (uint64_t)json_integer_value(json_array_get(list, k));
		if (slots) {
			qsort(slots, n, sizeof(*slots), by_value);
			median = slots[(n - 1) / 2];
		}
		free(slots);
		json_decref(line);
	}
	return median;
}

static const struct profile_arm *find(const struct vm_profile *p, unsigned number, unsigned arm)
{
	const struct profile_arm *found = NULL;

	for (size_t i = 0; i < p->n && !found; i++)
		found = profile_find(&p->parts[i], number, arm);
	return found;
}

void vm_profile_print(const struct vm_profile *p, FILE *out, const struct item *item, unsigned number,
		      char *const *lines, unsigned n_lines)
{
	const struct job *job = &item->job;
	double pages = (double)(job->slot_calls * job->block_size) / 4096;
	struct profile_side base = { .name = job->baseline };

	for (unsigned i = 0; i < job->n_arms; i++)
		if (!strcmp(job->arms[i], job->baseline))
			base.arm = find(p, number, i);
	base.clock = clock_of(job->baseline, lines, n_lines);
	for (unsigned i = 0; i < job->n_arms; i++) {
		struct profile_side side = { .name = job->arms[i], .arm = find(p, number, i) };

		/* Repeats of the baseline only show its resolution. */
		if (!base.arm || !side.arm || !strncmp(side.name, job->baseline, strcspn(side.name, "#")))
			continue;
		side.clock = clock_of(side.name, lines, n_lines);
		fprintf(out, "%s, %s, %s, %s, %s\n\n", job->workload, job->target, job->layout, job->source,
			job->place);
		if (profile_table(out, &p->symbols, &base, &side, pages))
			fputs("no memory\n", out);
		fputc('\n', out);
	}
}
