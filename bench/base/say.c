// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages on standard error: one line each, and harmless to a terminal. */
#include <stdarg.h>
#include <stdio.h>

#include "base/reason.h"
#include "base/say.h"

char *say_escape(char *out, size_t size, const char *text)
{
	size_t n = 0;

	for (; *text && n + 5 <= size; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= 0x20 && c < 0x7f)
			out[n++] = (char)c;
		else
			n += (size_t)snprintf(out + n, size - n, "\\x%02x", c);
	}
	out[n] = '\0';
	return out;
}

void say(const char *fmt, ...)
{
	char raw[REASON_SIZE], line[2 * sizeof(raw)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	fprintf(stderr, "faultbench: %s\n", say_escape(line, sizeof(line), raw));
}
