/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first process of a guest. */
#ifndef FAULTBENCH_GUEST_H
#define FAULTBENCH_GUEST_H

#include "format/job.h"

/* Run /plan and power off. */
void __attribute__((noreturn)) guest_main(void (*run_job)(const struct job *));

#endif
