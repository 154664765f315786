/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A measuring process on this machine. */
#ifndef FAULTBENCH_CHILD_H
#define FAULTBENCH_CHILD_H

#include <sys/types.h>

#include "place/place.h"

/*
 * Have a new faultbench-measure measure @item in directory @dir, and give @observer what
 * it reports. An arm without a result gets a failure. Returns the process if it has
 * reported everything and is closing its files, which the caller waits for; else 0.
 */
pid_t child_measure(const struct plan *plan, const struct item *item, const struct observer *observer, int dir);

#endif
