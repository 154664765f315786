// SPDX-License-Identifier: GPL-2.0-or-later
// A folio at a time in the loop itself: btrfs of Linux 6.14 and 6.15.
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
		copied = copy_folio_from_iter_atomic(job->folio, job->offset, write_bytes, i);
		if (unlikely(copied < write_bytes)) {
			iov_iter_revert(i, copied);
			copied = 0;
		}
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
