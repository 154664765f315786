/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Child processes that never outlive this one. */
#ifndef FAULTBENCH_PROC_H
#define FAULTBENCH_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

/*
 * Start argv[0] (found on PATH) with standard input @in, output @out and error
 * @err, or /dev/null for -1, in directory @cwd (-1: here). It is killed when
 * this process dies. Returns its pid or -errno; a program that cannot be
 * executed ends with status 127.
 */
pid_t proc_spawn(const char *const argv[], int in, int out, int err, int cwd);

/*
 * Wait for @pid, as proc_spawn() returned it. Returns its exit status, 128 + the signal that
 * ended it, or -errno, also that of proc_spawn().
 */
int proc_wait(pid_t pid);

/*
 * Run a command to its end. What it prints on standard output and error goes
 * to @output: its first line that is not blank, control characters made blanks.
 * Returns its exit status as proc_wait() does.
 */
int proc_run(const char *const argv[], char *output, size_t size);

/*
 * Run a command to its end, with standard input @in and error @err as proc_spawn() has them.
 * Returns what it printed, a file without a name, at its beginning; NULL: there is none. Sets
 * *@status as proc_wait() returns it.
 */
FILE *proc_output(const char *const argv[], int in, int err, int *status);

/* Whether a program of this name is on PATH. */
bool proc_exists(const char *name);

#endif
