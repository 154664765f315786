// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

void text_continue(FILE *out, int indent, int columns, const char *text)
{
	int column = indent;

	while (*text) {
		size_t word = strcspn(text, " ");

		/* A name longer than a line stays whole: it is there to be copied. */
		if (column > indent && column + 1 + (int)word > columns)
			column = fprintf(out, "\n%*s", indent, "") - 1;
		else if (column > indent)
			column += fprintf(out, " ");
		column += fprintf(out, "%.*s", (int)word, text);
		text += word;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

void text_wrap(FILE *out, int indent, const char *text)
{
	fprintf(out, "%*s", indent, "");
	text_continue(out, indent, TEXT_COLUMNS, text);
}

const char *text_size(char buf[TEXT_SIZE], uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB" };
	unsigned i = 0;

	while (i < 3 && bytes && bytes % 1024 == 0) {
		bytes /= 1024;
		i++;
	}
	snprintf(buf, TEXT_SIZE, "%" PRIu64 " %s", bytes, units[i]);
	return buf;
}

void text_markup(FILE *out, const char *text, size_t len)
{
	static const char *const entities[128] = {
		['<'] = "&lt;", ['>'] = "&gt;", ['&'] = "&amp;", ['"'] = "&quot;", ['\''] = "&#39;",
	};

	for (; len && *text; len--, text++) {
		const unsigned char c = *text >= ' ' && *text <= '~' ? (unsigned char)*text : '?';

		if (entities[c])
			fputs(entities[c], out);
		else
			fputc(c, out);
	}
}

void text_quote(FILE *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._,:=/@%+-";

	if (*word && !word[strspn(word, plain)]) {
		fputs(word, out);
		return;
	}
	fputc('\'', out);
	for (; *word; word++)
		fputs(*word == '\'' ? "'\\''" : (char[]){ *word, '\0' }, out);
	fputc('\'', out);
}

double text_number(const char *text, char **end)
{
	const double value = strtod(text, end);

	/* It also takes blanks, signs, exponents, "0x10", "nan" and "inf". */
	return *end > text && *end == text + strspn(text, "0123456789.") ? value : NAN;
}
