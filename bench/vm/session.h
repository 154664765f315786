/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan, measured in guests. */
#ifndef FAULTBENCH_VM_SESSION_H
#define FAULTBENCH_VM_SESSION_H

#include "place/place.h"

/* What struct place has as its run(). */
void vm_session_run(struct plan *plan, const struct observer *observer);

#endif
