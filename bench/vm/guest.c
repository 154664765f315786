// SPDX-License-Identifier: GPL-2.0-or-later
/* QEMU with everything fixed that a count depends on, and files without names. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/proc.h"
#include "format/alarms.h"
#include "vm/guest.h"

enum { CONSOLE_END = 16 << 10 };	/* bytes of a console that are searched for last words */

/* Descriptors have a name as long as this process lives. It ends the option @before. */
static const char *fd_path(char path[64], const char *before, int fd)
{
	snprintf(path, 64, "%s/proc/%d/fd/%d", before, (int)getpid(), fd);
	return path;
}

static int start_qemu(const struct vm_guest *g, const struct vm *vm, unsigned disks,
		      const struct vm_profile *profile)
{
	const struct machine *m = vm->machine;
	const char *kvm[] = { "-accel", "kvm", "-cpu", "host", NULL };
	const char *tcg[] = { "-icount", "shift=0,sleep=off", "-seed", "1", "-rtc", "clock=vm,base=2024-01-01",
			      "-cpu", m->cpu, NULL };
	char *plugin = profile ? vm_profile_option(profile, g->profile) : NULL;
	char memory[16], initrd[64], append[VM_CMDLINE_SIZE], console[64], port[64];
	const char *argv[48] = {
		m->qemu, "-M", m->type, "-m", memory, "-smp", "1", "-nodefaults", "-no-user-config",
		"-display", "none", "-no-reboot", "-kernel", vm->kernel, "-initrd", fd_path(initrd, "", g->initrd),
		"-append", vm_cmdline(append, vm, disks),
		"-chardev", fd_path(console, "file,id=console,path=", g->console), "-serial", "chardev:console",
		"-chardev", fd_path(port, "file,id=port,path=", g->port), m->port[0], m->port[1],
	};
	const char **more = vm->kvm ? kvm : tcg;
	unsigned n = 0;
	int pid = -ENOMEM;

	snprintf(memory, sizeof(memory), "%lluM", (unsigned long long)VM_MEMORY >> 20);
	while (argv[n])
		n++;
	if (plugin) {
		argv[n++] = "-plugin";
		argv[n++] = plugin;
	}
	while (*more)
		argv[n++] = *more++;
	if (plugin || !profile)
		pid = proc_spawn(argv, -1, g->messages, g->messages, -1);
	free(plugin);
	return pid;
}

int vm_guest_boot(struct vm_guest *g, const struct vm *vm, int initrd, unsigned disks,
		  const struct vm_profile *profile, struct reason *reason)
{
	*g = (struct vm_guest){
		.initrd = initrd,
		.port = memfd_create("faultbench-port", MFD_CLOEXEC),
		.console = memfd_create("faultbench-console", MFD_CLOEXEC),
		.messages = memfd_create("faultbench-qemu", MFD_CLOEXEC),
		.profile = profile ? memfd_create("faultbench-profile", MFD_CLOEXEC) : -1,
		.heard = clock_ns(),
	};
	if (g->port < 0 || g->console < 0 || g->messages < 0 || (profile && g->profile < 0))
		return reason_fail(reason, -EMFILE, "memfd: %s", strerror(errno));
	g->pid = start_qemu(g, vm, disks, profile);
	if (g->pid > 0)
		return 0;
	reason_set(reason, "cannot start %s: %s", vm->machine->qemu, strerror(-g->pid));
	g->pid = 0;
	return -EIO;
}

int vm_guest_lines(struct vm_guest *g, char **text, struct reason *reason)
{
	uint64_t size;
	char *end;
	ssize_t got;

	*text = NULL;
	g->shown = g->now;
	g->now = vm_size_of(g->console);
	size = vm_size_of(g->port);
	if (size == g->read)
		return 0;
	if (size - g->read > RESULTS_LINE_MAX)
		return reason_fail(reason, -EFBIG, "guest output too long");
	*text = malloc(size - g->read + 1);
	if (!*text)
		return reason_fail(reason, -ENOMEM, "no memory");
	got = pread(g->port, *text, size - g->read, (off_t)g->read);
	if (got > 0 && memchr(*text, '\0', (size_t)got))
		return reason_fail(reason, -EINVAL, "guest output is not text");
	end = got > 0 ? memrchr(*text, '\n', (size_t)got) : NULL;
	(*text)[end ? end + 1 - *text : 0] = '\0';
	if (end) {
		g->read += strlen(*text);
		g->heard = clock_ns();
	}
	return 0;
}

void vm_guest_new_item(struct vm_guest *g)
{
	/* Output between the two looks may belong to either item. */
	g->said_before = g->shown;
}

bool vm_guest_ended(struct vm_guest *g, int *status)
{
	if (waitpid(g->pid, status, WNOHANG) != g->pid)
		return false;
	g->pid = 0;
	return true;
}

/*
 * Whether @message names the cause of the kernel's death; the last messages are the
 * trace, and the panic that follows an oops adds nothing.
 */
static bool is_complaint(const char *message)
{
	return alarm_kind(message) == ALARM_CAUSE && !strstr(message, "Fatal exception");
}

/*
 * Join the lines of @text, without the kernel's time stamps. Leaves the last
 * complaint in @complaint, if there is one.
 */
static void join_lines(char *text, char *complaint, size_t size)
{
	char *rest = text, *to = text, *line;

	while ((line = strsep(&rest, "\r\n"))) {
		char *stamp = *line == '[' ? strstr(line, "] ") : NULL;
		char *message = stamp ? stamp + 2 : line;
		size_t len = strlen(message);

		if (!len)
			continue;
		if (is_complaint(message))
			snprintf(complaint, size, "%s", message);
		if (to > text)
			*to++ = ' ';
		memmove(to, message, len);
		to += len;
	}
	*to = '\0';
}

const char *vm_guest_last_words(const struct vm_guest *g, char *words, size_t size)
{
	const bool silent = !vm_size_of(g->console);
	const int fd = silent ? g->messages : g->console;
	uint64_t len = vm_size_of(fd), from = silent ? 0 : g->said_before;
	char text[CONSOLE_END + 1], complaint[160] = "", *own, *tail;
	ssize_t got;

	if (len - from > CONSOLE_END)
		from = len - CONSOLE_END;
	got = pread(fd, text, CONSOLE_END, (off_t)from);
	text[got < 0 ? 0 : got] = '\0';
	for (ssize_t i = 0; i < got; i++)
		if (text[i] != '\r' && text[i] != '\n' && (text[i] < 0x20 || text[i] > 0x7e))
			text[i] = ' ';
	/* A message of measure/guest.c is the reason; the rest is not. */
	own = strstr(text, "faultbench: ");
	if (own) {
		snprintf(words, size, "%.*s", (int)strcspn(own, "\r\n"), own);
		return words;
	}
	join_lines(text, complaint, sizeof(complaint));
	if (!*text && (g->read || !silent))
		return "no output";
	if (!*text)
		return "no output; the kernel may lack CONFIG_SERIAL_8250_CONSOLE, or on arm64 "
		       "CONFIG_SERIAL_AMBA_PL011_CONSOLE";
	tail = strlen(text) < size ? text : text + strlen(text) - size + 1;
	if (*complaint && !strstr(tail, complaint)) {
		tail += strlen(complaint) + sizeof(" ... ") - 1;
		snprintf(words, size, "%s ... %s", complaint, tail);
	} else {
		snprintf(words, size, "%s", tail);
	}
	return words;
}

void vm_guest_close(struct vm_guest *g)
{
	int *fds[] = { &g->initrd, &g->port, &g->console, &g->messages, &g->profile };

	if (g->pid) {
		kill(g->pid, SIGKILL);
		proc_wait(g->pid);
	}
	g->pid = 0;
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}
