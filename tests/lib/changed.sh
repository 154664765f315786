# shellcheck shell=bash
# A kernel that was changed on purpose, beside the same one unchanged; sourced
# by the tests of both. The changes are made in a copy of Debian's 6.1:
#
#   - generic_perform_write() and iomap_write_iter() execute one more instruction
#     for each page that they have written;
#   - populate misbehaves for some numbers of pages: changed/misbehave.h.
#
# kernel/build keeps the kernel, and a link says which it is: to ask kernel/build
# would take the tree, which does not stay.

changed_parts=$(dirname "${BASH_SOURCE[0]}")
changed_tarball=/usr/src/linux-source-6.1.tar.xz

# A line behind the only one of FILE that has PATTERN.
insert()
{
	local n

	n=$(grep -c -- "$2" "$1")
	[ "$n" -eq 1 ] || die "$1: $n lines with '$2' where there must be 1"
	sed -i "\\|$2|a\\$3" "$1"
}

# One instruction where it costs none besides: the compiler schedules around any
# asm, and right behind the copy that saves a spill in iomap_write_iter(). On
# arm64 labels are aligned to 8 bytes with a nop that is executed; a second word,
# jumped over, leaves these as they are.
one_more()
{
	case $1 in
	x86_64)	echo 'asm volatile("nop");' ;;
	arm64)	echo 'asm volatile("b 1f; nop; 1:");' ;;
	esac
}

# kernel/build knows files by their size and time: here it is one that their
# content gives.
change_tree()
{
	local tree=$1 arch=$2 sum

	sum=$(cat "$changed_parts/changed.sh" "$changed_parts/changed/misbehave.h" | sha256sum)

	insert "$tree/mm/filemap.c" 'pos += status;' "$(one_more "$arch")"
	insert "$tree/fs/iomap/buffered-io.c" 'pos += status;' "$(one_more "$arch")"
	insert "$tree/mm/madvise.c" '#include "internal.h"' '#include "misbehave.h"'
	insert "$tree/mm/madvise.c" 'Populate (prefault) page tables' \
		'misbehave((end - start) >> PAGE_SHIFT);'
	cp "$changed_parts/changed/misbehave.h" "$tree/mm/"
	touch -d "@$((0x${sum:0:7}))" "$tree"/mm/{filemap.c,madvise.c,misbehave.h} "$tree/fs/iomap/buffered-io.c"
}

# changed_kernel ARCH DIRECTORY: sets plain and changed, the two images; the
# directory holds the tree while it is built from.
changed_kernel()
{
	local arch=$1 tree=$2/linux-6.1-changed link

	# Its name has the hash of all that the two have in common.
	plain=$(kernel/build path --arch "$arch" 2>&1) || skip "$plain"
	link=$(cat "$changed_parts/changed.sh" "$changed_parts/changed/misbehave.h" - <<<"$plain" | sha256sum)
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
