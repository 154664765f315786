// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultbench kernel: hands over to kernel/build, which builds, lists and
 * locates kernels. Knows none of its commands and options.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/paths.h"
#include "base/say.h"
#include "cmd/command.h"

static const char script[] = "kernel/build";
static char help_option[] = "--help";	/* of the script */

static int kernel_main(int argc, char **argv)
{
	bool help = argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
				 !strcmp(argv[1], "-?"));
	char *path = path_of(script);
	int status;

	if (!path)
		return say_bad("%s: found neither next to the program nor in %s; run make install",
			       script, FAULTBENCH_DATADIR);
	if (argc < 2) {
		free(path);
		return say_bad("kernel: no command given; use build, path, list, remove, tree or cache; see "
			       "'faultbench kernel --help'");
	}
	if (help)
		argv[1] = help_option;
	/* In place of this process: output, signals and exit status are its own. */
	argv[0] = path;
	execv(path, argv);
	status = say_bad("%s: %s; it needs bash, and to be executable", path, strerror(errno));
	free(path);
	return status;
}

const struct command cmd_kernel = { "kernel", "build, list, locate and remove kernels with the switch", kernel_main };
