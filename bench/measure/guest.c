// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The first process of a guest. It makes the target of each job, runs the job
 * in a child and reports on a port of its own. It never chooses what is measured:
 * /plan, in the initial RAM file system, has for each job
 *
 *	item NUMBER IMAGE FSTYPE FILL OPTIONS
 *
 * and the job. IMAGE holds the extents of a file system that the host made
 * ("-": none), FILL the bytes of the RAM disk that must exist before. "module
 * NAME" in front of it loads one, with its parameters from the kernel's command
 * line. Lines on the port are results, or begin with '@' and the item's number.
 *
 * A kernel that panics or hangs ends without the last line; the host handles that.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/sysfile.h"
#include "format/alarms.h"
#include "format/extent.h"
#include "format/marker.h"
#include "measure/measure.h"
#include "sources.h"

enum { CHUNK = 1 << 20 };

/* The host looks for it in this program. */
static const char built_from[] __attribute__((used)) = MEASURE_SOURCES;

static void __attribute__((noreturn)) leave(int port)
{
	if (port >= 0)
		tcdrain(port);
	sync();
	/* QEMU is told not to reboot: it ends. */
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

static void set_file(const char *path, const char *text)
{
	int err = sysfile_set(path, text);

	/* A kernel may lack it. */
	if (err && err != -ENOENT)
		dprintf(STDERR_FILENO, "%s: %s\n", path, strerror(-err));
}

static void mount_all(void)
{
	static const char *const mounts[][2] = {
		{ "proc", "/proc" }, { "sysfs", "/sys" }, { "devtmpfs", "/dev" },
		{ "debugfs", "/sys/kernel/debug" }, { "tracefs", "/sys/kernel/tracing" },
	};

	mkdir("/mnt", 0755);
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i][1], 0755);
		mount("none", mounts[i][1], mounts[i][0], 0, NULL);
	}
	/* No measurement is so long that data must reach the RAM disk. */
	set_file("/proc/sys/vm/dirty_writeback_centisecs", "0");
	set_file("/proc/sys/vm/dirty_background_ratio", "60");
	set_file("/proc/sys/vm/dirty_ratio", "80");
}

static int open_port(void)
{
	/* "port=ttyS1" on the kernel's command line ends up here. */
	const char *name = getenv("port");
	char path[64];
	struct termios raw;
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", name ? name : "");
	fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || tcgetattr(fd, &raw)) {
		dprintf(STDERR_FILENO, "faultbench: no port %s (%s): the kernel needs CONFIG_DEVTMPFS, "
			"CONFIG_SERIAL_8250 and CONFIG_SERIAL_8250_PCI built in\n", path, strerror(errno));
		return -1;
	}
	cfmakeraw(&raw);
	tcsetattr(fd, TCSANOW, &raw);
	return fd;
}

static int write_zeros(int disk, char *buf, uint64_t size)
{
	int err = 0;

	memset(buf, 0, CHUNK);
	for (uint64_t at = 0; !err && at < size; at += CHUNK)
		if (pwrite(disk, buf, CHUNK, (off_t)at) != CHUNK)
			err = -errno;
	return err;
}

static int copy_extents(int image, int disk, char *buf)
{
	struct extent extent;
	int err = 0;

	while (!err && read(image, &extent, sizeof(extent)) == sizeof(extent)) {
		for (uint64_t done = 0; !err && done < extent.size;) {
			size_t n = extent.size - done < CHUNK ? (size_t)(extent.size - done) : CHUNK;

			if (read(image, buf, n) != (ssize_t)n)
				err = -EIO;
			else if (pwrite(disk, buf, n, (off_t)(extent.offset + done)) != (ssize_t)n)
				err = -errno;
			done += n;
		}
	}
	return err;
}

/* brd has no page before it is written: the rest reads as zeros. */
static int make_disk(const char *disk_path, const char *image_path, uint64_t fill)
{
	int image = open(image_path, O_RDONLY | O_CLOEXEC);
	int disk = open(disk_path, O_RDWR | O_DIRECT | O_CLOEXEC);
	char *buf = image < 0 || disk < 0 ? NULL : aligned_alloc(4096, CHUNK);
	int err = buf ? write_zeros(disk, buf, fill) : -errno;

	if (!err)
		err = copy_extents(image, disk, buf);
	free(buf);
	if (image >= 0)
		close(image);
	if (disk >= 0 && close(disk) && !err)
		err = -errno;
	return err;
}

/* The kernel's messages. */
struct log {
	int kmsg;
	char last[256];
	char alarm[256];	/* the first alarming one since it was cleared, or empty */
	bool out_of_memory;	/* since it was cleared */
};

static void read_log(struct log *log)
{
	char record[8192], *message;
	ssize_t len;

	while ((len = read(log->kmsg, record, sizeof(record) - 1)) > 0 || (len < 0 && errno == EPIPE)) {
		record[len < 0 ? 0 : len] = '\0';
		message = strchr(record, ';');
		if (!message)
			continue;
		message[strcspn(message, "\n")] = '\0';
		snprintf(log->last, sizeof(log->last), "%.200s", message + 1);
		if (alarm_kind(message) == ALARM_NONE)
			continue;
		log->out_of_memory |= alarm_kind(message) == ALARM_MEMORY;
		if (!log->alarm[0])
			snprintf(log->alarm, sizeof(log->alarm), "%s", log->last);
	}
}

/* "MODULE.KEY=VALUE" from the kernel's command line, as parameters of module @name. */
static void module_parameters(const char *name, char *text, size_t size)
{
	char line[4096] = "", *rest = line, *word, prefix[80];
	size_t length = 0;

	text[0] = '\0';
	sysfile_line("/proc/cmdline", line, sizeof(line));
	snprintf(prefix, sizeof(prefix), "%s.", name);
	for (char *c = prefix; *c; c++)
		if (*c == '-')
			*c = '_';
	while (length < size && (word = strsep(&rest, " ")))
		if (!strncmp(word, prefix, strlen(prefix)))
			length += (size_t)snprintf(text + length, size - length, "%s ", word + strlen(prefix));
}

/* Leaves @why empty, or sets it to why module @name cannot be loaded. */
static void load_module(const char *name, struct log *log, char *why, size_t size)
{
	char path[96], parameters[1024];
	int fd, err;

	snprintf(path, sizeof(path), "/module.%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;		/* it has been loaded */
	module_parameters(name, parameters, sizeof(parameters));
	err = syscall(SYS_finit_module, fd, parameters, 0) ? errno : 0;
	close(fd);
	/* Of several modules for one thing, some may not suit this machine. */
	if (!err || err == EEXIST || err == ENODEV) {
		unlink(path);	/* jobs need the memory */
	} else if (!why[0]) {
		read_log(log);
		snprintf(why, size, "module %s: %s; the kernel reported: %s", name, strerror(err), log->last);
	}
}

struct item {
	unsigned number;
	char missed[512];	/* a module that could not be loaded before it, or empty */
	char image[80], fstype[32], options[128];
	unsigned long long fill;	/* bytes */
	struct job job;
};

static void run_child(const struct item *item, int port, struct log *log, void (*run_job)(const struct job *))
{
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		/* A terminal would flush every line. */
		setvbuf(stdout, NULL, _IOFBF, 1 << 16);
		if (dup2(port, STDOUT_FILENO) < 0 || chdir("/mnt"))
			_exit(1);
		marker_cell(item->number);
		run_job(&item->job);
		_exit(fflush(stdout) || ferror(stdout));
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		dprintf(port, "@fail %u fork: %s\n", item->number, strerror(errno));
	read_log(log);
	if (pid > 0 && WIFSIGNALED(status) && log->out_of_memory)
		dprintf(port, "@fail %u too large for a guest: it was out of memory for files, disk and source\n",
			item->number);
	else if (pid > 0 && WIFSIGNALED(status))
		dprintf(port, "@fail %u faultbench-measure was killed by signal %d (%s)\n", item->number,
			WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (pid > 0 && WEXITSTATUS(status))
		dprintf(port, "@fail %u the guest cannot enter its file system or write its results\n",
			item->number);
}

/* Something that a user's own kernel does not have. */
static void fail_lack(const struct item *item, const char *what, int port)
{
	dprintf(port, "@fail %u this kernel has no %s, %s\n", item->number, what,
		item->missed[0] ? item->missed : "neither built in nor in a module that was found (modules=DIR)");
}

/* Returns whether this guest can run another item. */
static bool run_item(const struct item *item, unsigned index, int port, struct log *log,
		     void (*run_job)(const struct job *))
{
	bool has_image = strcmp(item->image, "-") != 0, sound;
	char disk[32];
	int err = 0;

	dprintf(port, "@start %u\n", item->number);
	snprintf(disk, sizeof(disk), "/dev/ram%u", index);
	if (has_image)
		err = make_disk(disk, item->image, item->fill);
	if (err == -ENOENT || err == -ENXIO) {
		fail_lack(item, "RAM disk (brd)", port);
	} else if (err) {
		dprintf(port, "@fail %u %s: %s\n", item->number, disk, strerror(-err));
	} else if (!mount(has_image ? disk : "none", "/mnt", item->fstype, MS_NOATIME,
			  strcmp(item->options, "-") ? item->options : NULL)) {
		run_child(item, port, log, run_job);
		if (umount("/mnt"))
			dprintf(port, "@fail %u umount: %s\n", item->number, strerror(errno));
	} else if (errno == ENODEV) {
		fail_lack(item, item->fstype, port);
	} else {
		err = errno;
		read_log(log);
		dprintf(port, "@fail %u mount -t %s: %s; the kernel reported: %s\n", item->number, item->fstype,
			strerror(err), log->last);
	}
	read_log(log);
	if (log->alarm[0])
		dprintf(port, "@fail %u the guest's kernel reported: %s\n", item->number, log->alarm);
	/* The disk keeps its pages, and the next items would lack them. */
	sound = !log->out_of_memory;
	log->alarm[0] = '\0';
	log->out_of_memory = false;
	dprintf(port, "@end %u\n", item->number);
	return sound;
}

void guest_main(void (*run_job)(const struct job *))
{
	struct item item = { 0 };
	struct log log = { 0 };
	char line[512], name[64];
	struct reason error = { "" };
	unsigned index = 0;
	FILE *plan;
	int port;

	mount_all();
	port = open_port();
	if (port < 0)
		leave(-1);
	plan = fopen("/plan", "re");
	log.kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (!plan || log.kmsg < 0) {
		dprintf(port, "@stop %s\n", plan ? "no /dev/kmsg" : "no /plan");
		leave(port);
	}
	lseek(log.kmsg, 0, SEEK_END);
	dprintf(port, "@ready\n");
	while (fgets(line, sizeof(line), plan)) {
		if (sscanf(line, "module %63s", name) == 1) {
			load_module(name, &log, item.missed, sizeof(item.missed));
			continue;
		}
		if (sscanf(line, "item %u %79s %31s %llu %127s", &item.number, item.image, item.fstype,
			   &item.fill, item.options) != 5 ||
		    job_read(plan, &item.job, &error) != 1) {
			dprintf(port, "@stop item %u of its plan: %s\n", index, error.text[0] ? error.text : line);
			leave(port);
		}
		if (!run_item(&item, index++, port, &log, run_job))
			leave(port);
		item.missed[0] = '\0';
	}
	leave(port);
}
