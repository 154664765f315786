unshare -Urm true 2>/dev/null || { echo "user namespaces are not permitted here"; exit 77; }
unshare -Urm sh -c 'mount -t tmpfs none /sys && "$FB" list devices | grep -A1 " zram "; exec "$FB" doctor proc cpus governor smt clock mitigations'
