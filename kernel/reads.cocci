// SPDX-License-Identifier: GPL-2.0-or-later
//
// Inserts the hooks of include/linux/faultbench.h in the place of the fault-in of
// a destination, where a read copies with page faults disabled.

@read@
identifier fn = {gfs2_file_direct_read, gfs2_file_read_iter, btrfs_direct_read};
expression to, bytes;
@@
 fn(...)
 {
 <+...
-fault_in_iov_iter_writeable(to, bytes)
+faultbench_after_read(to, bytes)
 ...+>
 }

// Sub-page from 5.19 on.
@search@
identifier fault_in = {fault_in_writeable, fault_in_subpage_writeable};
expression to, bytes;
@@
 search_ioctl(...)
 {
 <+...
-fault_in(to, bytes)
+faultbench_before_search(to, bytes)
 ...+>
 }
