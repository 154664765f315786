// SPDX-License-Identifier: GPL-2.0-or-later
// An array of pages, without a branch for a copy of nothing: btrfs of Linux 5.16 to 6.0.
#include <linux/mm.h>

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
		ret = prepare(job, write_bytes);
		if (ret)
			break;
		copied = btrfs_copy_from_user(pos, write_bytes, job->pages, i);
		ret = dirty(job, copied);
		if (ret) {
			btrfs_drop_pages(job, copied);
			break;
		}
		btrfs_drop_pages(job, copied);

		cond_resched();

		balance_dirty_pages_ratelimited(job->mapping);

		pos += copied;
		num_written += copied;
	}
	return num_written ? num_written : ret;
}
