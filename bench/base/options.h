/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line, by argp: what is wrong ends the program with one line. */
#ifndef FAULTBENCH_OPTIONS_H
#define FAULTBENCH_OPTIONS_H

#include <argp.h>
#include <stdint.h>

/* 2^53 - 1: what survives JSON readers that know doubles only. */
#define OPTION_WHOLE_MAX ((UINT64_C(1) << 53) - 1)

/* argp_parse(), which on its own says where help is on lines of their own. */
void option_parse(const struct argp *argp, int argc, char **argv, void *input);

/* For parsers: the line, behind the command's name, and the end. */
_Noreturn void option_bad(const struct argp_state *state, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

uint64_t option_whole(const struct argp_state *state, const char *option, const char *text,
		      uint64_t min, uint64_t max);

/* "90s", "2m", "1.5h" in ns. */
uint64_t option_duration(const struct argp_state *state, const char *option, const char *text);

/* "64M", "1G" in bytes. */
uint64_t option_size(const struct argp_state *state, const char *option, const char *text);

/* A word that belongs to no option. */
void option_stray(const struct argp_state *state, const char *word);

#endif
