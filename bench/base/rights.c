// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/rights.h"

/* PROC_USER_INIT_INO of include/linux/proc_ns.h: the initial user namespace. */
static const ino_t initial_namespace = 0xeffffffd;

bool rights_admin(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct set[_LINUX_CAPABILITY_U32S_3];
	struct stat ns;

	if (syscall(SYS_capget, &header, set) || !(set[0].effective & 1U << CAP_SYS_ADMIN))
		return false;
	/* A kernel without user namespaces has no such file. */
	return stat("/proc/self/ns/user", &ns) ? errno == ENOENT : ns.st_ino == initial_namespace;
}

bool rights_container(void)
{
	return getenv("container") || !access("/.dockerenv", F_OK) || !access("/run/.containerenv", F_OK) ||
	       !access("/run/systemd/container", F_OK);
}

const char *rights_way_out(void)
{
	return rights_container() ? "start the container with --privileged" : "run it as root";
}
