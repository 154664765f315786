// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/paths.h"
#include "base/proc.h"
#include "base/sysfile.h"
#include "format/context.h"
#include "vm/kernel.h"

/* Programs that undo a compression, by the first bytes of what they take. */
static const struct packer {
	const char *magic;
	const char *program, *package;
} packers[] = {
	{ "\x1f\x8b", "gzip", "gzip" },
	{ "\xfd" "7zXZ", "xz", "xz-utils" },
	{ "\x28\xb5\x2f\xfd", "zstd", "zstd" },
};

static int unpack(const struct packer *packer, int packed)
{
	const char *argv[] = { packer->program, "-dc", NULL };
	int plain = memfd_create("faultbench-plain", MFD_CLOEXEC);
	int status = plain < 0 ? -errno : proc_wait(proc_spawn(argv, packed, plain, -1, -1));

	if (!status)
		return plain;
	if (plain >= 0)
		close(plain);
	return status == 127 ? -ENOPKG : -EIO;
}

int vm_kernel_open(const char *path, struct reason *reason)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), plain;
	char start[8] = "";

	if (fd < 0 || pread(fd, start, sizeof(start), 0) < 0) {
		reason_set(reason, "%s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return -ENOENT;
	}
	for (size_t i = 0; i < sizeof(packers) / sizeof(packers[0]); i++) {
		const struct packer *packer = &packers[i];

		if (memcmp(start, packer->magic, strlen(packer->magic)))
			continue;
		plain = unpack(packer, fd);
		close(fd);
		if (plain == -ENOPKG)
			reason_set(reason, "%s: no %s: apt install %s", path, packer->program,
				   packer->package);
		else if (plain < 0)
			reason_set(reason, "%s: %s cannot unpack it", path, packer->program);
		return plain;
	}
	return fd;
}

/* Bytes of a page, from the flags of an arm64 Image; booting.rst has the values. */
static uint64_t arm64_page_size(const char *image)
{
	static const uint64_t sizes[] = { 4096, 4096, 16384, 65536 };	/* 0: not specified */

	return sizes[(unsigned char)image[24] >> 1 & 3];
}

/*
 * Find architecture, release and page size. Documentation/arch/x86/boot.rst
 * describes the header of a PC's image, Documentation/arch/arm64/booting.rst that
 * of an Image; an image that is not compressed has the banner, "Linux version
 * 6.1.0 ...".
 */
static int read_image(struct vm *vm, struct reason *reason)
{
	static const char banner[] = "Linux version ";
	int fd = vm_kernel_open(vm->kernel, reason);
	size_t length = fd < 0 ? 0 : (size_t)vm_size_of(fd);
	char *map = length < 4096 ? MAP_FAILED : mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, 0);
	const char *at = NULL, *arch = NULL;
	int n = 0;

	if (fd < 0)
		return fd;
	close(fd);
	if (map == MAP_FAILED)
		return reason_fail(reason, -EINVAL, "%s: not a kernel image", vm->kernel);
	vm->page_size = 4096;
	if (!memcmp(map + 0x202, "HdrS", 4)) {
		uint16_t offset = (uint16_t)((unsigned char)map[0x20e] | (unsigned char)map[0x20f] << 8);

		arch = "x86_64";
		at = offset + 0x200u + 128 < length ? map + 0x200 + offset : NULL;
	} else {
		arch = memcmp(map + 0x38, "ARM\x64", 4) ? NULL : "arm64";
		if (arch)
			vm->page_size = arm64_page_size(map);
		at = memmem(map, length - 256, banner, sizeof(banner) - 1);
		at = at ? at + sizeof(banner) - 1 : NULL;
	}
	while (at && n < 128 && isgraph((unsigned char)at[n]))
		n++;
	snprintf(vm->release, sizeof(vm->release), "%.*s", n, at ? at : "");
	munmap(map, length);
	/* QEMU judges an image that is neither. */
	if (arch && strcmp(arch, vm->machine->arch))
		return reason_fail(reason, -EINVAL, "%s is a kernel for %s: --on vm:%s", vm->kernel, arch, arch);
	if (vm->page_size == 16384 && !vm->machine->pages_16k)
		return reason_fail(reason, -EINVAL, "%s has 16 KiB pages, which this CPU (%.*s) does not support: "
				   "--on vm:arm64-mte", vm->kernel, (int)strcspn(vm->machine->cpu, ","),
				   vm->machine->cpu);
	return 0;
}

/* Ask kernel/build for the image of vm->tree. */
static int find_built(struct vm *vm, struct reason *reason)
{
	char *build = path_of("kernel/build");
	int status;

	if (!build)
		return reason_fail(reason, -ENOENT, "kernel/build not found next to faultbench; use kernel=IMAGE");
	status = proc_run((const char *[]){ build, "path", "--arch", vm->machine->arch,
					    vm->tree[0] ? "--tree" : NULL, vm->tree, NULL },
			  vm->kernel, sizeof(vm->kernel));
	free(build);
	/* Else it has printed why not. */
	return status ? reason_fail(reason, -ENOENT, "%s", vm->kernel) : 0;
}

/* The write loops with hooks, as kernel/build noted them next to its image. */
static void read_loops(struct vm *vm)
{
	char path[sizeof(vm->kernel) + 8];

	snprintf(path, sizeof(path), "%.*sinfo", vm_folder_of(vm->kernel), vm->kernel);
	if (sysfile_text(path, "loops", vm->loops, sizeof(vm->loops)))
		vm->loops[0] = '\0';
}

int vm_kernel(struct vm *vm, struct reason *reason)
{
	int err = vm->own_kernel ? 0 : find_built(vm, reason);

	if (!err)
		err = read_image(vm, reason);
	if (!err && vm->own_kernel)
		err = vm_modules_find(vm, reason);
	if (!err)
		read_loops(vm);
	return err;
}

int vm_kernel_lock(const char *image)
{
	char folder[PATH_MAX];
	int fd;

	snprintf(folder, sizeof(folder), "%.*s.", vm_folder_of(image), image);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		flock(fd, LOCK_SH | LOCK_NB);
	return fd;
}

char *vm_kernel_config_hash(const struct vm *vm)
{
	char of_release[sizeof(vm->release) + 8], path[sizeof(vm->kernel) + sizeof(of_release)];
	/* Where kernel/build, a distribution and a tree keep it. */
	const char *const names[] = { "config", of_release, "../../../.config" };
	char *hash = NULL;

	snprintf(of_release, sizeof(of_release), "config-%s", vm->release);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !hash; i++) {
		snprintf(path, sizeof(path), "%.*s%s", vm_folder_of(vm->kernel), vm->kernel, names[i]);
		hash = context_file_hash(path);
	}
	return hash;
}
