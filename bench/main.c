// SPDX-License-Identifier: GPL-2.0-or-later
/* faultbench: what people type. Every sub-command is a row of one table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "cmd/command.h"

static const struct command commands[] = {
	{ "list", "workloads, strategies, sources, targets and places", cmd_list },
	{ "workload", "show a workload, or its fio or dd twin", cmd_workload },
	{ "doctor", "what would block or spoil a measurement here", cmd_doctor },
	{ "run", "measure", cmd_run },
	{ "detect", "which strategy the running kernel uses", cmd_detect },
	{ "compare", "tables from result files", cmd_compare },
	{ "breakeven", "from which share of cold pages a strategy stops paying", cmd_breakeven },
	{ "calibrate", "the harness against itself", cmd_calibrate },
	{ "reproduce", "the published table beside this machine's", cmd_reproduce },
	{ "kernel", "build, list and locate kernels with the switch", cmd_kernel },
	{ NULL, NULL, NULL },
};

static void usage(FILE *out)
{
	fputs("Usage: faultbench COMMAND [OPTION...]\n\n"
	      "How Linux makes the source of write() resident, and what that costs.\n\n",
	      out);
	for (const struct command *c = commands; c->name; c++)
		fprintf(out, "  %-10s %s\n", c->name, c->summary);
	fputs("\n'faultbench COMMAND --help' tells the options of a command.\n", out);
}

int main(int argc, char **argv)
{
	char name[64];
	int status;

	if (argc < 2)
		return say_bad("no command given; see 'faultbench --help'");
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		usage(stdout);
		return STATUS_OK;
	}
	if (!strcmp(argv[1], "--version")) {
		puts("faultbench " FAULTBENCH_VERSION);
		return STATUS_OK;
	}
	for (const struct command *c = commands; c->name; c++) {
		if (strcmp(c->name, argv[1]))
			continue;
		snprintf(name, sizeof(name), "faultbench %s", c->name);
		argv[1] = name;
		status = c->main(argc - 1, argv + 1);
		if (fflush(stdout) || ferror(stdout))
			status = say_bad("standard output cannot be written; is the disk full?");
		return status;
	}
	return say_bad("unknown command '%s'; see 'faultbench --help'", argv[1]);
}
