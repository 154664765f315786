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
	const char *const places[][2] = {
		{ self, "/" }, { self, "/build/" }, { self, "/../share/faultbench/" },
		{ self, "/../libexec/faultbench/" }, { FAULTBENCH_DATADIR, "/" }, { FAULTBENCH_LIBEXECDIR, "/" },
	};
	char *slash;

	if (own_path(self))
		return NULL;
	slash = strrchr(self, '/');
	if (slash)
		*slash = '\0';
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char *path;

		if (asprintf(&path, "%s%s%s", places[i][0], places[i][1], name) < 0) {
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
