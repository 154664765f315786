// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * settled MIB COMMAND [ARGUMENT...]: run a command while that much free memory
 * is as a run of faultbench would have it, for what is compared with one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/proc.h"
#include "disk/free_pages.h"

int main(int argc, char **argv)
{
	struct free_pages held;
	int status;

	if (argc < 3) {
		fputs("usage: settled MIB COMMAND [ARGUMENT...]\n", stderr);
		return 2;
	}
	free_pages_settle(&held, strtoull(argv[1], NULL, 10) << 20, UINT64_C(20000000000));
	status = proc_wait(proc_spawn((const char *const *)argv + 2, STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, -1));
	free_pages_let_go(&held);
	return status < 0 ? 1 : status;
}
