unshare -Urm true 2>/dev/null || { echo "user namespaces are not permitted here"; exit 77; }
[ -z "$ASAN_OPTIONS" ] || { echo "sanitizers read /proc, their options too"; exit 77; }
unshare -Urm sh -c 'mount -t tmpfs none /proc && "$FB" doctor proc program targets memory swap load
	"$FB" run -w seq-4k -t tmpfs -s native --layout extend --seed 1 --dry-run
	"$FB" run -w seq-4k -t tmpfs -s native -o r'
