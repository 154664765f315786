/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the formats that are JSON share. */
#ifndef FAULTBENCH_JSON_H
#define FAULTBENCH_JSON_H

#include <jansson.h>
#include <stdio.h>

/* Print @top, with the digits that a measurement has, and free it. Returns 0, or -ENOMEM also for NULL. */
int json_print(FILE *out, json_t *top);

/* @text; null for NULL and "". What is not UTF-8, as the name of a file may be, is escaped. NULL without memory. */
json_t *json_text(const char *text);

#endif
