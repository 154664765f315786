// SPDX-License-Identifier: GPL-2.0-or-later
/* libFuzzer: any bytes as what perf script prints. Its stacks must make a picture, with no markup but our own. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/fault_trace.h"

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

static void draw(const struct fault_trace *t)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct reason reason;

	if (flame_graph(out, t, "fuzz", &reason))
		abort();
	fclose(out);
	check(text, len);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault_trace t;
	struct reason reason;
	FILE *in = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;

	if (!in)
		return 0;
	if (!fault_trace_read(in, &t, &reason))
		draw(&t);
	fault_trace_free(&t);
	fclose(in);
	return 0;
}
