// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * perf record around this process records nothing until it is told to, so that
 * its file holds the counted slots and nothing else.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "measure/measure.h"

enum { PATIENCE_MS = 10000 };

static struct {
	int control, ack;
} recorder = { -1, -1 };

int recorder_open(const char *control, const char *ack)
{
	recorder.control = open(control, O_WRONLY | O_CLOEXEC);
	recorder.ack = open(ack, O_RDONLY | O_CLOEXEC);
	return recorder.control < 0 || recorder.ack < 0 ? -errno : 0;
}

int recorder_set(bool on, struct reason *reason)
{
	const char *command = on ? "enable\n" : "disable\n";
	struct pollfd wait = { .fd = recorder.ack, .events = POLLIN };
	char answer[16];

	if (recorder.ack < 0)
		return 0;
	if (write(recorder.control, command, strlen(command)) != (ssize_t)strlen(command) ||
	    poll(&wait, 1, PATIENCE_MS) != 1 || read(recorder.ack, answer, sizeof(answer)) <= 0)
		return reason_fail(reason, -EIO, "perf record does not answer");
	return 0;
}
