// SPDX-License-Identifier: GPL-2.0-or-later
#include <unistd.h>

#include "disk/mounted.h"

int mounted_open(struct mounted *m, const struct target *target, const struct device_choice *choice,
		 uint64_t bytes, struct reason *reason)
{
	int err;

	*m = (struct mounted){ .device = { .kind = choice->kind, .fd = -1 }, .has_device = target_has_device(target) };
	if (!m->has_device) {
		m->dir = target_mount(target, NULL, bytes, reason);
		return m->dir < 0 ? m->dir : 0;
	}
	err = choice->kind->open(&m->device, choice->path, bytes, reason);
	if (err)
		return err;
	err = target_mkfs(target->mkfs, m->device.path, reason);
	m->dir = err ? err : target_mount(target, m->device.path, bytes, reason);
	if (m->dir >= 0)
		return 0;
	choice->kind->close(&m->device);
	return m->dir;
}

void mounted_close(struct mounted *m)
{
	close(m->dir);
	if (m->has_device)
		m->device.kind->close(&m->device);
}
