// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "base/lines.h"

char *lines_next(struct lines *lines, char *line, int size, struct reason *why)
{
	int n = 0, c;

	why->text[0] = '\0';
	lines->number++;
	while ((c = getc(lines->in)) != EOF && c != '\n') {
		if (++lines->bytes > LINES_BYTES_MAX)
			reason_set(why, "the file is longer than %d bytes", LINES_BYTES_MAX);
		else if (!c)
			reason_set(why, "a zero byte; this is not a text file");
		/* inih needs room for "\r\n" too. */
		else if (n + 3 >= size)
			reason_set(why, "longer than %d characters", size - 3);
		if (why->text[0])
			return NULL;
		if (n || (c != ' ' && c != '\t'))
			line[n++] = (char)c;
	}
	if (c == EOF && ferror(lines->in))
		reason_set(why, "%s", strerror(errno));
	if (c == EOF && (!n || why->text[0]))
		return NULL;
	strcpy(line + n, "\n");
	return line;
}
