/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In which functions the profiles of two kernels differ. Two builds of one function
 * may have other names, as compilers clone and split functions: they are matched by
 * the stem of their symbols. Pure: no input, no output.
 */
#ifndef FAULTBENCH_FUNCTIONS_H
#define FAULTBENCH_FUNCTIONS_H

#include <stddef.h>

#include "base/reason.h"
#include "format/function_count.h"

enum { FUNCTIONS_SHOWN = 10 };

/*
 * Describe the difference of @head from @base in @lines, which has room for
 * FUNCTIONS_SHOWN + 1: a function each, as in "+15 foo", the largest change first,
 * with what happened to its symbol, then the sum of the others. Lines are the
 * caller's to free. Returns their number or -ENOMEM.
 */
int functions_differ(const struct function_count *base, size_t n_base, const struct function_count *head,
		     size_t n_head, char **lines);

#endif
