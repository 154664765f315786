/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Archives in cpio's "newc" format, as Linux takes them for its initial file system. */
#ifndef FAULTBENCH_CPIO_H
#define FAULTBENCH_CPIO_H

#include <stdint.h>

/*
 * Append file @name of @size bytes from the start of descriptor @from to the
 * archive @to. Owner, times and numbers are fixed: same files, same bytes.
 * Returns 0 or -errno.
 */
int cpio_add(int to, const char *name, unsigned mode, int from, uint64_t size);

/* End the archive. Returns 0 or -errno. */
int cpio_end(int to);

#endif
