// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The first process of a guest. It makes the target of each job, runs the job
 * in a child and says on a port of its own what became of it. It never picks
 * what is measured: /plan, in the initial RAM file system, has for each job
 *
 *	item NUMBER IMAGE FSTYPE FILL OPTIONS
 *
 * and the job. IMAGE holds the extents of a file system that the host made
 * ("-": none), FILL the bytes of the RAM disk that must exist before. Lines
 * on the port are results, or begin with '@' and the item's number.
 *
 * A kernel that panics or hangs ends without the last line: the host's matter.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "../../kernel/profile/marker.h"
#include "guest.h"
#include "measure.h"

enum { CHUNK = 1 << 20 };

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
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	/* What a kernel does not have need not be set. */
	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		dprintf(STDERR_FILENO, "%s: %s\n", path, strerror(errno));
	close(fd);
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
	/* Nothing is measured for so long that data must reach the RAM disk. */
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
		dprintf(STDERR_FILENO, "port=%s: %s\n", name ? name : "", strerror(errno));
		return -1;
	}
	cfmakeraw(&raw);
	tcsetattr(fd, TCSANOW, &raw);
	return fd;
}

static int write_zeros(int disk, uint64_t size)
{
	char *zeros = aligned_alloc(4096, CHUNK);
	int err = zeros ? 0 : -ENOMEM;

	if (zeros)
		memset(zeros, 0, CHUNK);
	for (uint64_t at = 0; !err && at < size; at += CHUNK)
		if (pwrite(disk, zeros, CHUNK, (off_t)at) != CHUNK)
			err = -errno;
	free(zeros);
	return err;
}

static int copy_extents(int image, int disk)
{
	struct guest_extent extent;
	char *buf = aligned_alloc(4096, CHUNK);
	int err = buf ? 0 : -ENOMEM;

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
	free(buf);
	return err;
}

/* brd has no page before it is written: the rest reads as zeros. */
static int make_disk(const char *disk_path, const char *image_path, uint64_t fill)
{
	int image = open(image_path, O_RDONLY | O_CLOEXEC);
	int disk = open(disk_path, O_RDWR | O_DIRECT | O_CLOEXEC);
	int err = image < 0 || disk < 0 ? -errno : write_zeros(disk, fill);

	if (!err)
		err = copy_extents(image, disk);
	if (image >= 0)
		close(image);
	if (disk >= 0 && close(disk) && !err)
		err = -errno;
	return err;
}

/* The first alarming message of the kernel since the last call, or an empty text. */
static void read_warnings(int kmsg, char *text, size_t size)
{
	static const char *const alarms[] = {
		"WARNING:", "BUG:", "Oops", "INFO: task", "possible recursive", "possible circular",
		"Out of memory", "general protection",
	};
	char record[8192], *message;
	ssize_t len;

	text[0] = '\0';
	while ((len = read(kmsg, record, sizeof(record) - 1)) > 0 || (len < 0 && errno == EPIPE)) {
		record[len < 0 ? 0 : len] = '\0';
		message = strchr(record, ';');
		for (size_t i = 0; message && !*text && i < sizeof(alarms) / sizeof(alarms[0]); i++) {
			if (!strstr(message, alarms[i]))
				continue;
			message[strcspn(message, "\n")] = '\0';
			snprintf(text, size, "%.200s", message + 1);
		}
	}
}

struct item {
	unsigned number;
	char image[64], fstype[32], options[128];
	unsigned long long fill;	/* bytes */
	struct job job;
};

static void run_child(const struct item *item, int port, void (*run_job)(const struct job *))
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		/* A terminal would flush every line. */
		setvbuf(stdout, NULL, _IOFBF, 1 << 16);
		if (dup2(port, STDOUT_FILENO) < 0 || chdir("/mnt"))
			_exit(1);
		marker_cell(item->number);
		run_job(&item->job);
		fflush(stdout);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		dprintf(port, "@fail %u fork: %s\n", item->number, strerror(errno));
	else if (WIFSIGNALED(status))
		dprintf(port, "@fail %u faultbench-measure was ended by signal %d (%s)\n", item->number,
			WTERMSIG(status), strsignal(WTERMSIG(status)));
}

static void run_item(const struct item *item, unsigned index, int port, int kmsg,
		     void (*run_job)(const struct job *))
{
	bool has_image = strcmp(item->image, "-") != 0;
	char disk[32], warning[256];
	int err = 0;

	dprintf(port, "@start %u\n", item->number);
	snprintf(disk, sizeof(disk), "/dev/ram%u", index);
	if (has_image)
		err = make_disk(disk, item->image, item->fill);
	if (err) {
		dprintf(port, "@fail %u %s: %s\n", item->number, disk, strerror(-err));
	} else if (mount(has_image ? disk : "none", "/mnt", item->fstype, MS_NOATIME,
			 strcmp(item->options, "-") ? item->options : NULL)) {
		dprintf(port, "@fail %u mount -t %s: %s\n", item->number, item->fstype, strerror(errno));
	} else {
		run_child(item, port, run_job);
		if (umount("/mnt"))
			dprintf(port, "@fail %u umount: %s\n", item->number, strerror(errno));
	}
	read_warnings(kmsg, warning, sizeof(warning));
	if (warning[0])
		dprintf(port, "@fail %u the guest's kernel said: %s\n", item->number, warning);
	dprintf(port, "@end %u\n", item->number);
}

void guest_main(void (*run_job)(const struct job *))
{
	struct item item;
	char line[512], error[256];
	int port, kmsg;
	FILE *plan;

	mount_all();
	port = open_port();
	if (port < 0)
		leave(-1);
	plan = fopen("/plan", "re");
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (!plan || kmsg < 0) {
		dprintf(port, "@stop %s\n", plan ? "no /dev/kmsg" : "no /plan");
		leave(port);
	}
	lseek(kmsg, 0, SEEK_END);
	dprintf(port, "@ready\n");
	for (unsigned index = 0; fgets(line, sizeof(line), plan); index++) {
		if (sscanf(line, "item %u %63s %31s %llu %127s", &item.number, item.image, item.fstype,
			   &item.fill, item.options) != 5 ||
		    job_read(plan, &item.job, error, sizeof(error)) != 1) {
			dprintf(port, "@stop item %u of the plan cannot be read\n", index);
			leave(port);
		}
		run_item(&item, index, port, kmsg, run_job);
	}
	leave(port);
}
