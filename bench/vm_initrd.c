// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cpio.h"
#include "vm_image.h"
#include "vm_initrd.h"

int vm_parts_open(struct vm_parts *parts, const struct vm *vm, char *reason, size_t size)
{
	char *binary = vm_binary(vm);

	memset(parts->images, -1, sizeof(parts->images));
	parts->binary = binary ? open(binary, O_RDONLY | O_CLOEXEC) : -1;
	free(binary);
	if (parts->binary >= 0)
		return 0;
	snprintf(reason, size, "no faultbench-measure for %s: make %s", vm->machine->arch,
		 strcmp(vm->machine->arch, "arm64") ? "" : "arm64");
	return -ENOENT;
}

void vm_parts_close(struct vm_parts *parts)
{
	for (size_t i = 0; i < sizeof(parts->images) / sizeof(parts->images[0]); i++)
		if (parts->images[i] >= 0)
			close(parts->images[i]);
	if (parts->binary >= 0)
		close(parts->binary);
}

static void put_options(FILE *out, const struct target *t)
{
	if (!t->options[0][0])
		fputc('-', out);
	for (int i = 0; i < 4 && t->options[i][0]; i++)
		fprintf(out, "%s%s%s%s", i ? "," : "", t->options[i][0], t->options[i][1] ? "=" : "",
			t->options[i][1] ? t->options[i][1] : "");
}

/* What measure/guest.c reads. Returns a memfd or -errno. */
static int write_plan(const struct vm_work *work)
{
	int fd = memfd_create("faultbench-plan", MFD_CLOEXEC);
	FILE *out = fd < 0 ? NULL : fdopen(dup(fd), "w");

	if (!out)
		return -errno;
	for (unsigned i = 0; i < work->n; i++) {
		const struct planned *item = &work->plan->items[work->items[i]];
		bool disk = target_has_device(item->target);
		/* Only these write to the disk within a slot. */
		bool fill = item->job.direct || !strcmp(item->job.source, "file-cold");

		fprintf(out, "item %u %s%s %s %llu ", work->items[i], disk ? "/image." : "-",
			disk ? item->target->name : "", item->target->fstype,
			disk && fill ? (unsigned long long)VM_DISK_SIZE : 0ULL);
		put_options(out, item->target);
		fputc('\n', out);
		job_write(out, &item->job);
	}
	return fclose(out) ? -EIO : fd;
}

static bool needs(const struct vm_work *work, const struct target *t)
{
	for (unsigned i = 0; i < work->n; i++)
		if (work->plan->items[work->items[i]].target == t)
			return true;
	return false;
}

int vm_initrd_make(struct vm_parts *parts, const struct vm_work *work, char *reason, size_t size)
{
	int archive = memfd_create("faultbench-initrd", MFD_CLOEXEC), text = -1, err = 0;

	if (archive < 0) {
		snprintf(reason, size, "memfd: %s", strerror(errno));
		return -errno;
	}
	for (const struct target *t = targets; !err && t->name; t++) {
		int *image = &parts->images[t - targets];
		char name[80];

		if (!target_has_device(t) || !needs(work, t))
			continue;
		if (*image < 0)
			*image = vm_image_make(t, reason, size);
		if (*image < 0) {
			close(archive);
			return *image;
		}
		snprintf(name, sizeof(name), "image.%s", t->name);
		err = cpio_add(archive, name, 0644, *image, vm_size_of(*image));
	}
	if (!err)
		err = cpio_add(archive, "init", 0755, parts->binary, vm_size_of(parts->binary));
	if (!err)
		err = text = write_plan(work);
	if (text >= 0) {
		err = cpio_add(archive, "plan", 0644, text, vm_size_of(text));
		close(text);
	}
	if (!err)
		err = cpio_end(archive);
	if (!err)
		return archive;
	snprintf(reason, size, "initial file system: %s", strerror(-err));
	close(archive);
	return err;
}
