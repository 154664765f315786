# shellcheck shell=bash
# shellcheck disable=SC2154 # work, from who sources it
# A git tree in $work/linux, made of Debian's linux-source-6.1, with commits to judge.
# Tests source it after test.sh; linux_git() needs changed.sh and postfault.sh.
#
#	main	v6.1, then layout, one, many and comment: text moved, 1 and 64 more
#		instructions a page, a comment
#	iomap	iomap_write_iter() faults the source in after a failed copy only
#	broken	does not compile
#	dead	does not boot

git_()
{
	git -C "$work/linux" -c user.name="A U Thor" -c user.email=author@example.org -c core.compression=0 \
		-c gc.auto=0 -c init.defaultBranch=main "$@"
}

commit()
{
	git_ commit -qam "$1"
	git_ tag -f "$1" >/dev/null
}

make_layout()
{
	insert "$work/linux/mm/filemap.c" '^#include "internal.h"$' \
		'static void __used noinline moved(void) { asm volatile(".rept 1000; nop; .endr"); }'
}

# FILE: a line a cell, as in "seq-4k overwrite -62 4.88", of a verdict in JSON: its change and
# margin.
changes()
{
	awk -F'[":, ]+' '{ value[$2] = $3 }
		$2 == "margin" && value["layout"] {
			print value["workload"], value["layout"], value["delta_per_page"], $3
		}' "$1"
}

# FILE: of a commit that moves the fault-in behind the copy, resident paths are shorter, cold
# ones longer.
moves_cost()
{
	changes "$1" | awk '($1 == "anon-cold-4k" ? -$3 : $3) >= 0 { bad = 1 } END { exit bad || !NR }' ||
		die "not shorter where resident and longer where cold: $(changes "$1")"
}

# ARCH
linux_git()
{
	local write=$work/linux/mm/filemap.c

	mkdir "$work/linux"
	tar -C "$work/linux" --strip-components=1 -xf "$changed_tarball"
	git_ init -q
	git_ config gc.auto 0
	git_ add -Af
	commit v6.1
	make_layout
	commit layout
	insert "$write" 'pos += status;' "$(one_more "$1")"
	commit one
	insert "$write" 'written += status;' 'asm volatile(".rept 64; nop; .endr");'
	commit many
	sed -i '1s/$/ \/\/ more/' "$write"
	commit comment
	git_ checkout -q -b iomap v6.1
	post_fault "$work/linux/fs/iomap/buffered-io.c"
	commit iomap
	git_ checkout -q -b broken v6.1
	sed -i 's/^ssize_t generic_perform_write(/int broken = "not a number" + ;\n&/' "$write"
	commit broken
	git_ checkout -q -b dead v6.1
	insert "$work/linux/init/main.c" $'^\tkernel_init_freeable();' 'panic("dead on purpose");'
	commit dead
	git_ checkout -q main
}

# Builds leave their objects in the cache until the next start: do it now.
linux_git_end()
{
	local own

	for own in "$("$top/kernel/build" cache)"/revisions/*/; do
		! grep -qs "^$work/" "$own/linux/.git/objects/info/alternates" || rm -rf "$own"
	done
	rm -rf "$work"
}
