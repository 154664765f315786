// SPDX-License-Identifier: GPL-2.0-or-later
/* faultbench: finds the command and runs it. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/say.h"
#include "base/table.h"
#include "cmd/command.h"

#define COMMAND_ROW(name) &cmd_##name,
static const struct command *const commands[] = { COMMANDS(COMMAND_ROW) NULL };

static const char *command_name(size_t i)
{
	return commands[i] ? commands[i]->name : NULL;
}

static const struct table command_table = {
	.what = "command", .where = "'faultbench --help'", .name = command_name,
};

static void usage(FILE *out)
{
	fputs("Usage: faultbench COMMAND [OPTION...]\n\n"
	      "Measures what it costs to make the user memory of a write() resident.\n\n",
	      out);
	for (size_t i = 0; commands[i]; i++)
		fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\n'faultbench COMMAND --help' shows the options of a command.\n", out);
}

static int run(const struct command *command, int argc, char **argv)
{
	char name[64];
	int status;

	snprintf(name, sizeof(name), "faultbench %s", command->name);
	argv[0] = name;
	status = command->main(argc, argv);
	if (fflush(stdout) || ferror(stdout))
		status = say_bad("standard output cannot be written; is the disk full?");
	return status;
}

int main(int argc, char **argv)
{
	struct reason reason;
	ssize_t i;

	/* What is opened later must not take the place of a closed standard output. */
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd ? O_RDONLY : O_WRONLY);
	/* A file size limit shall be an error of the write, not the end of the program. */
	signal(SIGXFSZ, SIG_IGN);
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
	i = table_choose(&command_table, argv[1], &reason);
	return i < 0 ? say_bad("%s", reason.text) : run(commands[i], argc - 1, argv + 1);
}
