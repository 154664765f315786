// SPDX-License-Identifier: GPL-2.0-or-later
/* Finding workload files by name. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/paths.h"
#include "base/table.h"
#include "workload/workload.h"

static int is_ini(const struct dirent *d)
{
	return d->d_name[0] != '.' && name_is_file(d->d_name);
}

/* Numbers by value: seq-4k, seq-64, seq-512. */
static int compare_names(const void *a, const void *b)
{
	return strverscmp((*(struct dirent *const *)a)->d_name, (*(struct dirent *const *)b)->d_name);
}

static int load_file(const char *path, struct workload *w, struct reason *error)
{
	FILE *in = fopen(path, "re");
	int ret;

	if (!in)
		return reason_fail(error, -errno, "%s: %s", path, strerror(errno));
	ret = workload_read(in, path, w, error);
	fclose(in);
	return ret;
}

/* The workload files of the installation, and the directory that they are in. */
static struct {
	char *dir;
	struct dirent **list;	/* names without ".ini" */
	int n;
} files;

/* Find them, once. Returns 0 or -errno with @error. */
static int scan(struct reason *error)
{
	if (files.dir)
		return 0;
	files.dir = path_of("workloads");
	files.n = files.dir ? scandir(files.dir, &files.list, is_ini, NULL) : -1;
	if (files.n < 0) {
		free(files.dir);
		files.dir = NULL;
		return reason_fail(error, -ENOENT, "workloads: %s; not found next to the program nor installed",
				   strerror(errno));
	}
	for (int i = 0; i < files.n; i++)
		*strrchr(files.list[i]->d_name, '.') = '\0';
	qsort(files.list, (size_t)files.n, sizeof(*files.list), compare_names);
	return 0;
}

static const char *file_name(size_t i)
{
	return i < (size_t)files.n ? files.list[i]->d_name : NULL;
}

static const struct table workload_table = {
	.what = "workload", .where = "'faultbench list workloads'", .name = file_name,
};

static int load_installed(size_t i, struct workload *w, struct reason *error)
{
	char *path;
	int ret;

	if (asprintf(&path, "%s/%s.ini", files.dir, files.list[i]->d_name) < 0)
		return reason_fail(error, -ENOMEM, "not enough memory");
	ret = load_file(path, w, error);
	free(path);
	return ret;
}

int workload_load(const char *name, struct workload *w, struct reason *error)
{
	ssize_t i;

	if (name_is_file(name))
		return load_file(name, w, error);
	if (scan(error))
		return -ENOENT;
	i = table_choose(&workload_table, name, error);
	return i < 0 ? -ENOENT : load_installed((size_t)i, w, error);
}

int workload_each(int (*fn)(const struct workload *w, const char *error, void *arg), void *arg)
{
	struct reason error;
	struct workload w;
	int ret = 0;

	if (scan(&error))
		return fn(NULL, error.text, arg);
	for (int i = 0; i < files.n && !ret; i++)
		ret = load_installed((size_t)i, &w, &error) ? fn(NULL, error.text, arg) : fn(&w, NULL, arg);
	return ret;
}
