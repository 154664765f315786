# A cache without space is one line, and not one of tar's for each file.
. "$(dirname "$0")/../lib/fake_linux.sh"
fake_linux_needs unshare
unshare -rm true 2>/dev/null || { echo "no user namespaces here"; exit 77; }
mkdir -p tree/mm cache
touch tree/Kbuild tree/mm/filemap.c
for i in 1 2 3 4 5 6 7 8; do head -c 100000 /dev/zero >tree/$i; done
unshare -rm sh -c 'mount -t tmpfs -o size=256k none cache && FAULTBENCH_CACHE=cache "$0" kernel build --vanilla --tree tree; echo $?; ls cache/work cache/kernels' \
	"$FB" 2>&1 | sed 's/-[0-9a-f]\{12\}/-HASH/'
