/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why something failed or cannot be done: one line for people. Needs libc alone. */
#ifndef FAULTBENCH_REASON_H
#define FAULTBENCH_REASON_H

/* Room for the longest path and a sentence about it. */
enum { REASON_SIZE = 4608 };

struct reason {
	char text[REASON_SIZE];
};

/* Set the text. A longer one ends in " ..." after a whole word. Returns it. */
const char *reason_set(struct reason *reason, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same, for `return reason_fail(reason, -EINVAL, ...)`: returns @err. */
int reason_fail(struct reason *reason, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Append "; " and the text, or just the text where there is none yet. */
void reason_add(struct reason *reason, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Append @word, after @between where there is some text already; nothing where there is no room for it. */
void reason_list(struct reason *reason, const char *between, const char *word);

#endif
