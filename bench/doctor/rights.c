// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Checks of where the program runs and what it may do there: on a host, in a
 * container, in a user namespace. Rights are what a trial says,
 * since root need not have them; who one is only tells the way to get them.
 */
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/paths.h"
#include "base/rights.h"
#include "base/sysfile.h"
#include "disk/target.h"
#include "doctor/doctor.h"

/* Told by a file that it makes, or by $container. */
static const struct engine {
	const char *file, *name;
	const char *run;	/* the command that starts a container; NULL: there is none for all */
} engines[] = {
	{ "/run/secrets/kubernetes.io", "kubernetes", NULL },
	{ "/run/.containerenv", "podman", "sudo podman run" },
	{ "/.dockerenv", "docker", "sudo docker run" },
	{ "/run/.dockerenv", "docker", "sudo docker run" },
	{ "/", "another", NULL },
};

/* What runs the container that this is, or NULL. */
static const struct engine *find_engine(void)
{
	const char *named = getenv("container");
	const struct engine *e = engines;

	if (!rights_container())
		return NULL;
	while (access(e->file, F_OK) && (!named || strcmp(named, e->name)))
		e++;
	return e;
}

/* 0 or -errno of making a mount that no path leads to and that has no device: no rights is -EPERM. */
static int try_mount(const char *fstype)
{
	int context = fsopen(fstype, FSOPEN_CLOEXEC), err;

	if (context < 0)
		return -errno;
	err = fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) ? -errno : 0;
	close(context);
	return err;
}

/* Whether @err of try_mount() is about rights; a file system on a device also lacks that. */
static bool refused(int err)
{
	return err == -EPERM || err == -EACCES || err == -ENOSYS;
}

static bool has_admin_capability(void)
{
	uint64_t set;

	return !sysfile_value("/proc/self/status", "CapEff", 16, &set) && set >> CAP_SYS_ADMIN & 1;
}

bool fs_loaded(const char *fstype)
{
	char line[64], rest[8];

	snprintf(line, sizeof(line), "\t%s", fstype);
	return !sysfile_text("/proc/filesystems", line, rest, sizeof(rest));
}

void doctor_look_around(struct doctor *d)
{
	const bool admin = rights_admin();
	const struct target *t = targets;

	read_cpu_ticks(&d->at_start);
	clock_gettime(CLOCK_MONOTONIC, &d->started);
	d->engine = find_engine();
	d->outside = d->engine ? "   # on the host" : has_admin_capability() && !admin ? "   # outside this namespace" : "";
	d->sudo = geteuid() ? "sudo " : "";
	d->host_sudo = *d->outside ? "sudo " : d->sudo;
	d->mounts_tmpfs = !refused(try_mount("tmpfs"));
	while (t->name && !(target_has_device(t) && fs_loaded(t->fstype)))
		t++;
	d->mounts_devices = t->name ? !refused(try_mount(t->fstype)) : admin;
}

/* A shell that was denied a right for good does not get it back from sudo. */
static bool sudo_helps(const struct doctor *d)
{
	return !*d->outside && prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN) == 1;
}

void fix_rights(struct finding *f)
{
	const struct doctor *d = f->doctor;

	if (d->engine && d->engine->run)
		fix(f, "%s --privileged ...", d->engine->run);
	else if (*d->outside || sudo_helps(d))
		fix(f, "sudo faultbench ...%s", d->outside);
	else if (!access("/run/systemd/system", F_OK))
		fix(f, "sudo systemd-run --pty faultbench ...");
	else
		fix(f, "faultbench ...   # from a shell with CAP_SYS_ADMIN");
}

void fix_file(struct finding *f, const char *path, const char *value)
{
	const struct doctor *d = f->doctor;

	/* Where /proc or /sys is read-only, which @path begins with. */
	if (!*d->outside && access(path, W_OK) && errno == EROFS)
		fix(f, "%smount -o remount,rw %.*s", d->sudo, 1 + (int)strcspn(path + 1, "/"), path);
	else
		fix(f, "echo %s %s %s%s", value, *d->host_sudo ? "| sudo tee" : ">", path, d->outside);
}

static void look_proc(struct finding *f)
{
	found(f, LEVEL_OK, "/proc and /sys are mounted");
	if (sysfile_missing("/proc/") == -ENODEV) {
		found(f, LEVEL_NOTHING, "/proc is not mounted: faultbench-measure cannot be found without it");
		fix(f, "%smount -t proc proc /proc", f->doctor->sudo);
	} else if (sysfile_missing("/sys/") == -ENODEV) {
		found(f, LEVEL_NOTE, "/sys is not mounted: what it says about CPUs and memory stays unknown");
		fix(f, "%smount -t sysfs sysfs /sys", f->doctor->sudo);
	}
}

static void look_program(struct finding *f)
{
	char *path;

	if (unknown(f, "/proc/", sysfile_missing("/proc/")))
		return;
	path = path_of("faultbench-measure");
	found(f, LEVEL_OK, "faultbench-measure found");
	if (!path || access(path, X_OK)) {
		found(f, LEVEL_NOTHING, "faultbench-measure is neither next to faultbench nor installed");
		fix(f, "make");
	}
	free(path);
}

static void look_rights(struct finding *f)
{
	const struct doctor *d = f->doctor;
	const char *who = geteuid() ? "not root" : "root without CAP_SYS_ADMIN";

	if (d->mounts_tmpfs && d->mounts_devices) {
		found(f, LEVEL_OK, "file systems can be mounted");
		return;
	}
	if (has_admin_capability())
		who = rights_admin() ? "denied by seccomp or a security module" : "root of a user namespace";
	found(f, LEVEL_BLOCKS, "%s%s: %s", who, d->engine ? " in this container" : "", d->mounts_tmpfs ?
	      "only tmpfs may be mounted and measured" :
	      "mounting is not permitted, which leaves tmpfs in /dev/shm");
	fix_rights(f);
}

const struct check rights_checks[] = {
	{ "proc", look_proc },
	{ "program", look_program },
	{ "rights", look_rights },
	{ NULL, NULL },
};
