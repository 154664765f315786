// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where a kernel's modules are, and which ones a file system needs. modprobe
 * knows the order, and what a module needs beyond its symbols: ext4 any crc32c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/proc.h"
#include "vm/kernel.h"

/* From the directory of an image to what is above its lib/modules. */
static const char *const ways[] = {
	"..",		/* /boot/vmlinuz-6.1 */
	"../usr",
	"../../..",	/* /lib/modules/6.1/vmlinuz */
	".",		/* all in one place */
};

/* Returns 0, -ENOENT where @root has no such modules, or -EINVAL; with @reason. */
static int try_root(const struct vm *vm, const char *root, struct reason *reason)
{
	char dir[sizeof(vm->modules) + sizeof(vm->release) + 32], file[sizeof(dir) + 32];

	snprintf(dir, sizeof(dir), "%s/lib/modules/%s", root, vm->release);
	snprintf(file, sizeof(file), "%s/modules.dep.bin", dir);
	if (!vm->release[0] || access(dir, F_OK))
		return reason_fail(reason, -ENOENT, "no modules in %s", dir);
	if (!access(file, R_OK))
		return 0;
	return reason_fail(reason, -EINVAL, "%s has no modules.dep.bin: depmod -b %s %s", dir, root, vm->release);
}

int vm_modules_find(struct vm *vm, struct reason *reason)
{
	int err = -ENOENT;

	if (vm->modules[0])
		return try_root(vm, vm->modules, reason);
	for (size_t i = 0; err == -ENOENT && i < sizeof(ways) / sizeof(ways[0]); i++) {
		char way[sizeof(vm->modules) + 16];
		char *root;

		snprintf(way, sizeof(way), "%.*s%s", vm_folder_of(vm->kernel), vm->kernel, ways[i]);
		root = realpath(way, NULL);
		if (!root)
			continue;
		err = try_root(vm, root, reason);
		if (!err)
			snprintf(vm->modules, sizeof(vm->modules), "%s", root);
		free(root);
	}
	/* Without modules it may have everything built in. */
	return err == -ENOENT ? 0 : err;
}

int vm_modules_append(struct vm_modules *list, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	struct vm_module *of;

	for (unsigned i = 0; i < list->n; i++)
		if (!strcmp(list->of[i].path, path))
			return 0;
	of = reallocarray(list->of, list->n + 1, sizeof(*of));
	if (!of)
		return -ENOMEM;
	list->of = of;
	of += list->n;
	of->path = strdup(path);
	snprintf(of->name, sizeof(of->name), "%.*s", (int)strcspn(name, "."), name);
	if (!of->path)
		return -ENOMEM;
	list->n++;
	return 0;
}

/* "insmod PATH PARAMETER...": the path. NULL for another line, as "builtin NAME" is. */
static char *path_in(char *line)
{
	static const char word[] = "insmod ";
	char *slash = strrchr(line, '/');

	if (strncmp(line, word, strlen(word)) || !slash)
		return NULL;
	slash[strcspn(slash, " \n")] = '\0';
	return line + strlen(word);
}

int vm_modules_add(struct vm_modules *list, const struct vm *vm, const char *name, struct reason *reason)
{
	/* Without this host's configuration, so that any host makes the same guest. */
	const char *argv[] = { "modprobe", "-C", "/dev/null", "-d", vm->modules, "-S", vm->release,
			       "--show-depends", name, NULL };
	int status, err = 0;
	FILE *in = proc_output(argv, -1, -1, &status);
	char *line = NULL;
	size_t room = 0;

	if (!in)
		return -ENOMEM;
	/* It fails for an unknown name: then there is nothing to load. */
	if (status < 0 || status == 127)
		err = reason_fail(reason, -ENOENT, "no modprobe, which finds the modules of %s: apt install kmod",
				  vm->kernel);
	while (!err && getline(&line, &room, in) > 0) {
		const char *path = path_in(line);

		err = path ? vm_modules_append(list, path) : 0;
	}
	free(line);
	fclose(in);
	return err;
}

void vm_modules_free(struct vm_modules *list)
{
	for (unsigned i = 0; i < list->n; i++)
		free(list->of[i].path);
	free(list->of);
}
