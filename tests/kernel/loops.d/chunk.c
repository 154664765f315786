// SPDX-License-Identifier: GPL-2.0-or-later
// A loop over chunks that halves them and faults in first: filemap of Linux 6.11 to 6.13.
#include <linux/mm.h>

static ssize_t LOOP(struct job *job, struct iov_iter *i)
{
	size_t part = largest_part(job), sum = 0;
	long status = 0;

	do {
		size_t bytes = iov_iter_count(i), copied;
		long taken;
retry:
		bytes = min(part, bytes);
		if (unlikely(fault_in_iov_iter_readable(i, bytes) == bytes)) {
			status = -EFAULT;
			break;
		}
		copied = copy_folio_from_iter_atomic(job->folio, job->offset, bytes, i);
		taken = end(job, bytes, copied);
		if (unlikely(taken == 0)) {
			undo(job, copied);
			if (part > PAGE_SIZE)
				part /= 2;
			if (copied) {
				bytes = copied;
				goto retry;
			}
		} else {
			sum += taken;
		}
	} while (iov_iter_count(i));
	return sum ? sum : status;
}
