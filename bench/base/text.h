/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text for people: lines of a terminal or a mail, and sizes. */
#ifndef FAULTBENCH_TEXT_H
#define FAULTBENCH_TEXT_H

#include <stdint.h>
#include <stdio.h>

enum { TEXT_COLUMNS = 72 };	/* of a mail; a terminal has at least 80 */

/* Print @text in lines of at most TEXT_COLUMNS, each after @indent blanks. */
void text_wrap(FILE *out, int indent, const char *text);

/* The same in lines of at most @columns; the first has @indent columns already. */
void text_continue(FILE *out, int indent, int columns, const char *text);

/* "64 KiB" in @buf, as large a unit as divides @bytes. Returns @buf. */
enum { TEXT_SIZE = 32 };
const char *text_size(char buf[TEXT_SIZE], uint64_t bytes);

/*
 * Print at most @len bytes of @text as HTML and XML have it, in attributes too: markup
 * escaped, and '?' for what is not printable ASCII.
 */
void text_markup(FILE *out, const char *text, size_t len);

/*
 * The number at the start of @text, in digits with a point at most; NAN if there is none.
 * *@end is behind it.
 */
double text_number(const char *text, char **end);

/* Print @word as a shell reads it back: quoted where it must be. */
void text_quote(FILE *out, const char *word);

#endif
