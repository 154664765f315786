// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "base/paths.h"

/* The path of this program; without /proc, the one that it was started by. Returns 0 or -errno. */
static int own_path(char self[PATH_MAX])
{
	ssize_t len = readlink("/proc/self/exe", self, PATH_MAX - 1);

	if (len >= 0)
		self[len] = '\0';
	else if (!realpath((const char *)getauxval(AT_EXECFN), self))
		return -errno;
	return 0;
}

char *path_of(const char *name)
{
	char self[PATH_MAX];
	/* Next to the program, or in build/ there; in a tree that was installed and moved, where it was installed. */
	static const char *const places[] = { "/", "/build/", "/../share/faultbench/", "/../libexec/faultbench/" };
	static const char *const roots[] = { FAULTBENCH_DATADIR "/", FAULTBENCH_LIBEXECDIR "/" };
	enum { N_PLACES = sizeof(places) / sizeof(places[0]), N_ROOTS = sizeof(roots) / sizeof(roots[0]) };
	char *slash;

	if (own_path(self))
		return NULL;
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
