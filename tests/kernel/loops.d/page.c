// SPDX-License-Identifier: GPL-2.0-or-later
// A loop over pages that tries again from a label: filemap of Linux 5.16 to 6.10.
#include <linux/mm.h>

static ssize_t LOOP(struct job *job, struct iov_iter *i)
{
	long status = 0;
	size_t sum = 0;

	do {
		size_t bytes = next_part(job, i), copied;

again:
		if (unlikely(fault_in_iov_iter_readable(i, bytes) == bytes)) {
			status = -EFAULT;
			break;
		}
		status = begin(job, bytes);
		if (status < 0)
			break;
		copied = copy_page_from_iter_atomic(job->page, job->offset, bytes, i);
		status = end(job, bytes, copied);
		cond_resched();
		if (unlikely(status == 0)) {
			if (copied)
				bytes = copied;
			goto again;
		}
		sum += status;
	} while (iov_iter_count(i));
	return sum ? sum : status;
}
