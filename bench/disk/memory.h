/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much memory there is, and how much a measurement needs. Bytes. */
#ifndef FAULTBENCH_MEMORY_H
#define FAULTBENCH_MEMORY_H

#include <stdint.h>

#include "base/reason.h"
#include "disk/target.h"
#include "format/job.h"

/*
 * Memory available without swapping, within the limits of this cgroup (version
 * 2); UINT64_MAX where it cannot be read.
 */
uint64_t memory_available(void);

/* How much may be dirty before write-back begins; UINT64_MAX where it cannot be read. */
uint64_t memory_background(void);

/* Files that @job needs at once, those of its source included. */
uint64_t memory_files(const struct job *job);

/*
 * Bytes of the device for @job on @target (of memory for tmpfs): @device_size, or where
 * that is 0 what its files need.
 */
uint64_t memory_device(const struct job *job, const struct target *target, uint64_t device_size);

/* What measuring @job on such a device needs: its files in the page cache and, except for tmpfs, on the device. */
uint64_t memory_needed(const struct job *job, const struct target *target, uint64_t device_size);

/* Why there is too little memory for it, or NULL. */
const char *memory_short(const struct job *job, const struct target *target, uint64_t device_size,
			 struct reason *reason);

#endif
