/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this process may do: by its capabilities, never by its user id. */
#ifndef FAULTBENCH_RIGHTS_H
#define FAULTBENCH_RIGHTS_H

#include <stdbool.h>

/* Whether it may administer this machine: CAP_SYS_ADMIN, in the initial user namespace. */
bool rights_admin(void);

/* Whether it has CAP_SYS_ADMIN, be it in a user namespace of its own. */
bool rights_capability(void);

/* Whether it runs in a container, as far as such leave a sign. */
bool rights_container(void);

/* How to get the rights that are missing, which depends on where this is: "run it as root". */
const char *rights_way_out(void);

#endif
