unshare -Urm true 2>/dev/null || { echo "user namespaces are not permitted here"; exit 77; }
# The search for leaks, in a build with sanitizers, reads /proc.
export ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0"
unshare -Urm sh -c 'mount -t tmpfs none /proc && exec "$FB" doctor proc program targets memory swap load'
