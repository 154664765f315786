// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <jansson.h>

#include "base/proc.h"
#include "base/sysfile.h"
#include "disk/memory.h"
#include "disk/target.h"
#include "place/dd.h"

/* What hyperfine wrote to @fd, of @n commands. Returns 0 or -EINVAL. */
static int read_times(int fd, unsigned n, struct dd_times *times)
{
	json_t *root = lseek(fd, 0, SEEK_SET) ? NULL : json_loadfd(fd, 0, NULL);
	const json_t *results = json_object_get(root, "results");
	int err = json_array_size(results) == n ? 0 : -EINVAL;

	for (unsigned i = 0; !err && i < n; i++) {
		const json_t *result = json_array_get(results, i);

		times[i].mean_s = json_number_value(json_object_get(result, "mean"));
		times[i].sd_s = json_number_value(json_object_get(result, "stddev"));
		times[i].runs = (unsigned)json_array_size(json_object_get(result, "times"));
		if (!(times[i].mean_s > 0) || times[i].runs < 2)
			err = -EINVAL;
	}
	json_decref(root);
	return err;
}

/* Run hyperfine in @dir. Returns its exit status, or -errno. */
static int run(int dir, const struct job *job, unsigned n, unsigned runs, int json)
{
	const unsigned long long count = job->file_size / job->block_size;
	char dd[128], number[16], path[64];
	const char *argv[] = { "hyperfine", "--shell=none", "--warmup=1", "--runs", number, "--export-json", path,
			       "--prepare", "rm -f f", dd, n > 1 ? dd : NULL, NULL };

	snprintf(dd, sizeof(dd), "dd if=/dev/zero of=f bs=%llu count=%llu status=none",
		 (unsigned long long)job->block_size, count);
	snprintf(number, sizeof(number), "%u", runs);
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)getpid(), json);
	return proc_wait(proc_spawn(argv, -1, -1, -1, dir));
}

int dd_time(const struct item *item, const struct device_choice *choice, unsigned n, unsigned runs,
	    struct dd_times times[DD_COMMANDS_MAX], double *written_back, struct reason *reason)
{
	const uint64_t bytes = memory_device(&item->job, item->target, choice->size);
	uint64_t before = 0, after = 0;
	struct mounted mounted;
	int err, json, status;

	if (!proc_exists("hyperfine"))
		return reason_fail(reason, -ENOENT, "hyperfine not found: install hyperfine");
	json = memfd_create("faultbench-hyperfine", MFD_CLOEXEC);
	if (json < 0)
		return reason_fail(reason, -errno, "memfd: %s", strerror(errno));
	err = mounted_make(&mounted, item->target, choice, bytes, reason);
	if (!err)
		err = mounted_mount(&mounted, reason);
	if (!err) {
		sysfile_value("/proc/vmstat", "nr_written", 10, &before);
		status = run(mounted.dir, &item->job, n, runs, json);
		sysfile_value("/proc/vmstat", "nr_written", 10, &after);
		mounted_close(&mounted);
		*written_back = (double)(after - before) * (double)sysconf(_SC_PAGESIZE) / (n * (runs + 1));
		if (status)
			err = reason_fail(reason, -EIO, "hyperfine ended with status %d", status);
		else if (read_times(json, n, times))
			err = reason_fail(reason, -EINVAL, "hyperfine's times cannot be read");
	}
	close(json);
	return err;
}
