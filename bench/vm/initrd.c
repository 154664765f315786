// SPDX-License-Identifier: GPL-2.0-or-later
/* An archive in cpio's "newc" format, as Linux takes it for its initial file system. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "measure/tables.h"
#include "vm/image.h"
#include "vm/initrd.h"
#include "vm/kernel.h"

/* Headers and contents start at multiples of four. */
static void pad(FILE *archive)
{
	while (ftell(archive) % 4)
		fputc('\0', archive);
}

/* Owner, times and numbers are fixed: same files, same bytes. */
static void put_header(FILE *archive, const char *name, unsigned mode, uint64_t size)
{
	/* Magic, number, mode, owner, group, links, time, size, device twice, name's length, sum. */
	fprintf(archive, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s%c",
		0, mode, 0, 0, 1, 0, (unsigned)size, 0, 0, 0, 0, (unsigned)strlen(name) + 1, 0, name, '\0');
	pad(archive);
}

int vm_parts_open(struct vm_parts *parts, const struct vm *vm, struct reason *reason)
{
	*parts = (struct vm_parts){ .vm = vm, .binary = vm_binary(vm, reason) };
	return parts->binary < 0 ? parts->binary : 0;
}

void vm_parts_close(struct vm_parts *parts)
{
	for (unsigned i = 0; i < parts->n_images; i++)
		close(parts->images[i].fd);
	if (parts->binary >= 0)
		close(parts->binary);
}

int vm_parts_image(struct vm_parts *parts, const struct target *t, struct reason *reason)
{
	int fd;

	if (!target_has_device(t))
		return 0;
	for (unsigned i = 0; i < parts->n_images; i++)
		if (parts->images[i].target == t)
			return 0;
	if (parts->n_images == sizeof(parts->images) / sizeof(parts->images[0]))
		return reason_fail(reason, -E2BIG, "more than %u targets in one run", parts->n_images);
	fd = vm_image_make(t, reason);
	if (fd < 0)
		return fd;
	parts->images[parts->n_images].target = t;
	parts->images[parts->n_images++].fd = fd;
	return 0;
}

bool vm_fills_disk(const struct item *item)
{
	/* Only these write to the disk within a slot, where a new page would be counted. */
	return target_has_device(item->target) &&
	       (item->job.direct || item->job.dsync || source_find(item->job.source)->evicts);
}

/* State while a guest's initial file system is made. */
struct making {
	const struct vm_parts *parts;
	const struct plan *plan;
	const unsigned *items;
	unsigned n;
	struct vm_modules modules;
	FILE *archive;
	struct reason *reason;
};

static int fail(const struct making *m, const char *what, int err)
{
	return reason_fail(m->reason, err, "initial file system: %s: %s", what, strerror(-err));
}

static int add_file(const struct making *m, const char *name, unsigned mode, int fd)
{
	const uint64_t size = vm_size_of(fd);
	void *data = size > UINT32_MAX ? MAP_FAILED : mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	int err = 0;

	if (data == MAP_FAILED)
		return fail(m, name, size > UINT32_MAX ? -EFBIG : -errno);
	put_header(m->archive, name, S_IFREG | mode, size);
	if (fwrite(data, 1, size, m->archive) != size)
		err = fail(m, name, -errno);
	pad(m->archive);
	munmap(data, size);
	return err;
}

static bool needs(const struct making *m, const struct target *t)
{
	for (unsigned i = 0; i < m->n; i++)
		if (m->plan->items[m->items[i]].target == t)
			return true;
	return false;
}

/* Print the modules that @t needs to @out, and append those that are new to the list. */
static int put_modules(struct making *m, const struct target *t, FILE *out)
{
	struct vm_modules mine = { 0 };
	int err = 0;

	if (!m->parts->vm->modules[0])
		return 0;
	if (target_has_device(t))
		err = vm_modules_add(&mine, m->parts->vm, "brd", m->reason);
	if (!err)
		err = vm_modules_add(&mine, m->parts->vm, t->fstype, m->reason);
	for (unsigned i = 0; !err && i < mine.n; i++) {
		fprintf(out, "module %s\n", mine.of[i].name);
		err = vm_modules_append(&m->modules, mine.of[i].path);
	}
	vm_modules_free(&mine);
	return err == -ENOMEM ? fail(m, "modules", err) : err;
}

static void put_options(FILE *out, const struct target *t)
{
	if (!t->options[0][0])
		fputc('-', out);
	for (int i = 0; i < TARGET_OPTIONS_MAX && t->options[i][0]; i++)
		fprintf(out, "%s%s%s%s", i ? "," : "", t->options[i][0], t->options[i][1] ? "=" : "",
			t->options[i][1] ? t->options[i][1] : "");
}

/* The file that measure/guest.c reads. */
static int add_plan(struct making *m)
{
	int fd = memfd_create("faultbench-plan", MFD_CLOEXEC), err = 0;
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");

	if (!out)
		return fail(m, "plan", -errno);
	for (unsigned i = 0; !err && i < m->n; i++) {
		const struct item *item = &m->plan->items[m->items[i]];
		bool disk = target_has_device(item->target);

		err = put_modules(m, item->target, out);
		fprintf(out, "item %u %s%s %s %llu ", m->items[i], disk ? "/image." : "-",
			disk ? item->target->name : "", item->target->fstype,
			vm_fills_disk(item) ? (unsigned long long)VM_DISK_SIZE : 0ULL);
		put_options(out, item->target);
		fputc('\n', out);
		job_write(out, &item->job);
	}
	if (!err)
		err = fflush(out) ? fail(m, "plan", -errno) : add_file(m, "plan", 0644, fd);
	fclose(out);
	return err;
}

static int add_images(const struct making *m)
{
	int err = 0;

	for (unsigned i = 0; !err && i < m->parts->n_images; i++) {
		const struct target *t = m->parts->images[i].target;
		char name[80];

		if (!needs(m, t))
			continue;
		snprintf(name, sizeof(name), "image.%s", t->name);
		err = add_file(m, name, 0644, m->parts->images[i].fd);
	}
	return err;
}

static int add_modules(const struct making *m)
{
	int err = 0;

	for (unsigned i = 0; !err && i < m->modules.n; i++) {
		int fd = vm_kernel_open(m->modules.of[i].path, m->reason);
		char name[128];

		snprintf(name, sizeof(name), "module.%s", m->modules.of[i].name);
		err = fd < 0 ? fd : add_file(m, name, 0644, fd);
		if (fd >= 0)
			close(fd);
	}
	return err;
}

int vm_initrd_make(const struct vm_parts *parts, const struct plan *plan, const unsigned *items, unsigned n,
		   struct reason *reason)
{
	const int fd = memfd_create("faultbench-initrd", MFD_CLOEXEC);
	struct making m = {
		.parts = parts, .plan = plan, .items = items, .n = n, .reason = reason,
		.archive = fd < 0 ? NULL : fdopen(fcntl(fd, F_DUPFD_CLOEXEC, 0), "w"),
	};
	int err = m.archive ? add_images(&m) : fail(&m, "memfd", -errno);

	if (!err)
		err = add_file(&m, "init", 0755, parts->binary);
	if (!err)
		err = add_plan(&m);
	if (!err)
		err = add_modules(&m);
	if (!err)
		put_header(m.archive, "TRAILER!!!", 0, 0);
	if (!err && (fflush(m.archive) || ferror(m.archive)))
		err = fail(&m, "end", -EIO);
	if (m.archive)
		fclose(m.archive);
	vm_modules_free(&m.modules);
	if (err && fd >= 0)
		close(fd);
	return err ? err : fd;
}
