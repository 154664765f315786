# shellcheck shell=sh
# What the device tests share; sourced by them.

set -u
export LC_ALL=C
top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd) || exit 2
FB=$top/faultbench
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

skip() {
	echo "$*"
	exit 77
}

die() {
	echo "$*"
	exit 1
}

need_root() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	[ -e /dev/loop-control ] || skip "this machine has no loop devices"
}

# The targets of a list that work on this machine, as a comma list.
usable() {
	for target in "$@"; do
		"$FB" list targets | grep -A1 "^  $target " | grep -q 'not here' || printf '%s\n' "$target"
	done | paste -sd, -
}
