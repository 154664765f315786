// SPDX-License-Identifier: GPL-2.0-or-later
// The copy in a function that returns 0 if it copied nothing: btrfs from Linux 6.16.
#include <linux/mm.h>

static int copy_one_range(struct job *job, struct iov_iter *part, bool nowait)
{
	size_t write_bytes = next_part(job, part), copied;
	int ret;

	if (unlikely(fault_in_iov_iter_readable(part, write_bytes)))
		return -EFAULT;
	ret = prepare(job, &write_bytes);
	if (ret)
		return ret;
	copied = copy_folio_from_iter_atomic(job->folio, job->offset, write_bytes, part);
	if (unlikely(copied < write_bytes)) {
		if (!uptodate(job)) {
			iov_iter_revert(part, copied);
			copied = 0;
		}
		if (copied == 0) {
			release(job);
			btrfs_drop_folio(job, copied);
			return 0;
		}
		shrink(job, copied);
	}
	ret = dirty(job, copied);
	btrfs_drop_folio(job, copied);
	return ret ? ret : copied;
}

static ssize_t btrfs_buffered_write(struct job *job, struct iov_iter *part)
{
	ssize_t ret = 0, sum = 0;

	while (iov_iter_count(part) > 0) {
		ret = copy_one_range(job, part, job->nowait);
		if (ret < 0)
			break;
		sum += ret;
		cond_resched();
	}
	return sum ? sum : ret;
}
