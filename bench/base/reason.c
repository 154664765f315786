// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/reason.h"

static void append(struct reason *reason, size_t at, const char *format, va_list ap)
	__attribute__((format(printf, 3, 0)));

static void append(struct reason *reason, size_t at, const char *format, va_list ap)
{
	enum { WORD_MAX = 80 };	/* a longer one is cut */
	static const char cut[] = " ...";
	const size_t room = sizeof(reason->text) - at;
	int len = vsnprintf(reason->text + at, room, format, ap);
	char *end;

	if (len < 0 || (size_t)len < room)
		return;
	end = reason->text + sizeof(reason->text) - sizeof(cut);
	for (int i = 0; i < WORD_MAX && end > reason->text + at && *end != ' '; i++)
		end--;
	memcpy(end, cut, sizeof(cut));
}

const char *reason_set(struct reason *reason, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	append(reason, 0, format, ap);
	va_end(ap);
	return reason->text;
}

int reason_fail(struct reason *reason, int err, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	append(reason, 0, format, ap);
	va_end(ap);
	return err;
}

void reason_add(struct reason *reason, const char *format, ...)
{
	size_t at = strlen(reason->text);
	va_list ap;

	if (at && at + 3 < sizeof(reason->text)) {
		strcpy(reason->text + at, "; ");
		at += 2;
	}
	va_start(ap, format);
	append(reason, at, format, ap);
	va_end(ap);
}

void reason_list(struct reason *reason, const char *between, const char *word)
{
	const size_t len = strlen(reason->text), room = sizeof(reason->text) - len;

	if (strlen(between) + strlen(word) < room)
		snprintf(reason->text + len, room, "%s%s", len ? between : "", word);
}
