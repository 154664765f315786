// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultbench kernel: hands over to kernel/build, which builds, lists and
 * locates kernels. Knows none of its commands and options.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/paths.h"
#include "base/say.h"
#include "cmd/command.h"

static const char script[] = "kernel/build";

static int kernel_main(int argc, char **argv)
{
	char *path = path_of(script);
	int status;

	(void)argc;
	if (!path)
		return say_bad("%s: found neither next to the program nor in %s; run make install",
			       script, FAULTBENCH_DATADIR);
	/* In place of this process: output, signals and exit status are its own. */
	argv[0] = path;
	execv(path, argv);
	status = say_bad("%s: %s; it needs bash, and to be executable", path, strerror(errno));
	free(path);
	return status;
}

const struct command cmd_kernel = { "kernel", "build, list, locate and remove kernels with the switch", kernel_main };
