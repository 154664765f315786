// SPDX-License-Identifier: GPL-2.0-or-later
#include <unistd.h>

#include "disk/mounted.h"

int mounted_make(struct mounted *m, const struct target *target, const struct device_choice *choice,
		 uint64_t bytes, struct reason *reason)
{
	int err;

	*m = (struct mounted){ .target = target, .bytes = bytes, .device.kind = choice->kind, .dir = -1 };
	if (!target_has_device(target))
		return 0;
	err = choice->kind->open(&m->device, choice->path, bytes, reason);
	if (err)
		return err;
	err = target_mkfs(target->mkfs, m->device.path, reason);
	if (err)
		mounted_close(m);
	return err;
}

int mounted_mount(struct mounted *m, struct reason *reason)
{
	m->dir = target_mount(m->target, target_has_device(m->target) ? m->device.path : NULL, m->bytes, reason);
	if (m->dir >= 0)
		return 0;
	mounted_close(m);
	return m->dir;
}

void mounted_close(struct mounted *m)
{
	if (m->dir >= 0)
		close(m->dir);
	if (target_has_device(m->target))
		m->device.kind->close(&m->device);
}
