// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "format/calibration.h"

/* Path of the file; the caller frees it. NULL with @reason where there is no place for one. */
static char *path_in_cache(struct reason *reason)
{
	/* As kernel/build finds the cache. */
	const char *cache = getenv("FAULTBENCH_CACHE"), *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *path = NULL;
	int len = 0;

	if (cache && *cache)
		len = asprintf(&path, "%s/calibration.jsonl", cache);
	else if (base && *base)
		len = asprintf(&path, "%s/faultbench/calibration.jsonl", base);
	else if (home && *home)
		len = asprintf(&path, "%s/.cache/faultbench/calibration.jsonl", home);
	else
		reason_set(reason, "HOME is not set: name a cache with FAULTBENCH_CACHE=DIR");
	if (len >= 0)
		return path;
	reason_set(reason, "not enough memory");
	return NULL;
}

/* Make the folders above @path, which is left as it was. */
static void make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0777);
		*slash = '/';
	}
}

int calibration_keep(const struct results_run *run, const struct results_calibration *c, struct reason *reason)
{
	char *path = path_in_cache(reason);
	bool bad = false;
	FILE *out;
	int err = 0;

	if (!path)
		return -EINVAL;
	make_folders(path);
	out = fopen(path, "ae");
	if (out) {
		result_write(out, &(struct result){ .type = RESULT_CONTEXT, .run = *run });
		result_write(out, &(struct result){ .type = RESULT_CALIBRATION, .calibration = *c });
		bad = ferror(out);
	}
	if (!out || fclose(out) || bad)
		err = reason_fail(reason, -EIO, "%s: %s", path, strerror(errno));
	free(path);
	return err;
}

/* Equal, or neither is known. */
static bool same_number(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

static bool same_text(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

/* CPU and page size tell machines apart; memory and kernel may change. */
static bool same_machine(const struct results_run *a, const struct results_run *b)
{
	return same_text(a->cpu, b->cpu) && same_text(a->emulator, b->emulator) &&
	       same_text(a->governor, b->governor) && same_number(a->cpus, b->cpus) && a->page_size == b->page_size &&
	       !strcmp(a->arch, b->arch) && !strcmp(a->place, b->place);
}

int calibration_find(const struct results_run *run, enum tier tier, struct results_calibration *out,
		     struct reason *reason)
{
	char *path = path_in_cache(reason);
	struct results all;
	struct reason why;
	FILE *in = path ? fopen(path, "re") : NULL;
	int found = 0;

	results_init(&all);
	if (!path)
		found = -EINVAL;
	else if (in ? results_read(in, path, &all, &why) < 0 : errno != ENOENT)
		found = reason_fail(reason, -EINVAL, "%s: cannot be read; remove it, and run faultbench calibrate again", path);
	for (size_t i = 0; found >= 0 && i < all.n_calibrations; i++)
		if (all.calibrations[i].tier == tier &&
		    same_machine(run, &all.runs[all.calibrations[i].run])) {
			*out = all.calibrations[i];
			found = 1;
		}
	if (in)
		fclose(in);
	results_free(&all);
	free(path);
	return found;
}
