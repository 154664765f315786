/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Measuring on this machine: host.c measures an item, repetitions.c the whole plan. */
#ifndef FAULTBENCH_HOST_H
#define FAULTBENCH_HOST_H

#include "place/place.h"

/*
 * The item before, whose process frees the pages of its files. That takes as long as a
 * mkfs, so the next device is made meanwhile; nothing is mounted or measured then.
 */
struct host_closing {
	pid_t process;		/* 0: none */
	struct mounted mounted;	/* target NULL: nothing is mounted */
};

/* Wait for it, and undo its mount. */
void host_close(struct host_closing *last);

/* Make the target of @item and measure it there; it is then @last. Returns 0, or -errno with @reason. */
int host_measure(const struct plan *plan, const struct item *item, const struct observer *observer,
		 struct host_closing *last, struct reason *reason);

/*
 * What struct place_kind has as its run(): as many repetitions as the time allows, from
 * what a pilot of each job shows. Free memory is settled first, and again where it scatters.
 */
void repetitions_run(struct plan *plan, const struct observer *observer);

#endif
