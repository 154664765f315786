// SPDX-License-Identifier: GPL-2.0-or-later
/* From the profiles that guests leave to tables. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/paths.h"
#include "vm/profile.h"

int vm_profile_open(struct vm_profile *p, const struct vm *vm, struct reason *reason)
{
	char map[sizeof(vm->kernel) + 16], *plugin = path_of("profile.so");
	int err;

	*p = (struct vm_profile){ .plugin = plugin ? open(plugin, O_RDONLY | O_CLOEXEC) : -1,
				  .page_size = vm->page_size };
	free(plugin);
	if (p->plugin < 0)
		return reason_fail(reason, -ENOENT, "--profile: profile.so not found next to faultbench; run make");
	snprintf(map, sizeof(map), "%.*sSystem.map", vm_folder_of(vm->kernel), vm->kernel);
	err = symbols_read(&p->symbols, map, reason);
	if (!err && !symbols_fault_entry(&p->symbols))
		err = reason_fail(reason, -EINVAL, "%s: no known fault entry", map);
	return err;
}

void vm_profile_close(struct vm_profile *p)
{
	profile_free(&p->profile);
	if (p->plugin >= 0)
		close(p->plugin);
	symbols_free(&p->symbols);
}

char *vm_profile_option(const struct vm_profile *p, int fd)
{
	const int pid = (int)getpid();
	char *option;

	/* A path of its own might have a comma. */
	if (asprintf(&option, "/proc/%d/fd/%d,out=/proc/%d/fd/%d,fault=%llx,fixup=%llx,abort=%llx", pid, p->plugin, pid, fd,
		     (unsigned long long)symbols_fault_entry(&p->symbols),
		     (unsigned long long)symbols_address(&p->symbols, "fixup_exception"),
		     (unsigned long long)symbols_address(&p->symbols, "do_mem_abort")) < 0)
		return NULL;
	return option;
}

int vm_profile_take(struct vm_profile *p, int fd, struct reason *reason)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return profile_read(&p->profile, path, reason);
}

/* The median slot of the cell of @strategy; 0 if there is none. */
static uint64_t clock_of(const char *strategy, const struct result *results, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (results[i].type == RESULT_CELL && !strcmp(results[i].cell.strategy, strategy))
			return (uint64_t)place_median_slot(&results[i].cell);
	return 0;
}

static const struct profile_arm *find_baseline(const struct vm_profile *p, unsigned number, const struct job *job)
{
	for (unsigned i = 0; i < job->n_arms; i++)
		if (!strcmp(job->arms[i], job->baseline))
			return profile_find(&p->profile, number, i);
	return NULL;
}

static double slot_pages(const struct vm_profile *p, const struct job *job)
{
	return (double)(job->slot_calls * job->block_size) / (double)p->page_size;
}

void vm_profile_functions(const struct vm_profile *p, const struct observer *observer, const struct item *item,
			  unsigned number)
{
	const struct profile_arm *arm = find_baseline(p, number, &item->job);
	struct function_count *counts = NULL;
	ssize_t n = arm ? profile_functions(&p->symbols, arm, slot_pages(p, &item->job), &counts) : -ENOENT;

	if (n >= 0)
		observer->functions(item, counts, (size_t)n, observer->arg);
	free(counts);
}

void vm_profile_faults(const struct vm_profile *p, const struct observer *observer, const struct item *item,
		       unsigned number)
{
	const struct profile_arm *arm = find_baseline(p, number, &item->job);
	struct fault_sites sites = { 0 };

	if (arm && !profile_faults(&p->symbols, arm, &sites))
		observer->faults(item, &sites, observer->arg);
	fault_sites_free(&sites);
}

void vm_profile_print(const struct vm_profile *p, FILE *out, const struct item *item, unsigned number,
		      const struct result *results, unsigned n_results)
{
	const struct job *job = &item->job;
	const double pages = slot_pages(p, job);
	struct profile_side base = { .name = job->baseline, .arm = find_baseline(p, number, job) };

	base.clock = clock_of(job->baseline, results, n_results);
	for (unsigned i = 0; i < job->n_arms; i++) {
		struct profile_side side = { .name = job->arms[i], .arm = profile_find(&p->profile, number, i) };

		/* Repeats of the baseline only show its resolution. */
		if (!base.arm || !side.arm || name_same_stem(side.name, job->baseline))
			continue;
		side.clock = clock_of(side.name, results, n_results);
		fprintf(out, "%s, %s, %s, %s, %s\n\n", job->workload, job->target, layout_names[job->layout],
			job->source, job->place);
		if (profile_table(out, &p->symbols, &base, &side, pages))
			fputs("not enough memory\n", out);
		fputc('\n', out);
	}
}
