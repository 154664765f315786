/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sub-commands of faultbench: one row each in main.c's table. */
#ifndef FAULTBENCH_COMMAND_H
#define FAULTBENCH_COMMAND_H

struct command {
	const char *name;
	const char *summary;
	/* argv[0] is "faultbench NAME". Returns an enum status. */
	int (*main)(int argc, char **argv);
};

int cmd_list(int argc, char **argv);
int cmd_workload(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_detect(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_breakeven(int argc, char **argv);
int cmd_calibrate(int argc, char **argv);
int cmd_reproduce(int argc, char **argv);
int cmd_kernel(int argc, char **argv);

#endif
