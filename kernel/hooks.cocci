// SPDX-License-Identifier: GPL-2.0-or-later
//
// Inserts the hooks of include/linux/faultbench.h into the buffered write loops
// and into the fault handlers. kernel/apply-hooks counts the hooks afterwards:
// every loop must have exactly one before its copy and one after a copy that
// copied nothing.
//
// The rules below are named after the shapes of loops:
//   page loop	"goto again" after any failed copy; to 6.10 (iomap to 6.5)
//   chunk loop	halves the chunk, "goto retry" only if something was copied
//   post loop	a chunk loop that faults in after such a copy, from 6.14
//   btrfs	no zero-copy branch at all: an array of pages to 6.12, a folio to 6.15
//   range	btrfs with the copy in copy_one_range(), from 6.16

// ---- after a copy that copied nothing ---------------------------------------

@page_loop@
identifier fn = {generic_perform_write, iomap_write_iter};
identifier i, status, copied, bytes, again;
@@
 fn(..., struct iov_iter *i, ...)
 {
 <+...
 if (unlikely(status == 0)) {
 	if (copied)
 		bytes = copied;
+	if (unlikely(copied == 0) &&
+	    unlikely(faultbench_after_copy(i, bytes, FAULTBENCH_ADDED) == bytes)) {
+		status = -EFAULT;
+		break;
+	}
 	goto again;
 }
 ...+>
 }

// A post loop has a fault-in where the next rule would add the hook.
@post_loop@
identifier fn = {generic_perform_write, iomap_write_iter};
identifier i, zero, copied, bytes, status, retry, chunk;
@@
 fn(..., struct iov_iter *i, ...)
 {
 <+...
 if (unlikely(zero == 0)) {
 	...
 	if (chunk > PAGE_SIZE)
 		chunk /= 2;
 	if (copied) {
 		bytes = copied;
 		goto retry;
 	}
 	if (
-	    fault_in_iov_iter_readable(i, bytes)
+	    faultbench_after_copy(i, bytes, FAULTBENCH_REPLACES)
 	    == bytes) {
 		status = -EFAULT;
 		break;
 	}
 } else { ... }
 ...+>
 }

@chunk_loop depends on !post_loop@
identifier fn = {generic_perform_write, iomap_write_iter};
identifier i, zero, copied, bytes, retry, chunk;
symbol status;
@@
 fn(..., struct iov_iter *i, ...)
 {
 <+...
 if (unlikely(zero == 0)) {
 	...
 	if (chunk > PAGE_SIZE)
 		chunk /= 2;
 	if (copied) {
 		bytes = copied;
 		goto retry;
 	}
+	if (unlikely(faultbench_after_copy(i, bytes, FAULTBENCH_ADDED) == bytes)) {
+		status = -EFAULT;
+		break;
+	}
 } else { ... }
 ...+>
 }

// btrfs returns -EFAULT for any byte that is not resident, and so does its hook.
// In all three shapes nothing is locked or reserved any more where it is called.
@btrfs_copy@
identifier fn = {btrfs_buffered_write, copy_one_range};
identifier i, copied, write_bytes;
expression pos, pages, folio, offset;
@@
 fn(...)
 {
 <+...
(
 copied = btrfs_copy_from_user(pos, write_bytes, pages, i);
|
 copied = copy_folio_from_iter_atomic(folio, offset, write_bytes, i);
)
 ...+>
 }

@btrfs@
identifier btrfs_copy.i, btrfs_copy.copied, btrfs_copy.write_bytes;
identifier pos, num_written;
symbol ret;
@@
 btrfs_buffered_write(..., struct iov_iter *i, ...)
 {
 <+...
(
 btrfs_drop_pages(...);
|
 btrfs_drop_folio(...);
)
 cond_resched();
+if (unlikely(copied == 0) &&
+    unlikely(faultbench_after_copy(i, write_bytes, FAULTBENCH_ADDED))) {
+	ret = -EFAULT;
+	break;
+}
 ...
 pos += copied;
 num_written += copied;
 ...+>
 }

// A short copy into a folio that is not up to date is rejected whole: the next
// try needs all of the range.
@range@
identifier btrfs_copy.i, btrfs_copy.copied, btrfs_copy.write_bytes;
@@
 copy_one_range(..., struct iov_iter *i, ...)
 {
 <+...
 if (copied == 0) {
 	...
+	if (unlikely(faultbench_after_copy(i, write_bytes, FAULTBENCH_ADDED)))
+		return -EFAULT;
 	return 0;
 }
 ...+>
 }

// ---- before the copy --------------------------------------------------------

@before@
identifier fn = {generic_perform_write, iomap_write_iter, btrfs_buffered_write, copy_one_range};
identifier i, bytes;
@@
 fn(..., struct iov_iter *i, ...)
 {
 <+...
-fault_in_iov_iter_readable(i, bytes)
+faultbench_before_copy(i, bytes, FAULTBENCH_REPLACES)
 ...+>
 }

@before_post_filemap depends on post_loop && !before@
identifier i, bytes, status;
symbol current;
@@
 generic_perform_write(..., struct iov_iter *i, ...)
 {
 <+...
 bytes = min(..., bytes);
 balance_dirty_pages_ratelimited(...);
+if (unlikely(faultbench_before_copy(i, bytes, FAULTBENCH_ADDED) == bytes)) {
+	status = -EFAULT;
+	break;
+}
 if (fatal_signal_pending(current)) {
 	status = -EINTR;
 	break;
 }
 ...+>
 }

@before_post_iomap depends on post_loop && !before@
identifier i, bytes, status;
expression length;
@@
 iomap_write_iter(..., struct iov_iter *i, ...)
 {
 <+...
 if (bytes > length)
 	bytes = length;
+if (unlikely(faultbench_before_copy(i, bytes, FAULTBENCH_ADDED) == bytes)) {
+	status = -EFAULT;
+	break;
+}
 status = iomap_write_begin(...);
 ...+>
 }

// ---- loops that drop a short copy whole -------------------------------------

// btrfs with a folio: if that is not up to date, the next try needs all bytes.
@folio@
@@
 copy_folio_from_iter_atomic(...)

@whole depends on folio@
identifier fn = {btrfs_buffered_write, copy_one_range};
@@
 fn(...)
 {
 <+...
(
-FAULTBENCH_ADDED
+FAULTBENCH_ADDED_WHOLE
|
-FAULTBENCH_REPLACES
+FAULTBENCH_REPLACES_WHOLE
)
 ...+>
 }

// ---- exceptions that end in a fixup -----------------------------------------

// The hook gets the address and the code that the architecture reports.
@fixup_x86@
expression regs, trap, code, address;
@@
 kernelmode_fixup_or_oops(...)
 {
 <+...
-fixup_exception(regs, trap, code, address)
+faultbench_fixup(fixup_exception(regs, trap, code, address), address, code)
 ...+>
 }

@fixup_arm64@
type T, U;
identifier addr, esr;
expression list args;
@@
 __do_kernel_fault(T addr, U esr, ...)
 {
 <+...
-fixup_exception(args)
+faultbench_fixup(fixup_exception(args), addr, esr)
 ...+>
 }
