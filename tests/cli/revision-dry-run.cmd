command -v git >/dev/null || { echo "no git: apt install git"; exit 77; }
# Which revisions are named, from where; the developer's repository stays as it was.
revision=$(dirname "$FB")/kernel/revision
export FAULTBENCH_CACHE=$PWD/cache HOME=$PWD
top=$PWD
try() { "$revision" --arch x86_64 --dry-run "$@" 2>&1 | sed -E "s|$top/||; s/[0-9a-f]{12,}/COMMIT/g"; }
git_() { git -c user.name=t -c user.email=t -c init.defaultBranch=main "$@"; }
mkdir -p tree/mm other
git_ -C other init -q
cd tree || exit
git_ init -q
for n in 1 2; do
	echo $n >mm/filemap.c
	git_ add .
	git_ commit -qm "$n"
	git_ tag -am "$n" v$n
done
echo 3 >mm/filemap.c
git_ commit -qam 3
git_ format-patch -q --base=v2 -1 --stdout >../series

try --base v1 --head v2
try --base HEAD~1
(cd mm && try --base v1)
try --head-patch - <../series
echo in a linked worktree, with the GIT_DIR of another repository
git_ worktree add -q ../linked v1
(cd ../linked && GIT_DIR=$top/other/.git GIT_INDEX_FILE=$top/none try --base HEAD)
echo local changes
find .git -type f ! -path '*/logs/*' -exec sha256sum {} + | sort >../before
echo 4 >mm/filemap.c
try --base v1
find .git -type f ! -path '*/logs/*' -exec sha256sum {} + | sort | cmp ../before -
[ ! -e "$FAULTBENCH_CACHE" ] || ls "$FAULTBENCH_CACHE"
exit 0
