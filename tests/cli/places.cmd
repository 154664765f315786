command -v qemu-system-x86_64 >/dev/null && command -v qemu-system-aarch64 >/dev/null || { echo "no QEMU"; exit 77; }
[ -e "$(dirname "$FB")/build/faultbench-measure-arm64" ] || { echo "no faultbench-measure for arm64: make arm64"; exit 77; }
[ "$(uname -m)" = x86_64 ] || { echo "needs x86_64"; exit 77; }
# Without HOME, without a kernel, with a cache that cannot be read: each place says why, in whole words.
# Which kernel a place takes by default is not in question.
lines() {
	tr -s '\n ' ' ' | sed -e 's/linux-[^:]*: not/LINUX: not/g; s/kernel build[^,]*,/kernel build ...,/g' \
		-e 's/ vm:[a-z0-9_-]* [aA] /\n&/g; s/ host .* [a-z]*kernel.s /&/'
	echo
}
unset HOME XDG_CACHE_HOME FAULTBENCH_CACHE
$FB list places | lines
$FB run --on vm:x86_64 -w seq-4k; echo "$?"
mkdir empty
export FAULTBENCH_CACHE=empty
$FB list places | lines
$FB doctor guests | lines
touch file
FAULTBENCH_CACHE=file $FB list places | lines
# An arm64 image whose header tells 16 KiB pages, which a Cortex-A72 does not have.
{
	head -c 24 /dev/zero
	printf '\004\000\000\000\000\000\000\000'
	head -c 24 /dev/zero
	printf 'ARM\144'
	head -c 8192 /dev/zero
} > Image
for place in vm:arm64 vm:arm64,deadline=15 vm:x86_64; do
	$FB run --on "${place%%,*},kernel=Image${place#"${place%%,*}"}" -w seq-4k -o r.jsonl; echo "$?"
done
ls
# --cpu of reproduce is for the host.
{ head -c 24 Image; printf '\002'; tail -c +26 Image; } > Image4k
$FB reproduce --on vm:arm64,kernel=Image4k -t ext4 --cpu 0 --dry-run; echo "$?"
$FB reproduce --on host,vm:arm64,kernel=Image4k -t ext4 --cpu 0 --dry-run | grep vm: | cut -d ';' -f 1
# A program of other sources, as an update without 'make arm64' leaves it, is not taken for a guest.
mkdir -p fb/build
cp -L "$FB" fb/
fb/faultbench list places | lines | grep ' vm:arm64 '
program=$(dirname "$FB")/build/faultbench-measure-arm64
LC_ALL=C sed 's/\(faultbench-measure of \)./\1x/' "$program" >fb/build/faultbench-measure-arm64
fb/faultbench list places | lines | grep ' vm:arm64 '
# The path of a kernel may have other letters than those of ASCII.
mkdir fb/kernel żółw
cp Image żółw/
printf '#!/bin/sh\necho żółw/Image\n' > fb/kernel/build
chmod +x fb/kernel/build
cp "$program" fb/build/
fb/faultbench run --on vm:arm64 -w seq-4k; echo "$?"
