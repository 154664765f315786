// SPDX-License-Identifier: GPL-2.0-or-later
/* libFuzzer: any bytes as a result file, and as a line from a guest. */
#include <stdint.h>
#include <string.h>

#include "format/results.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char message[512];
	struct results r;
	FILE *in;

	results_check_line((const char *)data, size, message, sizeof(message));
	if (size == 0)
		return 0;	/* fmemopen() takes no empty buffer */
	in = fmemopen((void *)(uintptr_t)data, size, "r");
	if (!in)
		return 0;
	results_init(&r);
	results_read(in, "fuzz", &r, message, sizeof(message));
	results_free(&r);
	fclose(in);
	return 0;
}
