/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A packed image of a file system, as the host hands it to a guest. */
#ifndef FAULTBENCH_EXTENT_H
#define FAULTBENCH_EXTENT_H

#include <stdint.h>

/*
 * An image is a sequence of these, each followed by its bytes; all machines here
 * are little-endian. Both numbers are multiples of 4096.
 */
struct extent {
	uint64_t offset, size;
};

#endif
