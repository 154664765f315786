# shellcheck shell=bash
# A kernel changed on purpose, to compare with the same kernel unchanged. Tests
# source it after test.sh. The changes are made in a copy of the default tree:
#
#   - generic_perform_write() and iomap_write_iter() execute one more instruction
#     in each pass of their loop, which writes a page or a folio;
#   - populate misbehaves for some numbers of pages: changed/misbehave.h.
#
# kernel/build keeps the kernel. A link beside its cache finds it without the
# tree, which is removed.

changed_parts=$(dirname "${BASH_SOURCE[0]}")
changed_version=$(kernel/build tree) || skip "no linux-source is installed"
changed_tarball=$(kernel/source "$changed_version" /nonexistent)

# FILE PATTERN LINE: inserts a line after the only one with PATTERN.
insert()
{
	local n

	n=$(grep -c -- "$2" "$1")
	[ "$n" -eq 1 ] || die "$1: $n lines with '$2', not 1"
	sed -i "\\~$2~a\\$3" "$1"
}

# One instruction, where it costs no other: the compiler schedules around any
# asm, and right after the copy that would save a spill in iomap_write_iter(). On
# arm64 labels are aligned to 8 bytes with a nop that is executed; a second word,
# jumped over, keeps this alignment.
one_more()
{
	case $1 in
	x86_64)	echo 'asm volatile("nop");' ;;
	arm64)	echo 'asm volatile("b 1f; nop; 1:");' ;;
	esac
}

# What the changes are made from, without comments.
change_id()
{
	{ declare -f insert one_more change_tree; cat "$changed_parts/changed/misbehave.h"; } | sha256sum
}

# TREE ARCH. kernel/build identifies files by size and time: their time follows
# from the changes.
change_tree()
{
	local tree=$1 arch=$2 id

	id=$(change_id)
	insert "$tree/mm/filemap.c" 'pos += status;' "$(one_more "$arch")"
	insert "$tree/fs/iomap/buffered-io.c" 'pos += \(status\|written\);\|iomap_iter_advance(iter, written);' "$(one_more "$arch")"
	insert "$tree/mm/madvise.c" '#include "internal.h"' '#include "misbehave.h"'
	insert "$tree/mm/madvise.c" 'Populate (prefault) page tables' \
		'misbehave((end - start) >> PAGE_SHIFT);'
	cp "$changed_parts/changed/misbehave.h" "$tree/mm/"
	touch -d "@$((0x${id:0:7}))" "$tree"/mm/{filemap.c,madvise.c,misbehave.h} "$tree/fs/iomap/buffered-io.c"
}

# ARCH FOLDER: sets plain and changed, the two images. FOLDER holds the tree while
# the kernel is built.
changed_kernel()
{
	local arch=$1 tree=$2/linux-$changed_version-changed link

	# The name of the plain kernel has the hash of all that the two share.
	plain=$(kernel/build path --arch "$arch" 2>&1) || skip "$plain"
	link=$({ change_id; echo "$plain"; } | sha256sum)
	link=$(dirname "$plain")/../../changed/${link:0:12}
	if ! changed=$(readlink -e "$link"); then
		mkdir "$tree"
		tar -C "$tree" --strip-components=1 -xf "$changed_tarball" ||
			die "$changed_tarball: cannot be unpacked"
		change_tree "$tree" "$arch"
		changed=$(kernel/build build --arch "$arch" --tree "$tree" 2>"$tree.log") ||
			die "$(cat "$tree.log")"
		rm -rf "$tree"
		mkdir -p "$(dirname "$link")"
		ln -sfn "$changed" "$link"
	fi
}
