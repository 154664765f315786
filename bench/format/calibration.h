/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What 'faultbench calibrate' found, kept in the cache as a result file: a context and a
 * calibration each time.
 */
#ifndef FAULTBENCH_CALIBRATION_H
#define FAULTBENCH_CALIBRATION_H

#include "format/results.h"

/* Append @c, found in the run @run. Returns 0 or -errno with @reason. */
int calibration_keep(const struct results_run *run, const struct results_calibration *c, struct reason *reason);

/*
 * The last one of @tier on the machine and at the place of @run into *@out. Returns 1, 0
 * where there is none, or -errno with @reason where the file cannot be read.
 */
int calibration_find(const struct results_run *run, enum tier tier, struct results_calibration *out,
		     struct reason *reason);

#endif
