/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What files of /proc and /sys say, and settings there. All return 0 or -errno:
 * -ENOENT where the kernel has no such file or key, another error where that
 * cannot be known: -ENODEV if /proc or /sys is not mounted, -ENODATA if the
 * file is empty, as those that a container hides are. So "none", "unreadable"
 * and a value stay three answers. Needs libc alone.
 */
#ifndef FAULTBENCH_SYSFILE_H
#define FAULTBENCH_SYSFILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/reason.h"

/* The first line of @path in @line, without its newline. -EOVERFLOW: longer than @size. */
int sysfile_line(const char *path, char *line, size_t size);

/*
 * The number that @path begins with; "max" is UINT64_MAX. -EINVAL: there is none,
 * -ERANGE: it is negative, or has more than 64 bits.
 */
int sysfile_number(const char *path, uint64_t *n);

/*
 * The number behind @key in a file of "key value" or "key: value" lines, as
 * /proc/meminfo, /proc/vmstat and /proc/self/status are; in @base, 10 or 16. An
 * empty @key is that of sysfile_number().
 */
int sysfile_value(const char *path, const char *key, int base, uint64_t *n);

/* What follows @key, colons, "=" and blanks in the first line that begins with it; as sysfile_line(). */
int sysfile_text(const char *path, const char *key, char *text, size_t size);

/* Why there is no file @path: -ENOENT or, if /proc or /sys is not mounted, -ENODEV. */
int sysfile_missing(const char *path);

/* Set "/proc is not mounted", "PATH is empty" or "PATH: why" for the error @err of one of these. Returns the text. */
const char *sysfile_why(struct reason *reason, const char *path, int err);

/* Write @text, as /sys takes it. */
int sysfile_set(const char *path, const char *text);

#endif
