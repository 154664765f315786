// SPDX-License-Identifier: GPL-2.0-or-later
/* QEMU with everything fixed that a count depends on, and files that have no name. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../analysis/results.h"
#include "proc.h"
#include "vm_guest.h"

/* Descriptors have a name as long as this process lives. */
static char *fd_path(const char *before, int fd)
{
	char *path;

	return asprintf(&path, "%s/proc/%d/fd/%d", before, (int)getpid(), fd) < 0 ? NULL : path;
}

static int start_qemu(const struct vm_guest *g, const struct vm *vm, unsigned disks,
		      const struct vm_profile *profile)
{
	const struct machine *m = vm->machine;
	char *initrd_path = fd_path("", g->initrd), *append = vm_cmdline(vm, disks);
	char *console = fd_path("file,id=console,path=", g->console);
	char *port = fd_path("file,id=port,path=", g->port);
	const char *kvm[] = { "-accel", "kvm", "-cpu", "host", NULL };
	const char *tcg[] = { "-icount", "shift=0,sleep=off", "-seed", "1", "-rtc", "clock=vm,base=2024-01-01",
			      "-cpu", m->cpu, NULL };
	char *plugin = profile ? vm_profile_option(profile, g->profile) : NULL;
	char memory[16];
	const char *argv[48] = {
		m->qemu, "-M", m->type, "-m", memory, "-smp", "1", "-nodefaults", "-no-user-config",
		"-display", "none", "-no-reboot", "-kernel", vm->kernel, "-initrd", initrd_path,
		"-chardev", console, "-serial", "chardev:console", "-chardev", port, m->port[0], m->port[1],
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
	argv[n++] = "-append";
	argv[n++] = append;
	while (*more)
		argv[n++] = *more++;
	if (append && initrd_path && console && port)
		pid = proc_spawn((char *const *)(uintptr_t)argv, -1, g->messages, g->messages, -1);
	free(initrd_path);
	free(append);
	free(console);
	free(port);
	free(plugin);
	return pid;
}

int vm_guest_boot(struct vm_guest *g, const struct vm *vm, int initrd, unsigned disks,
		  const struct vm_profile *profile, char *reason, size_t size)
{
	*g = (struct vm_guest){
		.initrd = initrd,
		.port = memfd_create("faultbench-port", MFD_CLOEXEC),
		.console = memfd_create("faultbench-console", MFD_CLOEXEC),
		.messages = memfd_create("faultbench-qemu", MFD_CLOEXEC),
		.profile = profile ? memfd_create("faultbench-profile", MFD_CLOEXEC) : -1,
		.heard = place_clock(),
	};
	if (g->port < 0 || g->console < 0 || g->messages < 0 || (profile && g->profile < 0)) {
		snprintf(reason, size, "memfd: %s", strerror(errno));
		return -EMFILE;
	}
	g->pid = start_qemu(g, vm, disks, profile);
	if (g->pid > 0)
		return 0;
	snprintf(reason, size, "cannot start %s: %s", vm->machine->qemu, strerror(-g->pid));
	g->pid = 0;
	return -EIO;
}

char *vm_guest_lines(struct vm_guest *g, const char **wrong)
{
	uint64_t size;
	char *text, *end;
	ssize_t got;

	g->shown = g->now;
	g->now = vm_size_of(g->console);
	size = vm_size_of(g->port);
	if (size == g->read)
		return NULL;
	if (size - g->read > RESULTS_LINE_MAX) {
		*wrong = "the guest says too much";
		return NULL;
	}
	text = malloc(size - g->read + 1);
	if (!text) {
		*wrong = "no memory";
		return NULL;
	}
	got = pread(g->port, text, size - g->read, (off_t)g->read);
	end = got > 0 ? memrchr(text, '\n', (size_t)got) : NULL;
	if (!end) {
		free(text);
		return NULL;
	}
	if (memchr(text, '\0', (size_t)got)) {
		*wrong = "the guest says something else than text";
		free(text);
		return NULL;
	}
	end[1] = '\0';
	g->read += (uint64_t)(end + 1 - text);
	g->heard = place_clock();
	return text;
}

void vm_guest_turn_page(struct vm_guest *g)
{
	/* What came between the two looks may be of either page. */
	g->said_before = g->shown;
}

bool vm_guest_ended(struct vm_guest *g, int *status)
{
	if (waitpid(g->pid, status, WNOHANG) != g->pid)
		return false;
	g->pid = 0;
	return true;
}

const char *vm_guest_last_words(const struct vm_guest *g, char *tail, size_t size)
{
	bool dumb = !vm_size_of(g->console);
	int fd = dumb ? g->messages : g->console;
	uint64_t len = vm_size_of(fd), from = dumb ? 0 : g->said_before;
	ssize_t got;
	char *own;

	if (len - from > size - 1)
		from = len - size + 1;
	got = pread(fd, tail, size - 1, (off_t)from);

	tail[got < 0 ? 0 : got] = '\0';
	/* What measure/guest.c says there is the reason, and the rest is not. */
	own = strstr(tail, "faultbench: ");
	if (own)
		own[strcspn(own, "\r\n")] = '\0';
	for (char *c = tail; *c; c++)
		if (*c < 0x20 || *c > 0x7e)
			*c = ' ';
	if (!*tail && !dumb)
		return "nothing";
	if (!*tail)
		return "nothing: a kernel without CONFIG_SERIAL_8250_CONSOLE, or on arm64 "
		       "CONFIG_SERIAL_AMBA_PL011_CONSOLE, is dumb";
	return own ? own : tail;
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
