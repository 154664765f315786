// SPDX-License-Identifier: GPL-2.0-or-later
/* libFuzzer: any bytes as folded stacks. The picture must hold no markup but our own. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/flame_graph.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whether only our elements are in @picture, and only printable ASCII. */
static void check(const char *picture, size_t len)
{
	static const char *const ours[] = { "svg", "/svg", "title", "/title", "style", "/style", "g>", "/g>", "rect",
					    "text", "/text" };

	for (size_t i = 0; i < len; i++) {
		size_t k = 0;

		if ((picture[i] < ' ' && picture[i] != '\n') || picture[i] > 0x7e)
			abort();
		if (picture[i] != '<')
			continue;
		while (k < sizeof(ours) / sizeof(ours[0]) && strncmp(picture + i + 1, ours[k], strlen(ours[k])))
			k++;
		if (k == sizeof(ours) / sizeof(ours[0]))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *in = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL, *out;
	struct reason reason;
	char *picture = NULL;
	size_t len = 0;

	if (!in)
		return 0;
	out = open_memstream(&picture, &len);
	if (!flame_graph(out, in, "fuzz", "faults", &reason)) {
		fflush(out);
		check(picture, len);
	}
	fclose(out);
	fclose(in);
	free(picture);
	return 0;
}
