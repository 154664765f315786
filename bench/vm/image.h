/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File systems for guests: made on the host, without root and without a device. */
#ifndef FAULTBENCH_VM_IMAGE_H
#define FAULTBENCH_VM_IMAGE_H

#include <stdint.h>

#include "disk/target.h"

/* Bytes of the RAM disk of every guest: only what is written takes memory. */
#define VM_DISK_SIZE (UINT64_C(512) << 20)

/* Why no image of @t can be made here, or NULL. */
const char *vm_image_unsupported(const struct target *t, struct reason *reason);

/*
 * Make @t, which is supported, on VM_DISK_SIZE bytes with all identities fixed, and pack what is
 * not zero (format/extent.h). Returns a descriptor of the packed image or -errno
 * with @reason.
 */
int vm_image_make(const struct target *t, struct reason *reason);

#endif
