/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What Linux prints when something is wrong: one list for a guest's first
 * process, the host, and the tests, for which tests/lib/alarms reads the rows.
 */
#ifndef FAULTBENCH_ALARMS_H
#define FAULTBENCH_ALARMS_H

#include <stddef.h>
#include <string.h>

enum alarm_kind {
	ALARM_NONE,
	ALARM_WARNING,		/* the kernel goes on, or the cause is on another line */
	ALARM_MEMORY,		/* it has killed a process for lack of memory */
	ALARM_CAUSE,		/* this line names the cause of an oops or a panic */
};

/* The first row that is in a message decides: causes come first. */
static const struct alarm {
	const char *text;
	enum alarm_kind kind;
} alarms[] = {
	{ "BUG:", ALARM_CAUSE },
	{ "kernel BUG at", ALARM_CAUSE },
	{ "Unable to handle kernel", ALARM_CAUSE },
	{ "general protection", ALARM_CAUSE },
	{ "Kernel panic", ALARM_CAUSE },
	{ "Out of memory", ALARM_MEMORY },
	{ "Oops", ALARM_WARNING },
	{ "WARNING:", ALARM_WARNING },
	{ "INFO: task", ALARM_WARNING },
	{ "possible recursive", ALARM_WARNING },
	{ "possible circular", ALARM_WARNING },
};

/* Returns ALARM_NONE for a message that is no alarm. */
static inline enum alarm_kind alarm_kind(const char *message)
{
	for (size_t i = 0; i < sizeof(alarms) / sizeof(alarms[0]); i++)
		if (strstr(message, alarms[i].text))
			return alarms[i].kind;
	return ALARM_NONE;
}

#endif /* FAULTBENCH_ALARMS_H */
