// SPDX-License-Identifier: GPL-2.0-or-later
// A reader that copies with page faults disabled, and faults in afterwards.
#include <linux/uio.h>

static ssize_t LOOP(struct kiocb *iocb, struct iov_iter *dest)
{
	size_t window;
	ssize_t done;

	do {
		done = try_to_read(iocb, dest);
		window = room(dest);
		window -= fault_in_iov_iter_writeable(dest, window);
	} while (window);
	return done;
}
