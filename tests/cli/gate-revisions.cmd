# Revisions of a fake Linux, as far as no guest has to boot.
. "$(dirname "$(readlink -f "$FB")")/tests/lib/fake_linux.sh"
fake_linux_needs qemu-system-x86_64
export FAULTBENCH_CACHE=$PWD/cache HOME=$PWD
on="--on vm:x86_64"
gate() {
	(cd "${in:-tree}" && $FB gate "$@") >out 2>err
	status=$?
	sed -E "s|$PWD/||g; s/[0-9a-f]{12,}/HASH/g; s/ --seed [0-9]+//; /^linux-/d" err out
	echo "$status"
}
fake_linux
fake_commit 2
echo "int image = 2; /* with a comment */" >tree/mm/filemap.c
fake_git commit -qam comment
fake_git format-patch -q -1 --base=v2 --stdout >series

echo the same image
gate $on v2..HEAD
gate $on --base HEAD~1 --head HEAD --regzbot --json | grep -e outcome -e summary -e '"name"'
in=. gate $on --tree tree --base v2
in=. gate $on --tree tree --head-patch - <series

echo what would be built
gate $on v1..HEAD --dry-run

echo bad
gate $on v1..none
gate $on v1...v2
gate $on v1.. --base v2
gate $on v1..v2 --head-patch ../series
gate --on host v1..v2
in=. gate $on v1..v2
fake_commit '"three' 2>/dev/null
for reader in plain ksft nipa bisect; do
	gate $on v2..HEAD --exit=$reader | tail -n 1
done
exit 0
