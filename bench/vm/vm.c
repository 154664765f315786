// SPDX-License-Identifier: GPL-2.0-or-later
/* The machines, the options of a vm place, and the measuring binary of a guest. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/paths.h"
#include "base/text.h"
#include "sources.h"
#include "vm/image.h"
#include "vm/vm.h"

enum { DEADLINE_DEFAULT = 120, DEADLINE_MAX = 86400 };	/* seconds; a boot takes 5 to 20 */
enum { SHIFT_MAX = 99 };

static const struct {
	const struct place_kind *kind;
	struct machine machine;
} machines[] = {
	/*
	 * Calibrating the APIC's timer is 20 million pauses, for each of which QEMU
	 * leaves its loop: 12 of 15 seconds of a boot. The tick comes from the PIT;
	 * with ACPI the kernel would calibrate the TSC against its timers: 999.999
	 * MHz, and a nanosecond that is not one instruction.
	 * No RDRAND, which is not repeatable; no ERMS and FSRM, with which the
	 * copy of a page is one instruction that TCG counts byte by byte.
	 */
	{ &place_vm_x86_64,
	  { "x86_64", "x86_64", "qemu-system-x86_64", "qemu-system-x86", "pc-i440fx-7.2",
	    "max,-rdrand,-rdseed,-erms,-fsrm", "ttyS0", { "-serial", "chardev:port" }, "ttyS1",
	    " acpi=off noapictimer tsc_early_khz=1000000", false } },
	/* A tick of the timer an instruction, not one in sixteen. */
	{ &place_vm_arm64,
	  { "arm64", "aarch64", "qemu-system-aarch64", "qemu-system-arm", "virt-7.2",
	    "cortex-a72,cntfrq=1000000000", "ttyAMA0", { "-device", "pci-serial,chardev=port" }, "ttyS0",
	    "", false } },
	{ &place_vm_arm64_mte,
	  { "arm64", "aarch64", "qemu-system-aarch64", "qemu-system-arm", "virt-7.2,mte=on",
	    "max,cntfrq=1000000000", "ttyAMA0", { "-device", "pci-serial,chardev=port" }, "ttyS0", "",
	    true } },
};

enum option { KERNEL, MODULES, TREE, ACCEL, DEADLINE, SHIFT };

static const char *option_name(size_t i)
{
	static const char *const names[] = {
		[KERNEL] = "kernel", [MODULES] = "modules", [TREE] = "tree", [ACCEL] = "accel",
		[DEADLINE] = "deadline", [SHIFT] = "shift", NULL
	};

	return names[i];
}

static const struct table option_table = {
	.what = "option", .where = "kernel=IMAGE, modules=DIR, tree=VERSION|DIR, accel=kvm, deadline=SECONDS, shift=N",
	.name = option_name,
};

static int set_text(char *text, size_t size, const char *name, const char *value, struct reason *reason)
{
	if (strlen(value) >= size)
		return reason_fail(reason, -EINVAL, "%s=%.60s...: longer than %zu characters", name, value, size - 1);
	strcpy(text, value);
	return 0;
}

/* Whether @value is a whole number from @least to @most; then *@n is set. */
static bool set_number(unsigned *n, unsigned least, unsigned most, const char *value)
{
	char *end;
	double number = text_number(value, &end);

	if (*end || !(number >= least && number <= most) || number != (unsigned)number)
		return false;
	*n = (unsigned)number;
	return true;
}

/* Read "name=value" in @word. */
static int read_option(struct vm *vm, char *word, struct reason *reason)
{
	char *value = strchr(word, '=');
	ssize_t option;

	if (value)
		*value++ = '\0';
	option = table_choose(&option_table, word, reason);
	if (option < 0)
		return -EINVAL;
	if (!value || !*value)
		return reason_fail(reason, -EINVAL, "%s has no value; write %s=VALUE", word, word);
	switch ((enum option)option) {
	case KERNEL:
		vm->own_kernel = true;
		return set_text(vm->kernel, sizeof(vm->kernel), word, value, reason);
	case MODULES:
		return set_text(vm->modules, sizeof(vm->modules), word, value, reason);
	case TREE:
		return set_text(vm->tree, sizeof(vm->tree), word, value, reason);
	case ACCEL:
		vm->kvm = !strcmp(value, "kvm");
		return vm->kvm ? 0 : reason_fail(reason, -EINVAL, "accel=%s: must be kvm; without the option, a "
						 "guest counts instructions", value);
	case DEADLINE:
		if (set_number(&vm->deadline, 1, DEADLINE_MAX, value))
			return 0;
		return reason_fail(reason, -EINVAL, "deadline=%s: must be seconds, from 1 to %d", value, DEADLINE_MAX);
	case SHIFT:
		if (set_number(&vm->shift, 0, SHIFT_MAX, value))
			return 0;
		return reason_fail(reason, -EINVAL, "shift=%s: must be a number from 0 to %d", value, SHIFT_MAX);
	}
	return 0;
}

int vm_options(struct vm *vm, const struct place_kind *kind, const char *text, struct reason *reason)
{
	char *copy = strdup(text), *rest = copy, *word;
	int err = copy ? 0 : reason_fail(reason, -ENOMEM, "not enough memory");

	*vm = (struct vm){ .deadline = DEADLINE_DEFAULT, .lock = -1 };
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (machines[i].kind == kind)
			vm->machine = &machines[i].machine;
	assert(vm->machine);
	while (!err && (word = strsep(&rest, ",")))
		err = *word ? read_option(vm, word, reason) : 0;
	free(copy);
	if (!err && vm->modules[0] && !vm->own_kernel)
		err = reason_fail(reason, -EINVAL, "modules=DIR needs kernel=IMAGE: other kernels have no modules");
	return err;
}

/* Whether the program @fd was built from the sources of this faultbench. */
static bool is_ours(int fd)
{
	const size_t size = (size_t)vm_size_of(fd);
	void *program = size ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
	bool ours = false;

	if (program != MAP_FAILED) {
		ours = memmem(program, size, MEASURE_SOURCES, sizeof(MEASURE_SOURCES));
		munmap(program, size);
	}
	return ours;
}

/* Open @name next to faultbench, or where it was installed. Returns -1, with *@other if it is not ours. */
static int open_ours(const char *name, bool *other)
{
	char *path = path_of(name);
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;

	free(path);
	if (fd < 0 || is_ours(fd))
		return fd;
	*other = true;
	close(fd);
	return -1;
}

int vm_binary(const struct vm *vm, struct reason *reason)
{
	const char *arch = vm->machine->arch, *how = "build it on such a machine, and copy it to build/ under this name";
	char name[64];
	struct utsname host;
	bool other = false;
	int fd = -1;

	uname(&host);
	snprintf(name, sizeof(name), "faultbench-measure-%s", arch);
	if (!strcmp(host.machine, vm->machine->uname)) {
		how = "make";
		fd = open_ours("faultbench-measure", &other);
	} else if (!strcmp(arch, "arm64")) {
		how = "make arm64, and make install again where it was installed";
	}
	if (fd < 0)
		fd = open_ours(name, &other);
	if (fd < 0)
		reason_set(reason, "%s%s: %s", name, other ? " is of another version" : " not found", how);
	return fd < 0 ? -ENOENT : fd;
}

const char *vm_cmdline(char text[VM_CMDLINE_SIZE], const struct vm *vm, unsigned disks)
{
	snprintf(text, VM_CMDLINE_SIZE,
		 "console=%s port=%s loglevel=5 panic=-1 oops=panic nokaslr norandmaps random.trust_cpu=0 "
		 "brd.rd_nr=%u brd.rd_size=%llu%s", vm->machine->console, vm->machine->port_name, disks,
		 (unsigned long long)VM_DISK_SIZE >> 10, vm->kvm ? "" : vm->machine->cmdline);
	return text;
}

uint64_t vm_size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : (uint64_t)st.st_size;
}

int vm_folder_of(const char *image)
{
	const char *slash = strrchr(image, '/');

	return slash ? (int)(slash + 1 - image) : 0;
}
