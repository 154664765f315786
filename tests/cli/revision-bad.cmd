command -v git >/dev/null || { echo "no git: apt install git"; exit 77; }
# Revisions that cannot be built, in a repository with the one file that is looked for.
# What git itself says is not the same in every version.
revision=$(dirname "$FB")/kernel/revision
export FAULTBENCH_CACHE=$PWD/cache HOME=$PWD
try() { "$revision" --arch x86_64 "$@" 2>&1 </dev/null | sed "s|$PWD/||; s/[0-9a-f]\{12,\}/COMMIT/g"; }
git_() { git -c user.name=t -c user.email=t -c init.defaultBranch=main -C tree "$@"; }
mkdir -p tree/mm empty
git_ init -q
for n in 1 2; do
	echo $n >tree/mm/filemap.c
	git_ add .
	git_ commit -qm "$n"
done
git_ format-patch -q --base=HEAD~1 -1 --stdout >fits
sed 's/^-1/-7/' fits >fails
grep -v ^base-commit fits >no-base
: >empty-file

try --tree empty
try --tree tree --base none
try --tree tree --base HEAD~1 --head --exec=x
try --tree tree --base HEAD --head-patch none
try --tree tree --head-patch no-base
try --tree tree --head-patch fails
try --tree tree --head-patch empty-file --base HEAD
try --tree tree --head-patch fits --head HEAD
try --frobnicate

echo shallow
git clone -q --depth 1 "file://$PWD/tree" shallow
try --tree shallow --base HEAD~1

echo not Linux
git_ rm -q mm/filemap.c
git_ commit -qm 3
try --tree tree

echo cache
touch file
FAULTBENCH_CACHE=file try --tree tree --base HEAD~1
exit 0
