// SPDX-License-Identifier: GPL-2.0-or-later
/* libFuzzer: any bytes as what perf script prints. Its stacks must make a picture. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/fault_trace.h"
#include "analysis/flame_graph.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void draw(const struct fault_trace *t)
{
	char *stacks = NULL, *picture = NULL;
	size_t len = 0, room = 0;
	FILE *out = open_memstream(&stacks, &len), *in;
	struct reason reason;

	fault_trace_fold(out, t);
	fclose(out);
	in = len ? fmemopen(stacks, len, "r") : NULL;
	out = open_memstream(&picture, &room);
	if (in && flame_graph(out, in, "fuzz", "faults", &reason))
		abort();
	if (in)
		fclose(in);
	fclose(out);
	free(picture);
	free(stacks);
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
