# shellcheck shell=bash
# shellcheck disable=SC2154 # work, from who sources it
# A minimal Debian. Tests source it after test.sh.

# SUITE FOLDER PACKAGES, with commas between them: made as a whole, or not at all. A file
# in it shows by whom.
make_debian()
{
	[ ! -d "$2" ] || return 0
	command -v debootstrap >/dev/null || skip "debootstrap: not found; packaging/deps test"
	mkdir -p "$(dirname "$2")" && rm -rf "$2.part" || exit 1
	debootstrap --variant=minbase --include="$3" "$1" "$2.part" >"$work/said" 2>&1 ||
		skip "debootstrap: $(tail -n 1 "$work/said")"
	rm -rf "$2.part"/var/cache/apt/archives/*.deb
	touch "$2.part/.faultbench-debian"
	mv "$2.part" "$2"
}
