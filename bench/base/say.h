/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What faultbench says on standard error, and how it exits.
 *
 * Functions below main return 0 or -errno, or one of these exit statuses
 * after the message has been printed once, where the context is known.
 */
#ifndef FAULTBENCH_SAY_H
#define FAULTBENCH_SAY_H

#include <stddef.h>

enum status {
	STATUS_OK = 0,
	STATUS_REGRESSION = 1,	 /* gate: slower than the margin allows */
	STATUS_BAD_INPUT = 2,	 /* harness or input at fault */
	STATUS_SOME = 3,	 /* run: some cells missing; gate: inconclusive */
	STATUS_NONE = 4,	 /* nothing could be measured */
};

/*
 * Print "faultbench: MESSAGE" as one line on standard error. Control
 * characters and bytes above 0x7e become \xNN, so that text from files,
 * guests and devices cannot drive a terminal.
 */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same, for `return say_bad(...)`. */
#define say_bad(...) (say(__VA_ARGS__), STATUS_BAD_INPUT)

/* Escape @text as above into @out of @size bytes; always terminated. Returns @out. */
char *say_escape(char *out, size_t size, const char *text);

#endif
