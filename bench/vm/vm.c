// SPDX-License-Identifier: GPL-2.0-or-later
/* The machines, the options of a place, and where the measuring binary is. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/paths.h"
#include "vm/image.h"
#include "vm/vm.h"

enum { DEADLINE_DEFAULT = 120 };	/* seconds */

static const struct machine machines[] = {
	/*
	 * Calibrating the APIC's timer is 20 million pauses, for each of which QEMU
	 * leaves its loop: 12 of 15 seconds of a boot. The tick comes from the PIT,
	 * and ACPI would bring timers that the TSC is calibrated against: 999.999
	 * MHz, and a nanosecond that is not one instruction.
	 * No RDRAND, which is not repeatable; no ERMS and FSRM, with which the
	 * copy of a page is one instruction that TCG counts byte by byte.
	 */
	{ "vm:x86_64", "x86_64", "x86_64", "qemu-system-x86_64", "qemu-system-x86", "pc-i440fx-7.2",
	  "max,-rdrand,-rdseed,-erms,-fsrm", "ttyS0", { "-serial", "chardev:port" }, "ttyS1",
	  " acpi=off noapictimer tsc_early_khz=1000000" },
	/* A tick of the timer an instruction, not one in sixteen. */
	{ "vm:arm64", "arm64", "aarch64", "qemu-system-aarch64", "qemu-system-arm", "virt-7.2",
	  "cortex-a72,cntfrq=1000000000", "ttyAMA0", { "-device", "pci-serial,chardev=port" }, "ttyS0",
	  "" },
	{ "vm:arm64-mte", "arm64", "aarch64", "qemu-system-aarch64", "qemu-system-arm",
	  "virt-7.2,mte=on", "max,cntfrq=1000000000", "ttyAMA0",
	  { "-device", "pci-serial,chardev=port" }, "ttyS0", "" },
};

static const char cmdline[] = "console=%s port=%s loglevel=5 panic=-1 oops=panic nokaslr norandmaps "
			      "random.trust_cpu=0 brd.rd_nr=%u brd.rd_size=%llu%s";

/* Seconds, up to a day. 0 or -EINVAL. */
static int read_deadline(const char *text, unsigned *seconds, char *reason, size_t size)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || !value || value > 86400) {
		snprintf(reason, size, "deadline=%s: wants seconds, from 1 to 86400", text);
		return -EINVAL;
	}
	*seconds = (unsigned)value;
	return 0;
}

int vm_options(struct vm *vm, const struct place *place, const char *options, char *reason, size_t size)
{
	char *copy = strdup(options ? options : ""), *rest = copy, *word;
	int err = copy ? 0 : -ENOMEM;

	*vm = (struct vm){ .machine = &machines[0], .tree = "6.1", .deadline = DEADLINE_DEFAULT };
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (!strcmp(machines[i].place, place->name))
			vm->machine = &machines[i];
	while (!err && (word = strsep(&rest, ","))) {
		char *value = strchr(word, '=');

		if (!*word)
			continue;
		if (value)
			*value++ = '\0';
		if (value && !*value) {
			snprintf(reason, size, "%s= wants a value", word);
			err = -EINVAL;
		} else if (value && !strcmp(word, "kernel")) {
			vm->own_kernel = true;
			snprintf(vm->kernel, sizeof(vm->kernel), "%s", value);
		} else if (value && !strcmp(word, "modules")) {
			snprintf(vm->modules, sizeof(vm->modules), "%s", value);
		} else if (value && !strcmp(word, "tree")) {
			snprintf(vm->tree, sizeof(vm->tree), "%s", value);
		} else if (value && !strcmp(word, "accel")) {
			vm->kvm = !strcmp(value, "kvm");
			if (!vm->kvm) {
				snprintf(reason, size, "accel=%s: only kvm; without it guests count "
					 "instructions", value);
				err = -EINVAL;
			}
		} else if (value && !strcmp(word, "deadline")) {
			err = read_deadline(value, &vm->deadline, reason, size);
		} else {
			snprintf(reason, size, "'%s' is no option of a guest: kernel=IMAGE, modules=DIR, "
				 "tree=6.1|6.12|DIR, accel=kvm or deadline=SECONDS", word);
			err = -EINVAL;
		}
	}
	if (!err && vm->modules[0] && !vm->own_kernel) {
		snprintf(reason, size, "modules=DIR goes with kernel=IMAGE: other kernels have none");
		err = -EINVAL;
	}
	free(copy);
	return err;
}

int vm_binary(const struct vm *vm, char *reason, size_t size)
{
	const char *arch = vm->machine->arch;
	struct utsname host;
	char names[3][64];
	int fd = -1;

	uname(&host);
	snprintf(names[0], sizeof(names[0]), "faultbench-measure");
	snprintf(names[1], sizeof(names[1]), "faultbench-measure-%s", arch);
	snprintf(names[2], sizeof(names[2]), "build/faultbench-measure-%s", arch);
	for (int i = strcmp(host.machine, vm->machine->uname) ? 1 : 0; fd < 0 && i < 3; i++) {
		char *path = path_of(names[i]);

		fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
		free(path);
	}
	if (fd >= 0)
		return fd;
	if (!strcmp(arch, "arm64"))
		snprintf(reason, size, "no faultbench-measure for arm64: make arm64, and make install again "
			 "where it was installed");
	else
		snprintf(reason, size, "no faultbench-measure for %s: make it on such a machine and put it at "
			 "build/faultbench-measure-%s", arch, arch);
	return -ENOENT;
}

char *vm_cmdline(const struct vm *vm, unsigned disks)
{
	char *text;

	if (asprintf(&text, cmdline, vm->machine->console, vm->machine->port_name, disks,
		     (unsigned long long)VM_DISK_SIZE >> 10, vm->kvm ? "" : vm->machine->cmdline) < 0)
		return NULL;
	return text;
}

uint64_t vm_size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : (uint64_t)st.st_size;
}
