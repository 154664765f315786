/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fault-in strategies of buffered writes and of reads, switched at run time.
 *
 * A semantic patch inserts the hooks into the loops; mm/faultbench.c has the
 * strategies and the switch.
 */
#ifndef _LINUX_FAULTBENCH_H
#define _LINUX_FAULTBENCH_H

#include <linux/types.h>

struct iov_iter;

/**
 * enum faultbench_site - what the unmodified tree does at a hook
 * @FAULTBENCH_REPLACES: calls fault_in_iov_iter_readable()
 * @FAULTBENCH_ADDED: nothing
 * @FAULTBENCH_REPLACES_WHOLE: as the first, in a loop that drops a short copy
 * @FAULTBENCH_ADDED_WHOLE: as the second, in such a loop
 *
 * The first two are all that "native" needs from the tree: in a pre-faulting
 * loop the hook before the copy replaces a call and the hook after it is added;
 * in a post-faulting loop it is the reverse. btrfs from 6.13 on drops what was
 * copied of a chunk if the copy was short and the folio is not up to date: there,
 * only a strategy that makes the whole chunk resident makes progress.
 */
enum faultbench_site {
	FAULTBENCH_REPLACES,
	FAULTBENCH_ADDED,
	FAULTBENCH_REPLACES_WHOLE,
	FAULTBENCH_ADDED_WHOLE,
	FAULTBENCH_SITES,
};

/*
 * These two return what fault_in_iov_iter_readable() would return: the number of
 * bytes *not* faulted in, 0 on success. The loop decides, as before, which
 * return value is an -EFAULT.
 */
size_t faultbench_before_copy(const struct iov_iter *i, size_t bytes,
			      enum faultbench_site site);
size_t faultbench_after_copy(const struct iov_iter *i, size_t bytes,
			     enum faultbench_site site);

/*
 * In the place of fault_in_iov_iter_writeable(), after a read that did not fill
 * its destination, and of fault_in_subpage_writeable(), before a search that
 * copies its results. They return the number of bytes not faulted in, too.
 */
size_t faultbench_after_read(const struct iov_iter *i, size_t bytes);
size_t faultbench_before_search(char __user *uaddr, size_t size);

/*
 * Counts an exception that ended in a fixup, and records @address and the
 * architecture's @code in the task; returns @fixed.
 */
bool faultbench_fixup(bool fixed, unsigned long address, unsigned long code);

#endif /* _LINUX_FAULTBENCH_H */
