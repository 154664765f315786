/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FAULTBENCH_TEST_PACK_H
#define FAULTBENCH_TEST_PACK_H

#include <stdint.h>

/* Images are whole numbers of these; all machines here are little-endian. */
struct packed_block {
	uint64_t offset;
	char data[16 * 1024];
};

#endif /* FAULTBENCH_TEST_PACK_H */
