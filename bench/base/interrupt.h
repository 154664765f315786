/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SIGINT and SIGTERM: what takes long looks here and ends early. */
#ifndef FAULTBENCH_INTERRUPT_H
#define FAULTBENCH_INTERRUPT_H

#include <signal.h>

/* The signal that was received once interrupt_catch() was called; else 0. */
extern volatile sig_atomic_t interrupted;

/* Also ignores SIGPIPE: a process at the other end that died shows in its exit status. */
void interrupt_catch(void);

/* The exit status of a program that was interrupted, as shells have it. */
#define INTERRUPT_STATUS (128 + interrupted)

#endif
