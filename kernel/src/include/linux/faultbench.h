/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fault-in strategies of the buffered write loops, switched at run time.
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
 *
 * This is all that "native" needs from the tree: in a pre-faulting loop the
 * hook before the copy replaces a call and the hook after it is added; in a
 * post-faulting loop it is the reverse.
 */
enum faultbench_site {
	FAULTBENCH_REPLACES,
	FAULTBENCH_ADDED,
	FAULTBENCH_SITES,
};

/*
 * Both return what fault_in_iov_iter_readable() would return: the number of
 * bytes *not* faulted in, 0 on success. The loop decides, as before, which
 * return value is an -EFAULT.
 */
size_t faultbench_before_copy(const struct iov_iter *i, size_t bytes,
			      enum faultbench_site site);
size_t faultbench_after_copy(const struct iov_iter *i, size_t bytes,
			     enum faultbench_site site);

/* Counts an exception that ended in a fixup; returns @fixed. */
bool faultbench_fixup(bool fixed);

#endif /* _LINUX_FAULTBENCH_H */
