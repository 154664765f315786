# shellcheck shell=sh
# What tests in shell share. They source it.

set -u
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# The test cannot run here, and why.
skip() {
	echo "$*"
	exit 77
}

# The test has failed, and why.
die() {
	echo "$*"
	exit 1
}
