// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libFuzzer: any bytes as a fio job file. What is accepted must be a workload that
 * is read again as it is; what is not has a reason of one line.
 */
#include "translated.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *in = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
	FILE *lost = fopen("/dev/null", "w");
	struct reason error = { "" };
	struct workload w;

	if (in && lost)
		check_translated(workload_from_fio(in, "fuzz", NULL, &w, lost, &error), &w, &error);
	if (in)
		fclose(in);
	if (lost)
		fclose(lost);
	return 0;
}
