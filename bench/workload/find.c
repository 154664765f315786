// SPDX-License-Identifier: GPL-2.0-or-later
/* Where workload files lie, and what to say when one does not. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/paths.h"
#include "base/suggest.h"
#include "workload/workload.h"

static int is_ini(const struct dirent *d)
{
	size_t len = strlen(d->d_name);

	return d->d_name[0] != '.' && len > 4 && !strcmp(d->d_name + len - 4, ".ini");
}

/* By name without ".ini", numbers by value: seq-4k, seq-64, seq-512. */
static int compare_names(const struct dirent **a, const struct dirent **b)
{
	char name_a[NAME_MAX + 1], name_b[NAME_MAX + 1];

	snprintf(name_a, sizeof(name_a), "%.*s", (int)(strlen((*a)->d_name) - 4), (*a)->d_name);
	snprintf(name_b, sizeof(name_b), "%.*s", (int)(strlen((*b)->d_name) - 4), (*b)->d_name);
	return strverscmp(name_a, name_b);
}

static int load_file(const char *path, struct workload *w, char *error, size_t size)
{
	FILE *in = fopen(path, "re");
	int ret;

	if (!in) {
		ret = -errno;
		snprintf(error, size, "%s: %s", path, strerror(errno));
		return ret;
	}
	ret = workload_read(in, path, w, error, size);
	fclose(in);
	return ret;
}

/* The files of the installation in @list, as scandir() gives them, and their directory. */
static int scan(char **dir, struct dirent ***list, char *error, size_t size)
{
	int n = -1;

	*dir = path_of("workloads");
	if (*dir)
		n = scandir(*dir, list, is_ini, compare_names);
	if (n < 0) {
		n = -ENOENT;
		snprintf(error, size, "workloads: %s; neither beside the program nor installed",
			 strerror(errno));
		free(*dir);
		*dir = NULL;
	}
	return n;
}

static void free_list(struct dirent **list, int n)
{
	for (int i = 0; i < n; i++)
		free(list[i]);
	free(list);
}

/* What to say about a name that no workload has: up to three that are near. */
static void unknown_workload(const char *name, struct dirent *const *list, int n, char *error,
			     size_t size)
{
	size_t len;
	unsigned said = 0;

	len = (size_t)snprintf(error, size, "no workload '%.64s'", name);
	for (unsigned d = 0; d <= strlen(name) && d <= WORDS_LENGTH_MAX; d++) {
		for (int i = 0; i < n && said < 3 && len < size; i++) {
			char known[NAME_MAX + 1];

			snprintf(known, sizeof(known), "%.*s",
				 (int)(strlen(list[i]->d_name) - 4), list[i]->d_name);
			if (words_distance(name, known) != d || !words_near(name, known, d))
				continue;
			len += (size_t)snprintf(error + len, size - len, "%s %s",
						said++ ? "," : "; nearest:", known);
		}
	}
	if (len < size)
		snprintf(error + len, size - len, "; 'faultbench list' shows all");
}

int workload_load(const char *name, struct workload *w, char *error, size_t size)
{
	struct dirent **list = NULL;
	char *dir, *path;
	size_t len = strlen(name);
	int n, ret = -ENOENT;

	if (strchr(name, '/') || (len > 4 && !strcmp(name + len - 4, ".ini")))
		return load_file(name, w, error, size);
	n = scan(&dir, &list, error, size);
	if (n < 0)
		return n;
	for (int i = 0; i < n; i++) {
		if (strlen(list[i]->d_name) != len + 4 || strncmp(list[i]->d_name, name, len))
			continue;
		if (asprintf(&path, "%s/%s", dir, list[i]->d_name) < 0) {
			snprintf(error, size, "%s", strerror(ENOMEM));
			ret = -ENOMEM;
			goto out;
		}
		ret = load_file(path, w, error, size);
		free(path);
		goto out;
	}
	unknown_workload(name, list, n, error, size);
out:
	free_list(list, n);
	free(dir);
	return ret;
}

int workload_each(int (*fn)(const struct workload *w, const char *error, void *arg), void *arg)
{
	struct dirent **list = NULL;
	char error[512], *dir, *path;
	struct workload w;
	int n, ret = 0;

	n = scan(&dir, &list, error, sizeof(error));
	if (n < 0)
		return fn(NULL, error, arg);
	for (int i = 0; i < n && !ret; i++) {
		if (asprintf(&path, "%s/%s", dir, list[i]->d_name) < 0) {
			ret = -ENOMEM;
			break;
		}
		if (load_file(path, &w, error, sizeof(error)))
			ret = fn(NULL, error, arg);
		else
			ret = fn(&w, NULL, arg);
		free(path);
	}
	free_list(list, n);
	free(dir);
	return ret;
}
