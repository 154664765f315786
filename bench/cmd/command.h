/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands of faultbench. To add one: a file that defines cmd_NAME, and a row here. */
#ifndef FAULTBENCH_COMMAND_H
#define FAULTBENCH_COMMAND_H

struct command {
	const char *name;
	const char *summary;
	/* argv[0] is "faultbench NAME". Returns an enum status. */
	int (*main)(int argc, char **argv);
};

/* In the order of the help. */
#define COMMANDS(row) \
	row(list) \
	row(workload) \
	row(doctor) \
	row(run) \
	row(detect) \
	row(compare) \
	row(breakeven) \
	row(gate) \
	row(calibrate) \
	row(reproduce) \
	row(record) \
	row(report) \
	row(bundle) \
	row(kernel)

#define COMMAND_DECLARE(name) extern const struct command cmd_##name;
COMMANDS(COMMAND_DECLARE)

#endif
