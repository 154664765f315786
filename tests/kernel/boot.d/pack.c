// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copies standard input to standard output without its blocks of zeros, so that a
 * fresh file system of 300 MiB fits into an initial RAM file system. The guest's
 * first process unpacks it to a RAM disk. It is no drive of QEMU, whose interrupts
 * would come when the host has time.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "pack.h"

int main(void)
{
	static struct packed_block block;
	static const char zero[sizeof(block.data)];

	for (block.offset = 0;
	     fread(block.data, sizeof(block.data), 1, stdin) == 1;
	     block.offset += sizeof(block.data)) {
		if (!memcmp(block.data, zero, sizeof(zero)))
			continue;
		if (fwrite(&block, sizeof(block), 1, stdout) != 1)
			return 1;
	}
	return ferror(stdin) || fflush(stdout) ? 1 : 0;
}
