# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables from and for who sources it
# Guests that tests boot without faultbench. Tests source it after test.sh and
# set top, the top of the tree.

# Of file systems, so that their images are the same in every run.
guest_uuid=fa017bec-0000-4000-8000-000000000001

# MACHINE: sets cc, which compiles for it, qemu_machine, console, port and clock. The
# table of bench/vm/vm.c has the same machines, and says why they are so.
# Sets qemu, a command that lacks -kernel and -append, and append. A guest finds
# its initial RAM file system in ./initrd, and writes to ./console and ./result.
find_machine()
{
	local port_device

	case $1 in
	x86_64)
		cc=x86_64-linux-gnu-gcc
		qemu_machine=(qemu-system-x86_64 -M pc-i440fx-7.2 -cpu "max,-rdrand,-rdseed,-erms,-fsrm")
		console=ttyS0 port=ttyS1 port_device=(-serial chardev:result)
		clock='acpi=off noapictimer tsc_early_khz=1000000'
		;;
	arm64|arm64-mte)
		cc=aarch64-linux-gnu-gcc
		qemu_machine=(qemu-system-aarch64 -M virt-7.2 -cpu "cortex-a72,cntfrq=1000000000")
		[ "$1" = arm64 ] || qemu_machine=(qemu-system-aarch64 -M "virt-7.2,mte=on" -cpu "max,cntfrq=1000000000")
		console=ttyAMA0 port=ttyS0 port_device=(-device "pci-serial,chardev=result")
		clock=''
		;;
	*)
		die "$1: no such machine; use x86_64, arm64 or arm64-mte"
		;;
	esac
	qemu=("${qemu_machine[@]}" -m 1G -smp 1 -nodefaults -no-user-config -display none -no-reboot
		-icount "shift=0,sleep=off" -seed 1 -rtc "clock=vm,base=2024-01-01"
		-chardev "file,id=console,path=console" -serial chardev:console
		-chardev "file,id=result,path=result" "${port_device[@]}" -initrd initrd)
	append="console=$console port=$port $clock loglevel=5 panic=-1 oops=panic nokaslr norandmaps"
	append+=' random.trust_cpu=0 brd.rd_nr=7 brd.rd_size=307200'
}

# TOOL...: prints the first that is missing; fails if none is.
missing()
{
	local tool

	for tool; do
		command -v "$tool" >/dev/null && continue
		echo "$tool: not found; packaging/deps run test kernel"
		return 0
	done
	return 1
}

need()
{
	local reason

	! reason=$(missing "$@") || skip "$reason"
}

# SOURCE...: the first process of a guest, $work/init.
compile_init()
{
	nice -n 19 "$cc" -std=c11 -D_GNU_SOURCE -I "$top/bench" -O2 -Wall -Wextra -Werror -static -pthread \
		-o "$work/init" "$@"
}

# FS FILE [SIZE]: a file system; tmpfs is an area for swapping.
make_image()
{
	local size=64M mkfs

	case $1 in
	ext4)	mkfs=(mkfs.ext4 -q -U "$guest_uuid" -b 4096 -E "hash_seed=$guest_uuid,lazy_itable_init=0") ;;
	ext4-1k) mkfs=(mkfs.ext4 -q -U "$guest_uuid" -b 1024 -E "hash_seed=$guest_uuid,lazy_itable_init=0") ;;
	xfs)	size=300M mkfs=(mkfs.xfs -q -m "uuid=$guest_uuid") ;;
	btrfs)	size=128M mkfs=(mkfs.btrfs -q -U "$guest_uuid") ;;
	gfs2)	mkfs=(mkfs.gfs2 -q -O -p lock_nolock -J 8 -U "$guest_uuid") ;;
	f2fs)	mkfs=(mkfs.f2fs -q -U "$guest_uuid") ;;
	tmpfs)	size=32M mkfs=(mkswap -q -U "$guest_uuid") ;;
	esac
	need "${mkfs[0]}"
	truncate -s "${3:-$size}" "$2"
	"${mkfs[@]}" "$2" >"$work/mkfs.log" 2>&1 || die "$1: $(tail -n 1 "$work/mkfs.log")"
}

# FS: $work/FS.packed, a file system as kernel/boot.d/pack.h has it.
pack_image()
{
	[ -x "$work/pack" ] || cc -O2 -o "$work/pack" "$top/tests/kernel/boot.d/pack.c"
	make_image "$1" "$work/$1"
	"$work/pack" <"$work/$1" >"$work/$1.packed"
	rm "$work/$1"
}

# Files named on standard input, as an initial RAM file system has them.
pack_files()
{
	cpio -o -H newc --quiet -R 0:0 --reproducible
}
