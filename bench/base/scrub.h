/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text about a machine without what identifies it: names of the host and of users,
 * serial numbers, addresses. What was left out is counted by kind.
 */
#ifndef FAULTBENCH_SCRUB_H
#define FAULTBENCH_SCRUB_H

#include <stdio.h>

enum scrub_kind {
	SCRUB_PARAMETER, SCRUB_HOST, SCRUB_HOME, SCRUB_ADDRESS, SCRUB_UUID, SCRUB_SERIAL, SCRUB_TOKEN, N_SCRUB_KINDS
};

struct scrub;

/*
 * For a machine called @host, which was booted with @cmdline: what scrub_cmdline() leaves out
 * of that is left out wherever the kernel repeats it. NULL without memory.
 */
struct scrub *scrub_open(const char *host, const char *cmdline);
void scrub_close(struct scrub *s);

/* @text with marks in place of what was left out; the caller frees it. NULL without memory. */
char *scrub_text(struct scrub *s, const char *text);

/*
 * The same of a kernel's command line: values stay only of parameters that are known
 * to matter for a measurement, and nothing behind "--".
 */
char *scrub_cmdline(struct scrub *s, const char *cmdline);

/* "3 host names, 2 UUIDs", or "nothing", on @out. */
void scrub_summary(const struct scrub *s, FILE *out);

#endif
