# Kernels, and what the gate built of revisions, leave the cache; not while they are being built or in use.
export FAULTBENCH_CACHE=$PWD/cache
remove() {
	"$FB" kernel remove "$@" >out 2>&1
	status=$?
	sed "s|$PWD/||g; s/, [0-9.]*[KM]\$/, SIZE/" out
	echo "exit $status"
}
for name in linux-6.1-arm64-a linux-6.1-x86_64-b linux-6.12-x86_64-c linux-x86_64-vanilla-d linux-6.1-x86_64-vanilla-e; do
	mkdir -p "cache/kernels/$name" cache/log
	printf '%s\n' release=6.1 tree= image=bzImage >"cache/kernels/$name/info"
	echo log >"cache/log/$name.log"
done
mkdir -p cache/kernels/linux-6.1-x86_64-f.new cache/revisions/0123-x86_64/linux cache/work
echo "tree=$PWD/cache/revisions/0123-x86_64/linux" >>cache/kernels/linux-x86_64-vanilla-d/info
remove
remove --all
remove ../kernels
remove none
remove --dry-run 'linux-6.1-*' --revisions
(
	flock 9
	remove 'linux-6.1-*-[ab]'
) 9>cache/work/linux-6.1-x86_64-b.lock
(
	flock -s 8
	remove 'linux-6.12-*'
) 8<cache/kernels/linux-6.12-x86_64-c
(
	flock 9
	remove --revisions
) 9>cache/revisions/0123-x86_64.lock
ls -d cache/kernels/* cache/log/* cache/revisions/*/
remove --revisions
remove 'linux-6*'
ls -d cache/kernels/* cache/revisions/*/ 2>/dev/null
exit 0
