# The strategies of the kernel and those of user space are never in one run. A guest is left
# out, since only some machines have its kernel.
$FB reproduce -t tmpfs,ext4 --seed 1 --dry-run 2>&1 | sed 's/loop of [0-9]* MiB; mkfs[^;]*/loop/' | grep -v 'cannot:\|pre probe'
for o in "--on mars" "--on host,vm:arm65" "--on host,," "--on host,vm:arm64,deadline=1h --dry-run"; do
	$FB reproduce $o
	echo "$o: $?"
done
$FB reproduce -t ext4 --device-size 1K --dry-run > /dev/null; echo $?
