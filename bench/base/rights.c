// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/rights.h"
#include "base/sysfile.h"

/* The namespaces that Linux starts with: include/linux/proc_ns.h. */
static const ino_t initial_uts = 0xeffffffe, initial_user = 0xeffffffd, initial_pid = 0xeffffffc;

/* Whether this is in the namespace @path of that inode; a kernel without such namespaces has no file. */
static bool in_namespace(const char *path, ino_t inode)
{
	struct stat ns;

	return stat(path, &ns) ? errno == ENOENT : ns.st_ino == inode;
}

bool rights_capability(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct set[_LINUX_CAPABILITY_U32S_3];

	return !syscall(SYS_capget, &header, set) && set[0].effective & 1U << CAP_SYS_ADMIN;
}

bool rights_admin(void)
{
	return rights_capability() && in_namespace("/proc/self/ns/user", initial_user);
}

/* Whether the cgroup, of version 2 or 1, is named after something that runs containers. */
static bool cgroup_of_container(void)
{
	static const char *const words[] = { "docker", "libpod", "kubepods", "lxc" };
	char group[4096] = "";

	if (sysfile_text("/proc/self/cgroup", "0", group, sizeof(group)) || !strcmp(group, "/"))
		sysfile_text("/proc/self/cgroup", "1", group, sizeof(group));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(group, words[i]))
			return true;
	return false;
}

bool rights_container(void)
{
	/* The root file system of a container may also be that of a machine. */
	if (in_namespace("/proc/self/ns/pid", initial_pid) && in_namespace("/proc/self/ns/uts", initial_uts))
		return false;
	return getenv("container") || !access("/.dockerenv", F_OK) || !access("/run/.dockerenv", F_OK) ||
	       !access("/run/.containerenv", F_OK) || !access("/run/systemd/container", F_OK) ||
	       cgroup_of_container();
}

const char *rights_way_out(void)
{
	if (rights_container())
		return "start the container with --privileged";
	if (rights_capability())
		return "run it outside this user namespace";
	/* What is not in the bounding set no user can get. */
	return prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN) == 1 ? "run it as root" : "CAP_SYS_ADMIN is denied here";
}
