# Lists add up, in whatever way they are given; a name given twice is measured twice.
go() {
	$FB run -s native --seed 1 --dry-run "$@" | sed -n 's/ on host:.*//p'
}
go -w seq-4k -w seq-1m -t tmpfs -t ext4 --layout extend
go -w seq-4k,seq-1m -t tmpfs,ext4 --layout extend
go -w seq-4k -t tmpfs --layout extend --layout overwrite
$FB run -w seq-4k -t tmpfs -s native -s touch --layout extend --seed 1 --dry-run | sed '/cannot:/d'
$FB run -w seq-4k --budget 1s --budget 2s; echo "$?"
