/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fault-in strategies of the buffered write loops, switched at run time.
 *
 * The hooks are put into the loops by a semantic patch; mm/faultbench.c holds
 * the strategies and the switch.
 */
#ifndef _LINUX_FAULTBENCH_H
#define _LINUX_FAULTBENCH_H

#include <linux/types.h>

struct iov_iter;

/**
 * enum faultbench_site - what the unmodified tree does where a hook stands
 * @FAULTBENCH_REPLACES: it calls fault_in_iov_iter_readable() there
 * @FAULTBENCH_ADDED: nothing
 *
 * This is all that "native" has to know of the tree: a pre-faulting loop has
 * a replacing hook before its copy and an added one after it, a post-faulting
 * loop the other way round.
 */
enum faultbench_site {
	FAULTBENCH_REPLACES,
	FAULTBENCH_ADDED,
	FAULTBENCH_SITES,
};

/*
 * Both return what fault_in_iov_iter_readable() would: the number of bytes
 * known *not* to be resident, 0 being the licence to go on. What is then an
 * -EFAULT stays the loop's own rule.
 */
size_t faultbench_before_copy(const struct iov_iter *i, size_t bytes,
			      enum faultbench_site site);
size_t faultbench_after_copy(const struct iov_iter *i, size_t bytes,
			     enum faultbench_site site);

/* Counts an exception that ended in a fixup; returns @fixed. */
bool faultbench_fixup(bool fixed);

#endif /* _LINUX_FAULTBENCH_H */
