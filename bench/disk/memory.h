/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much memory there is, and how much a measurement takes. Bytes. */
#ifndef FAULTBENCH_MEMORY_H
#define FAULTBENCH_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "place/place.h"

/* What /proc/meminfo says of @key; 0 when it does not. */
uint64_t memory_info(const char *key);

/* What can be had without swapping, here or in this memory cgroup; UINT64_MAX when nobody knows. */
uint64_t memory_available(void);

/* How much may be dirty before write-back begins; 0 when nobody knows. */
uint64_t memory_background(void);

/*
 * What measuring @job on @target and a device of @device_size takes (0: of the
 * default size): its files in the page cache and, but for tmpfs, on the device.
 */
uint64_t memory_needed(const struct job *job, const struct target *target, uint64_t device_size);

/* Why there is too little for it, into @reason; or NULL. */
const char *memory_short(const struct job *job, const struct target *target, uint64_t device_size,
			 char *reason, size_t size);

#endif
