# Revisions of a fake Linux: what is built, how often, and what a failure leaves.
top=$(dirname "$FB")
. "$(dirname "$(readlink -f "$FB")")/tests/lib/fake_linux.sh"
fake_linux_needs
export FAULTBENCH_CACHE=$PWD/cache HOME=$PWD COMPILED=$PWD/compiled
try() {
	: >"$COMPILED"
	"$top/kernel/revision" --arch x86_64 --tree tree "$@" >out 2>err
	echo "$?: $(wc -l <"$COMPILED") compiled"
	sed -E "s|$PWD/||g; s/[0-9a-f]{12,}/HASH/g; s/in [0-9]+ s/in N s/" err out
}
images() { cut -d' ' -f3 out | xargs sha256sum | cut -d' ' -f1 | uniq | wc -l; }

fake_linux
fake_commit 2
try --base v1 --head v2
images

echo once per tree
fake_git commit -q --allow-empty -m 'no change'
try --base v1 --head HEAD
echo same image
echo "int image = 2; /* with a comment */" >tree/mm/filemap.c
fake_git commit -qam comment
fake_git tag -am comment v2-comment
try --base v2 --head v2-comment
images

echo a series, as mail
fake_commit 3
fake_git format-patch -q --base=v2-comment -1 --stdout >series
fake_git reset -q --hard v1
try --head-patch series
images

echo local changes
echo "not C" >tree/mm/filemap.c
cp tree/.git/index index
try --base v1 --head v2
cmp index tree/.git/index
cat tree/mm/filemap.c
fake_git checkout -q -f

echo a build that fails
fake_commit '"three'
# Compilers differ in their words.
try --base v1 --head HEAD | grep -v '^linux-' | sed 's/error: .*/error/' | grep -v -e '|' -e '^make' -e warning -e gcc | uniq
try --base v1 --head v2

echo killed
fake_commit 4
SLOW=$PWD/slow setsid "$top/kernel/revision" --arch x86_64 --tree tree --base v1 --head v4 >/dev/null 2>&1 &
while [ ! -e slow ]; do sleep 0.02; done
kill -9 $!
wait $! 2>/dev/null
own=$(echo cache/revisions/*/)
touch "${own}linux/.git/index.lock"
echo "int left = behind;" >"${own}linux/mm/left.c"
try --base v1 --head v4 | sed '/another process builds there/d'
images
ls "${own}linux/mm"
ls cache/work | grep -v lock

echo the repository is gone
mv tree old
fake_linux
mv tree new
rm -rf old
mv new tree2
"$top/kernel/revision" --arch x86_64 --tree tree2 2>&1 | sed -E "s|$PWD/||g; s/[0-9a-f]{12,}/HASH/g"
find cache/revisions -mindepth 1 -maxdepth 1 -type d | wc -l
