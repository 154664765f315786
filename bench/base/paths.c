// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/paths.h"

char *path_of(const char *name)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	/* Beside the program, in a tree that was installed and moved, where it was installed. */
	static const char *const places[] = { "/", "/../share/faultbench/", "/../libexec/faultbench/" };
	static const char *const roots[] = { FAULTBENCH_DATADIR "/", FAULTBENCH_LIBEXECDIR "/" };
	enum { N_PLACES = sizeof(places) / sizeof(places[0]), N_ROOTS = sizeof(roots) / sizeof(roots[0]) };
	char *slash;

	if (len < 0)
		return NULL;
	self[len] = '\0';
	slash = strrchr(self, '/');
	if (slash)
		*slash = '\0';
	for (int i = 0; i < N_PLACES + N_ROOTS; i++) {
		const char *root = i < N_PLACES ? self : roots[i - N_PLACES];
		char *path;

		if (asprintf(&path, "%s%s%s", root, i < N_PLACES ? places[i] : "", name) < 0) {
			errno = ENOMEM;
			return NULL;
		}
		if (!access(path, F_OK))
			return path;
		free(path);
	}
	errno = ENOENT;
	return NULL;
}
