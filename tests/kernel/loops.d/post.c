// SPDX-License-Identifier: GPL-2.0-or-later
// A loop over chunks that faults in after a copy of nothing: filemap from Linux 6.14.
#include <linux/mm.h>

static ssize_t generic_perform_write(struct job *job, struct iov_iter *i)
{
	size_t part = largest_part(job), sum = 0;
	long status = 0;

	do {
		size_t bytes = iov_iter_count(i), copied;
retry:
		bytes = min(part - job->offset, bytes);
		balance_dirty_pages_ratelimited(job->mapping);

		if (fatal_signal_pending(current)) {
			status = -EINTR;
			break;
		}
		copied = copy_folio_from_iter_atomic(job->folio, job->offset, bytes, i);
		status = end(job, bytes, copied);
		if (unlikely(status == 0)) {
			if (part > PAGE_SIZE)
				part /= 2;
			if (copied) {
				bytes = copied;
				goto retry;
			}
			if (fault_in_iov_iter_readable(i, bytes) == bytes) {
				status = -EFAULT;
				break;
			}
		} else {
			sum += status;
		}
	} while (iov_iter_count(i));
	return sum ? sum : status;
}
