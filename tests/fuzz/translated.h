/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the fuzzers of translated jobs share. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workload/workload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_translated(int err, const struct workload *w, const struct reason *error)
{
	struct workload again;
	struct reason why;
	char *text = NULL;
	size_t len = 0;
	FILE *f;

	if (err) {
		if (!error->text[0])
			abort();
		return;
	}
	f = open_memstream(&text, &len);
	if (!f)
		return;
	workload_write(f, w);
	fclose(f);
	f = fmemopen(text, len, "r");
	if (f && (workload_read_translated(f, "again", &again, &why) || memcmp(w, &again, sizeof(again))))
		abort();
	if (f)
		fclose(f);
	free(text);
}
