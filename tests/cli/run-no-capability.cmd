PATH=$PATH:/usr/sbin:/sbin
unshare -Urm true 2>/dev/null || { echo "user namespaces are not permitted here"; exit 77; }
command -v capsh >/dev/null || { echo "no capsh"; exit 77; }
[ -w /dev/shm ] || { echo "/dev/shm is not writable here"; exit 77; }
# Root without CAP_SYS_ADMIN measures in /dev/shm. Where that is a folder of a disk, or another
# file system, nothing is written there; where it is too small, a run says so before it writes.
mkdir disk
run="-w $(dirname "$FB")/tests/cases/pwrite-over-1m.ini -s native --rounds 2 --seed 1"
try() {
	echo "$1"
	for words in "-o r.jsonl" --dry-run; do
		unshare -Urm sh -c "$1 && exec capsh --drop=cap_sys_admin -- -c '$FB run $run $2 $words'" >out 2>&1
		echo "$?"
		sed -e '/not permitted to administer/d' -e "s:$PWD:.:" -e 's/: start the container.*\|: CAP_SYS_ADMIN.*\|: run it.*//' out
	done
	rm -f r.jsonl
}
try true "-t tmpfs"
try "mount --bind disk /dev/shm" "-t tmpfs"
ls -A disk
try "mount --bind /sys/class /dev/shm" "-t tmpfs"
try "mount -t tmpfs -o size=512k none /dev/shm" "-t tmpfs"
try "mount -t tmpfs -o mode=555 none /dev/shm" "-t tmpfs+huge=always"
try true "-t ext4"
