# shellcheck shell=sh
# What the tests of devices share. They source it.

top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd) || exit 2
# shellcheck source=tests/lib/test.sh
. "$top/tests/lib/test.sh"
FB=$top/faultbench

need_root() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	[ -e /dev/loop-control ] || skip "this machine has no loop devices"
}

# TARGET...: those that this machine can use, with commas between them.
usable() {
	for target in "$@"; do
		"$FB" list targets | grep -A1 "^  $target " | grep -q 'not here' || printf '%s\n' "$target"
	done | paste -sd, -
}

# Run faultbench as a user without rights, who may write to $work/nobody. It is a copy, since the
# tree may be in a folder that only root can read.
as_nobody() {
	if [ ! -d "$work/nobody" ]; then
		chmod 755 "$work"
		mkdir -m 777 "$work/nobody"
		cp -r "$FB" "$FB-measure" "$top/workloads" "$work"
	fi
	setpriv --reuid 65534 --regid 65534 --clear-groups "$work/faultbench" "$@"
}
