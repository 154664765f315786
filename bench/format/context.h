/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The context line of a result file: what machine, what command, what state. */
#ifndef FAULTBENCH_CONTEXT_H
#define FAULTBENCH_CONTEXT_H

#include <jansson.h>
#include <stdint.h>

/*
 * The line, without a newline; the caller frees it. NULL when memory is out.
 * @place_keys, which is taken over, holds what is not this host's, or NULL.
 */
char *context_line(const char *command, uint64_t seed, const char *place, json_t *place_keys);

/* SHA-256 of a file in hexadecimal, by coreutils; null where it cannot be had. */
json_t *context_file_hash(const char *path);

#endif
