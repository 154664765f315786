/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What files of /proc and /sys say. All return 0 or -errno: -ENOENT where the
 * kernel has no such file or key, another error where it cannot be read. So
 * "not there", "unreadable" and a value stay three answers. Needs libc alone.
 */
#ifndef FAULTBENCH_SYSFILE_H
#define FAULTBENCH_SYSFILE_H

#include <stddef.h>
#include <stdint.h>

/* The first line of @path in @line, without its newline. -ENODATA: it is empty. */
int sysfile_line(const char *path, char *line, size_t size);

/* The number that @path begins with. -EINVAL: none; "max" is UINT64_MAX. */
int sysfile_number(const char *path, uint64_t *n);

/*
 * The number behind @key in a file of "key value" or "key: value" lines, as
 * /proc/meminfo, /proc/vmstat and /proc/self/status are; in @base, 10 or 16.
 */
int sysfile_value(const char *path, const char *key, int base, uint64_t *n);

/* The rest of the first line that begins with @key, blanks and a colon; without its newline. */
int sysfile_text(const char *path, const char *key, char *text, size_t size);

/* Write @text, as /sys takes it. */
int sysfile_set(const char *path, const char *text);

#endif
