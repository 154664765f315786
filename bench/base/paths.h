/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the parts of an installation are: next to the program, else under the prefix. */
#ifndef FAULTBENCH_PATHS_H
#define FAULTBENCH_PATHS_H

/*
 * Path of @name ("workloads", "plots", "faultbench-measure", ...): next to the
 * running program or in build/ there, as in a build tree, else below the installed
 * data or libexec directory. The caller frees it. NULL with errno set when neither
 * exists.
 */
char *path_of(const char *name);

#endif
