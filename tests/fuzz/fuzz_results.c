// SPDX-License-Identifier: GPL-2.0-or-later
/* libFuzzer: any bytes as a result file, printed in every format, and as a line from a guest. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/cells.h"
#include "analysis/formats.h"
#include "format/results.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the reader takes, it takes again from the writer. */
static void write_and_parse(const struct result *line)
{
	struct reason message;
	struct result again;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	result_write(out, line);
	fclose(out);
	if (result_parse(text, size - 1, &again, &message))
		abort();
	result_free(&again);
	free(text);
}

static void print_all(const struct results *r)
{
	struct figures *figures = NULL;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (out && !cells_figures(r, NULL, &figures))
		for (size_t i = 0; formats[i]; i++)
			if (formats[i]->style || formats[i]->cells)
				format_cells(formats[i], out, r, figures);
	free(figures);
	if (out)
		fclose(out);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reason message;
	struct results r;
	struct result line;
	FILE *in;

	if (!result_parse((const char *)data, size, &line, &message))
		write_and_parse(&line);
	result_free(&line);
	if (size == 0)
		return 0;	/* fmemopen() takes no empty buffer */
	in = fmemopen((void *)(uintptr_t)data, size, "r");
	if (!in)
		return 0;
	results_init(&r);
	if (results_read(in, "fuzz", &r, &message) >= 0)
		print_all(&r);
	results_free(&r);
	fclose(in);
	return 0;
}
