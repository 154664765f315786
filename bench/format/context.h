/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The context of a run on this machine: which machine, which command, in which state. */
#ifndef FAULTBENCH_CONTEXT_H
#define FAULTBENCH_CONTEXT_H

#include "format/result.h"

/*
 * Fill @run, of an empty line, for @command at @place. What is not known stays
 * NULL or NAN. The caller hands it to result_free().
 */
void context_here(struct results_run *run, const char *command, uint64_t seed, const char *place);

/* SHA-256 of a file in hexadecimal, by coreutils; NULL where it cannot be had. The caller frees it. */
char *context_file_hash(const char *path);

#endif
