/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GNU dd under hyperfine: the whole command, for a check of what slots are timed to be. */
#ifndef FAULTBENCH_DD_H
#define FAULTBENCH_DD_H

#include "place/place.h"

enum { DD_COMMANDS_MAX = 2 };

struct dd_times {
	double mean_s, sd_s;
	unsigned runs;
};

/*
 * Time @n equal commands, each of @runs runs, that write what @item writes, in a new file
 * on a device of @choice. Sets *@written_back to the bytes that write-back took a run.
 * Returns 0 or -errno with @reason.
 */
int dd_time(const struct item *item, const struct device_choice *choice, unsigned n, unsigned runs,
	    struct dd_times times[DD_COMMANDS_MAX], double *written_back, struct reason *reason);

#endif
