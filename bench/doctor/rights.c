// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Checks of where the program runs and what it may do there: on a host, in a
 * container, in a user namespace, under limits. Rights are what a trial says,
 * since root need not have them; the user id only decides which way to get them is printed.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/paths.h"
#include "base/rights.h"
#include "base/sysfile.h"
#include "disk/memory.h"
#include "disk/target.h"
#include "doctor/doctor.h"

static const uint64_t mib = 1 << 20;

/* Recognised by a file that it makes, or by $container. */
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

void doctor_look_around(struct doctor *d)
{
	const bool admin = rights_admin();
	const struct target *t = targets;

	read_cpu_ticks(&d->at_start);
	clock_gettime(CLOCK_MONOTONIC, &d->started);
	d->engine = find_engine();
	d->outside = d->engine ? "   # on the host" : rights_capability() && !admin ? "   # outside this namespace" : "";
	d->sudo = geteuid() ? "sudo " : "";
	d->host_sudo = *d->outside ? "sudo " : d->sudo;
	d->mounts_tmpfs = target_may_mount("tmpfs");
	while (t->name && !(target_has_device(t) && target_loaded(t->fstype)))
		t++;
	d->mounts_devices = t->name ? target_may_mount(t->fstype) : admin;
}

/* A right that was dropped from the bounding set does not come back with sudo. */
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

/* Who may not mount has the container started with it. */
static void fix_mount(struct finding *f, const char *fstype, const char *path)
{
	if (rights_capability() || sudo_helps(f->doctor))
		fix(f, "%smount -t %s %s %s", f->doctor->sudo, fstype, fstype, path);
	else
		reason_add(&f->text, "start the container with %s", path);
}

static void look_proc(struct finding *f)
{
	found(f, LEVEL_OK, "/proc and /sys are mounted");
	if (sysfile_missing("/proc/") == -ENODEV) {
		found(f, LEVEL_NOTHING, "/proc is not mounted: without it nothing can be measured");
		fix_mount(f, "proc", "/proc");
	} else if (sysfile_missing("/sys/") == -ENODEV) {
		found(f, LEVEL_NOTE, "/sys is not mounted: its settings of CPUs and memory cannot be checked");
		fix_mount(f, "sysfs", "/sys");
	}
}

static void look_program(struct finding *f)
{
	char *path = path_of("faultbench-measure");

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
	if (rights_capability())
		who = rights_admin() ? "denied by seccomp or a security module" : "root of a user namespace";
	found(f, LEVEL_BLOCKS, "%s%s: %s", who, d->engine ? " in this container" : "", d->mounts_tmpfs ?
	      "only tmpfs may be mounted and measured" :
	      "mounting is not permitted, which leaves tmpfs in /dev/shm");
	fix_rights(f);
}

static const char *file_system_name(long type)
{
	return type == EXT4_SUPER_MAGIC ? "ext4" : type == XFS_SUPER_MAGIC ? "XFS" :
	       type == BTRFS_SUPER_MAGIC ? "btrfs" : type == OVERLAYFS_SUPER_MAGIC ? "overlayfs" :
	       "another file system";
}

/* Where tmpfs is measured without the right to mount one. */
static void look_shm(struct finding *f)
{
	static const char dir[] = "/dev/shm";
	const struct doctor *d = f->doctor;
	const uint64_t need = memory_files(&d->largest);
	struct statfs fs;
	uint64_t left;

	if (d->mounts_tmpfs || unknown(f, "/proc/", sysfile_missing("/proc/")))
		return;
	if (statfs(dir, &fs)) {
		found(f, LEVEL_NOTHING, "%s: %s", dir, strerror(errno));
	} else if (fs.f_type != TMPFS_MAGIC) {
		found(f, LEVEL_NOTHING, "%s is %s, not tmpfs: nothing can be measured", dir,
		      file_system_name(fs.f_type));
	} else if (access(dir, W_OK)) {
		found(f, LEVEL_NOTHING, "%s: %s", dir, strerror(errno));
	} else {
		left = (uint64_t)fs.f_bavail * (uint64_t)fs.f_bsize;
		found(f, left < need ? LEVEL_NOTE : LEVEL_OK, "%s has %" PRIu64 " MiB left for tmpfs; the "
		      "largest workload, %s, needs %" PRIu64, dir, left / mib, d->largest.workload, need / mib);
		if (left >= need)
			return;
	}
	if (d->engine && d->engine->run)
		fix(f, "%s --shm-size=%" PRIu64 "m ...", d->engine->run, need / mib + 64);
	else if (sudo_helps(d))
		fix(f, "sudo mount %s,size=%" PRIu64 "M tmpfs %s", f->level == LEVEL_NOTE ? "-o remount" :
		    "-t tmpfs -o mode=1777", need / mib + 64, dir);
}

static void look_limits(struct finding *f)
{
	const struct doctor *d = f->doctor;
	const uint64_t files = memory_files(&d->largest);
	const struct {
		int resource;
		const char *what, *option;
		uint64_t unit;
		uint64_t need;		/* of the largest workloads */
		uint64_t least;		/* below it nothing can be measured */
	} limits[] = {
		/* A device is a file in memory, of the size that the device has. */
		{ RLIMIT_FSIZE, "file size", "fsize", mib, target_size(&targets[0], files), 16 * mib },
		/* A thread has a file and its counters. */
		{ RLIMIT_NOFILE, "open files", "nofile", 1, 64 + 8 * d->threads, 64 },
	};
	struct reason low = { "" }, options = { "" };
	enum level level = LEVEL_NOTE;
	bool hard = false;

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		char text[128];
		struct rlimit now;

		if (getrlimit(limits[i].resource, &now) || now.rlim_cur >= limits[i].need)
			continue;
		reason_add(&low, "%s %" PRIu64 "%s (%" PRIu64 " needed)", limits[i].what,
			   (uint64_t)now.rlim_cur / limits[i].unit, limits[i].unit > 1 ? " MiB" : "",
			   limits[i].need / limits[i].unit);
		snprintf(text, sizeof(text), "--%s=%" PRIu64, limits[i].option, limits[i].need);
		reason_list(&options, " ", text);
		hard |= now.rlim_max < limits[i].need;
		if (now.rlim_cur < limits[i].least)
			level = LEVEL_NOTHING;
	}
	found(f, LEVEL_OK, "high enough for every workload");
	if (low.text[0]) {
		found(f, level, "too low: %s", low.text);
		fix(f, "%sprlimit --pid $$ %s", hard ? "sudo " : "", options.text);
	}
}

const struct check rights_checks[] = {
	{ "proc", look_proc },
	{ "program", look_program },
	{ "rights", look_rights },
	{ "shm", look_shm },
	{ "limits", look_limits },
	{ NULL, NULL },
};
