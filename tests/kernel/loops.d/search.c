// SPDX-License-Identifier: GPL-2.0-or-later
// A search that faults its destination in before it copies.
#include <linux/uio.h>

static int LOOP(struct search *s, char __user *dest, size_t size)
{
	while (more(s))
		if (fault_in_subpage_writeable(dest + s->at, size - s->at))
			return -EFAULT;
	return 0;
}
