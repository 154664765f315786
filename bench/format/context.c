// SPDX-License-Identifier: GPL-2.0-or-later
/* What a reader must know of a machine to trust its figures. */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/proc.h"
#include "base/sysfile.h"
#include "format/context.h"

enum { LINE = 4096 };

static void set_from_file(char **field, const char *path)
{
	char line[LINE];

	if (!sysfile_line(path, line, sizeof(line)))
		result_set_text(field, line);
}

/* "always [madvise] never": the word in brackets. */
static void set_chosen(char **field, const char *path)
{
	char line[LINE], *word;

	if (sysfile_line(path, line, sizeof(line)) || !(word = strchr(line, '[')))
		return;
	word[strcspn(word, "]")] = '\0';
	result_set_text(field, word + 1);
}

static void set_cpu(char **field)
{
	char model[LINE];

	/* On arm64 that file has no name of the CPU; the board's name tells more. */
	if (!sysfile_text("/proc/cpuinfo", "model name", model, sizeof(model)))
		result_set_text(field, model);
	else
		set_from_file(field, "/proc/device-tree/model");
}

static void set_mitigations(char **field)
{
	struct reason text = { "" };
	char line[LINE];
	glob_t files;

	if (glob("/sys/devices/system/cpu/vulnerabilities/*", 0, NULL, &files))
		return;
	for (size_t i = 0; i < files.gl_pathc; i++)
		if (!sysfile_line(files.gl_pathv[i], line, sizeof(line)) && strcmp(line, "Not affected"))
			reason_add(&text, "%s: %s", strrchr(files.gl_pathv[i], '/') + 1, line);
	globfree(&files);
	result_set_text(field, text.text);
}

char *context_file_hash(const char *path)
{
	/* -z: no escape, with a mark before the hash, of what is special in a name. */
	const char *argv[] = { "sha256sum", "-z", "--", path, NULL };
	char out[4400];

	if (!access(path, R_OK) && !proc_run(argv, out, sizeof(out)) && strlen(out) > 64)
		return strndup(out, 64);
	return NULL;
}

void context_here(struct results_run *run, const char *command, uint64_t seed, const char *place)
{
	struct result empty;
	struct utsname host;
	char text[160];
	time_t now = time(NULL);

	result_init(&empty, RESULT_CONTEXT);
	*run = empty.run;
	uname(&host);
	run->seed = seed;
	run->page_size = (uint64_t)sysconf(_SC_PAGESIZE);
	run->cpus = (double)sysconf(_SC_NPROCESSORS_ONLN);
	run->memory_bytes = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
	snprintf(run->place, sizeof(run->place), "%s", place);
	snprintf(run->arch, sizeof(run->arch), "%.*s", (int)sizeof(run->arch) - 1, host.machine);
	result_set_text(&run->command, command);
	result_set_text(&run->kernel, host.release);
	result_set_text(&run->version, FAULTBENCH_VERSION);
	result_set_text(&run->compiler, __VERSION__);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	result_set_text(&run->started, text);
	set_from_file(&run->boot, "/proc/sys/kernel/random/boot_id");
	set_from_file(&run->loops, "/sys/kernel/debug/faultbench/loops");
	set_from_file(&run->cmdline, "/proc/cmdline");
	set_cpu(&run->cpu);
	set_mitigations(&run->mitigations);
	set_chosen(&run->thp, "/sys/kernel/mm/transparent_hugepage/enabled");
	set_from_file(&run->governor, "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
	set_from_file(&run->clock, "/sys/devices/system/clocksource/clocksource0/current_clocksource");
	snprintf(text, sizeof(text), "/boot/config-%s", host.release);
	run->config_hash = context_file_hash(access("/proc/config.gz", R_OK) ? text : "/proc/config.gz");
}
