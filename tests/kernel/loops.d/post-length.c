// SPDX-License-Identifier: GPL-2.0-or-later
// A loop over chunks, bounded by a function, that faults in after a copy of
// nothing: iomap of Linux 7.3 with a patch that moves the fault-in there.
#include <linux/mm.h>

static int iomap_write_iter(struct job *job, struct iov_iter *i, const struct ops *ops)
{
	size_t part = largest_part(job);
	int status = 0;

	do {
		u64 bytes = iov_iter_count(i), taken;
		size_t copied;
retry:
		bytes = min(part - job->offset, bytes);
		if (bytes > iomap_length(job))
			bytes = iomap_length(job);
		status = iomap_write_begin(job, ops, &bytes);
		if (unlikely(status))
			break;
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
			if (fault_in_iov_iter_readable(i, bytes) == bytes) {
				status = -EFAULT;
				break;
			}
		} else {
			advance(job, taken);
		}
	} while (iov_iter_count(i) && iomap_length(job));
	return status;
}
