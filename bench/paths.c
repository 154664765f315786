// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "paths.h"

char *path_of(const char *name)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const char *roots[] = { self, FAULTBENCH_DATADIR, FAULTBENCH_LIBEXECDIR };
	char *slash;

	if (len < 0)
		return NULL;
	self[len] = '\0';
	slash = strrchr(self, '/');
	if (slash)
		*slash = '\0';
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		char *path;

		if (asprintf(&path, "%s/%s", roots[i], name) < 0) {
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
