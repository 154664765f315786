# shellcheck shell=bash
# Moves the fault-in of a loop behind a copy of nothing, as filemap has it from Linux 6.14:
# an example of a patch to measure.

# FILE: whether it has a chunk loop that faults in first.
is_chunk_loop()
{
	sed -En '/(generic_perform_write|iomap_write_iter)\(/,/^}/p' "$1" | grep -q 'goto retry;' &&
		grep -q 'if (unlikely(fault_in_iov_iter_readable(i, bytes) == bytes)) {' "$1"
}

# FILE
post_fault()
{
	local condition='fault_in_iov_iter_readable(i, bytes) == bytes'

	sed -i "/^[a-z].*\(generic_perform_write\|iomap_write_iter\)(/,/^}/{
		/if (unlikely($condition)) {/,/}/d
		/goto again;/i if (!copied && $condition) { status = -EFAULT; break; }
		/goto retry;/{n;a if ($condition) { status = -EFAULT; break; }
		}
	}" "$1"
	[ "$(grep -c "$condition" "$1")" -eq 1 ] || die "$1: the fault-in could not be moved"
}
