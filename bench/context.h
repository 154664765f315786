/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The context line of a result file: what machine, what command, what state. */
#ifndef FAULTBENCH_CONTEXT_H
#define FAULTBENCH_CONTEXT_H

#include <stdint.h>

/* The line, without a newline; the caller frees it. NULL when memory is out. */
char *context_line(const char *command, uint64_t seed, const char *place);

#endif
