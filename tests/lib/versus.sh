# shellcheck shell=bash disable=SC2154 # $target
# A file system for comparisons with other programs, in $work/fs. Scripts source it with
# $target set and "$0" "$@" to start again with.

# In a mount namespace of its own, which ends with this script. All programs run on the
# last CPU, to which the harness pins itself.
if [ -z "${VERSUS_INSIDE-}" ]; then
	VERSUS_INSIDE=1 exec unshare -m --propagation private taskset -c $(($(nproc) - 1)) "$0" "$@"
fi

work=$(mktemp -d) || exit 2
trap 'umount -l "$work" 2>/dev/null; rmdir "$work"' EXIT
trap 'exit 130' INT TERM
mount -t tmpfs -o size=90% versus "$work" || exit 2
mkdir "$work/fs"
if [ "$target" = tmpfs ]; then
	mount -t tmpfs -o size=2G versus "$work/fs" || exit 2
else
	truncate -s 3G "$work/image"
	"mkfs.$target" -q "$work/image" || exit 2
	mount -o loop "$work/image" "$work/fs" || exit 2
fi
cd "$work/fs" || exit 2

# COMMAND: the first line of a result file.
context() {
	printf '{"type":"context","schema":1,"command":"%s","seed":1,"place":"host","arch":"%s","page_size":%d,"kernel":"%s"}\n' \
		"$1" "$(uname -m)" "$(getconf PAGESIZE)" "$(uname -r)"
}

# WORKLOAD STRATEGY BASELINE SOURCE BLOCK SIZE ROUNDS SLOTS ORDER: a cell whose slots are whole files.
cell() {
	printf '{"type":"cell","workload":"%s","target":"%s","layout":"extend","device":"loop","place":"host","arch":"%s","page_size":%d,"backend":"user","source":"%s","block_size":%d,"cold_fraction":0,"threads":1,"strategy":"%s","baseline":"%s","tier":"time","unit":"ns","seed":1,"steady":true,"verified":true,"writes_per_slot":%d,"bytes_per_slot":%d,"rounds":%d,"slots":[%s],"order":[%s],"counts":null,"notes":[]}\n' \
		"$1" "$target" "$(uname -m)" "$(getconf PAGESIZE)" "$4" "$5" "$2" "$3" $(($6 / $5)) "$6" "$7" "$8" "$9"
}

# BLOCK SIZE: write a file of zeros; $took is dd's own time in ns. In no pipe: other programs
# of it would start on the same CPU meanwhile.
run_dd() {
	rm -f file
	dd if=/dev/zero of=file bs="$1" count=$(($2 / $1)) 2>"$work/said"
	took=$(<"$work/said")
	took=${took##*copied, }
	printf -v took '%.0f' "${took%% s*}e9"
}
