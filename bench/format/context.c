// SPDX-License-Identifier: GPL-2.0-or-later
/* What a reader must know of a machine to trust its figures. Unknown is null. */
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/proc.h"
#include "format/context.h"

/* The first line of @path, or NULL; the caller frees it. */
static char *first_line(const char *path)
{
	char *line = NULL;
	size_t room = 0;
	FILE *in = fopen(path, "re");
	ssize_t len = in ? getline(&line, &room, in) : -1;

	if (in)
		fclose(in);
	if (len <= 0) {
		free(line);
		return NULL;
	}
	line[strcspn(line, "\n")] = '\0';
	return line;
}

/* json_string() takes UTF-8 only; what is not ASCII here is nobody's loss. */
static json_t *text_or_null(char *text)
{
	json_t *value = NULL;

	for (char *c = text; c && *c; c++)
		if (*c < 0x20 || *c > 0x7e)
			*c = '?';
	if (text && *text)
		value = json_string(text);
	free(text);
	return value ? value : json_null();
}

static json_t *file_or_null(const char *path)
{
	return text_or_null(first_line(path));
}

/* "always [madvise] never": what stands in brackets. */
static json_t *chosen(const char *path)
{
	char *line = first_line(path), *open = line ? strchr(line, '[') : NULL, *word = NULL;

	if (open) {
		open[strcspn(open, "]")] = '\0';
		word = strdup(open + 1);
	}
	free(line);
	return text_or_null(word);
}

static json_t *cpu_model(void)
{
	char *line = NULL, *model = NULL;
	size_t room = 0;
	FILE *in = fopen("/proc/cpuinfo", "re");

	while (in && !model && getline(&line, &room, in) > 0) {
		char *colon = strchr(line, ':');

		if (colon && !strncmp(line, "model name", 10) && colon[1]) {
			colon[strcspn(colon, "\n")] = '\0';
			model = strdup(colon + 2);
		}
	}
	free(line);
	if (in)
		fclose(in);
	/* arm64 does not name its CPU there, but the board. */
	return model ? text_or_null(model) : file_or_null("/proc/device-tree/model");
}

static json_t *mitigations(void)
{
	static const char dir_path[] = "/sys/devices/system/cpu/vulnerabilities";
	struct dirent **entries;
	char *all = strdup("");
	int n = scandir(dir_path, &entries, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		char path[320], *line, *longer;

		snprintf(path, sizeof(path), "%s/%s", dir_path, entries[i]->d_name);
		line = entries[i]->d_name[0] == '.' ? NULL : first_line(path);
		if (all && line && strcmp(line, "Not affected") &&
		    asprintf(&longer, "%s%s%s: %s", all, *all ? "; " : "", entries[i]->d_name, line) > 0) {
			free(all);
			all = longer;
		}
		free(line);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return text_or_null(all);
}

json_t *context_file_hash(const char *path)
{
	char out[4400], *argv[] = { (char[]){ "sha256sum" }, (char *)(uintptr_t)path, NULL };

	if (!access(path, R_OK) && !proc_run(argv, out, sizeof(out)) && strlen(out) > 64)
		return json_stringn(out, 64);
	return json_null();
}

/* Of the kernel's configuration. */
static json_t *config_hash(const char *release)
{
	char boot[160];

	snprintf(boot, sizeof(boot), "/boot/config-%s", release);
	return context_file_hash(access("/proc/config.gz", R_OK) ? boot : "/proc/config.gz");
}

char *context_line(const char *command, uint64_t seed, const char *place, json_t *place_keys)
{
	time_t now = time(NULL);
	char started[32], *line;
	struct utsname host;
	json_t *context;

	uname(&host);
	strftime(started, sizeof(started), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	context = json_pack(
		"{s:s, s:i, s:o, s:I, s:s, s:s, s:i, s:s, s:o, s:o, s:n, s:n, s:o, s:i, s:I, s:o, s:o, s:o, s:o, s:{s:s, s:s}, s:s}",
		"type", "context", "schema", 1, "command", text_or_null(strdup(command)),
		"seed", (json_int_t)seed, "place", place, "arch", host.machine,
		"page_size", (int)sysconf(_SC_PAGESIZE), "kernel", host.release,
		"cmdline", file_or_null("/proc/cmdline"), "config_hash", config_hash(host.release),
		"image_hash", "emulator", "cpu", cpu_model(),
		"cpus", (int)sysconf(_SC_NPROCESSORS_ONLN),
		"memory_bytes", (json_int_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE),
		"mitigations", mitigations(),
		"thp", chosen("/sys/kernel/mm/transparent_hugepage/enabled"),
		"governor", file_or_null("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
		"clock", file_or_null("/sys/devices/system/clocksource/clocksource0/current_clocksource"),
		"versions", "faultbench", FAULTBENCH_VERSION, "cc", __VERSION__, "started", started);
	if (context && place_keys)
		json_object_update(context, place_keys);
	json_decref(place_keys);
	line = context ? json_dumps(context, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
	json_decref(context);
	return line;
}
