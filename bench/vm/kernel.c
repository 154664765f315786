// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/paths.h"
#include "base/proc.h"
#include "format/context.h"
#include "vm/kernel.h"
#include "vm/modules.h"

/* Programs that undo a compression, by the first bytes of what they take. */
static const struct packer {
	const char *magic;
	char *program;
	const char *package;
} packers[] = {
	{ "\x1f\x8b", (char[]){ "gzip" }, "gzip" },
	{ "\xfd" "7zXZ", (char[]){ "xz" }, "xz-utils" },
	{ "\x28\xb5\x2f\xfd", (char[]){ "zstd" }, "zstd" },
};

static int unpack(const struct packer *packer, int packed)
{
	char *argv[] = { packer->program, (char[]){ "-dc" }, NULL };
	int plain = memfd_create("faultbench-plain", MFD_CLOEXEC);
	pid_t pid = plain < 0 ? -errno : proc_spawn(argv, packed, plain, -1, -1);
	int status = pid < 0 ? pid : proc_wait(pid);

	if (!status)
		return plain;
	if (plain >= 0)
		close(plain);
	return status == 127 ? -ENOPKG : -EIO;
}

int vm_kernel_open(const char *path, char *reason, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), plain;
	char start[8] = "";

	if (fd < 0 || pread(fd, start, sizeof(start), 0) < 0) {
		snprintf(reason, size, "%s: %s", path, strerror(errno));
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
			snprintf(reason, size, "%s: no %s: apt install %s", path, packer->program,
				 packer->package);
		else if (plain < 0)
			snprintf(reason, size, "%s: %s cannot unpack it", path, packer->program);
		return plain;
	}
	return fd;
}

/* The word at @at, of at most @left bytes. */
static void take_release(struct vm *vm, const char *at, size_t left)
{
	size_t n = 0;

	for (; n < left && n < sizeof(vm->release) - 1 && isgraph((unsigned char)at[n]); n++)
		vm->release[n] = at[n];
	vm->release[n] = '\0';
}

/*
 * Tell architecture and release. Documentation/arch/x86/boot.rst has the header
 * of a PC's image, Documentation/arch/arm64/booting.rst that of an Image; an
 * image that is not compressed has the banner, "Linux version 6.1.0 ...".
 */
static int read_image(struct vm *vm, char *reason, size_t size)
{
	static const char banner[] = "Linux version ";
	int fd = vm_kernel_open(vm->kernel, reason, size);
	size_t length = fd < 0 ? 0 : (size_t)vm_size_of(fd);
	char *map = length < 4096 ? MAP_FAILED : mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, 0);
	const char *at = NULL, *arch = NULL;

	if (fd < 0)
		return fd;
	close(fd);
	if (map == MAP_FAILED) {
		snprintf(reason, size, "%s: no kernel image", vm->kernel);
		return -EINVAL;
	}
	if (!memcmp(map + 0x202, "HdrS", 4)) {
		uint16_t offset = (uint16_t)((unsigned char)map[0x20e] | (unsigned char)map[0x20f] << 8);

		arch = "x86_64";
		at = offset + 0x200u + 128 < length ? map + 0x200 + offset : NULL;
	} else {
		arch = memcmp(map + 0x38, "ARM\x64", 4) ? NULL : "arm64";
		at = memmem(map, length - 128, banner, sizeof(banner) - 1);
		at = at ? at + sizeof(banner) - 1 : NULL;
	}
	if (at)
		take_release(vm, at, length - (size_t)(at - map));
	munmap(map, length);
	/* What is of neither kind is QEMU's to judge. */
	if (!arch || !strcmp(arch, vm->machine->arch))
		return 0;
	snprintf(reason, size, "%s is a kernel for %s: --on vm:%s", vm->kernel, arch, arch);
	return -EINVAL;
}

static int find_built(struct vm *vm, char *reason, size_t size)
{
	/* kernel/build hashes all that a kernel is made of: it is asked once. */
	static struct vm known;
	char *build, output[4096];
	int status;

	if (known.machine == vm->machine && !strcmp(known.tree, vm->tree)) {
		memcpy(vm->kernel, known.kernel, sizeof(vm->kernel));
		return 0;
	}
	build = path_of("kernel/build");
	if (!build) {
		snprintf(reason, size, "no kernel/build beside faultbench: give kernel=IMAGE");
		return -ENOENT;
	}
	status = proc_run((char *[]){ build, (char[]){ "path" }, (char[]){ "--arch" },
				      (char *)(uintptr_t)vm->machine->arch, (char[]){ "--tree" }, vm->tree,
				      NULL }, output, sizeof(output));
	free(build);
	if (status) {
		snprintf(reason, size, "%s", output);
		return -ENOENT;
	}
	snprintf(vm->kernel, sizeof(vm->kernel), "%s", output);
	known = *vm;
	return 0;
}

int vm_kernel(struct vm *vm, char *reason, size_t size)
{
	int err = vm->own_kernel ? 0 : find_built(vm, reason, size);

	if (!err)
		err = read_image(vm, reason, size);
	if (!err && vm->own_kernel)
		err = vm_modules_find(vm, reason, size);
	return err;
}

json_t *vm_kernel_config_hash(const struct vm *vm)
{
	const char *slash = strrchr(vm->kernel, '/');
	int len = slash ? (int)(slash + 1 - vm->kernel) : 0;
	json_t *hash = json_null();
	char *paths[3] = { NULL };

	/* Where kernel/build, a distribution and a tree keep it. */
	if (asprintf(&paths[0], "%.*sconfig", len, vm->kernel) < 0 ||
	    asprintf(&paths[1], "%.*sconfig-%s", len, vm->kernel, vm->release) < 0 ||
	    asprintf(&paths[2], "%.*s../../../.config", len, vm->kernel) < 0)
		return hash;
	for (size_t i = 0; i < 3 && json_is_null(hash); i++)
		hash = context_file_hash(paths[i]);
	for (size_t i = 0; i < 3; i++)
		free(paths[i]);
	return hash;
}
