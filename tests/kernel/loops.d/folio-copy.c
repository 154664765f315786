// SPDX-License-Identifier: GPL-2.0-or-later
// A folio at a time, with the copy in a function that has a copy of another name in it:
// btrfs of Linux 6.13.
#include <linux/mm.h>

static int btrfs_copy_from_user(loff_t at, size_t bytes, struct folio *folio, struct iov_iter *i)
{
	size_t sum = 0;

	while (sum < bytes) {
		size_t part = room(folio, at + sum), copied;

		copied = copy_folio_from_iter_atomic(folio, at + sum, part, i);
		if (copied < part)
			break;
		sum += copied;
	}
	return sum;
}

static ssize_t btrfs_buffered_write(struct job *job, struct iov_iter *i)
{
	size_t num_written = 0;
	loff_t pos = job->pos;
	ssize_t ret = 0;

	while (iov_iter_count(i) > 0) {
		size_t write_bytes = next_part(job, i), copied;

		if (unlikely(fault_in_iov_iter_readable(i, write_bytes))) {
			ret = -EFAULT;
			break;
		}
		copied = btrfs_copy_from_user(pos, write_bytes, job->folio, i);
		ret = dirty(job, copied);
		if (ret) {
			btrfs_drop_folio(job, copied);
			break;
		}
		btrfs_drop_folio(job, copied);
		cond_resched();
		pos += copied;
		num_written += copied;
	}
	return num_written ? num_written : ret;
}
