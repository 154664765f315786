// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libFuzzer: any text as a dd command line. What is accepted must be a workload that
 * is read again as it is; what is not has a reason of one line.
 */
#include "translated.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *command = strndup((const char *)data, size);
	FILE *lost = fopen("/dev/null", "w");
	struct reason error = { "" };
	struct workload w;

	if (command && lost)
		check_translated(workload_from_dd(command, &w, lost, &error), &w, &error);
	free(command);
	if (lost)
		fclose(lost);
	return 0;
}
