/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a plan is shared out to guests: by their memory, and by the time it takes. */
#ifndef FAULTBENCH_VM_SHARE_H
#define FAULTBENCH_VM_SHARE_H

#include "place/place.h"

/* Whether a guest has the memory that @item needs at least; else says so in @reason. */
bool vm_has_room(const struct item *item, char *reason, size_t size);

/* How many of @items, @n indices into @plan, one guest takes. At least one. */
unsigned vm_boot_items(const struct plan *plan, const unsigned *items, unsigned n);

/* Emulated instructions that @item takes, about, against others. */
uint64_t vm_weight(const struct item *item);

#endif
