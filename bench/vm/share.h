/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a plan is divided among guests: by their memory, and by the time it takes. */
#ifndef FAULTBENCH_VM_SHARE_H
#define FAULTBENCH_VM_SHARE_H

#include "place/place.h"

/* Whether a guest has the memory that @item needs; else @reason says so. */
bool vm_has_room(const struct item *item, struct reason *reason);

/* How many of @items, @n indices into @plan, one guest takes. At least one. */
unsigned vm_boot_items(const struct plan *plan, const unsigned *items, unsigned n);

/* About how many emulated instructions @item takes, relative to others. */
uint64_t vm_weight(const struct item *item);

#endif
