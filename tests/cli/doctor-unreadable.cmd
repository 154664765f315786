unshare -Urm true 2>/dev/null || { echo "user namespaces are not permitted here"; exit 77; }
# As a container hides files.
unshare -Urm sh -c 'mount --bind /dev/null /proc/meminfo && mount --bind /dev/null /proc/loadavg &&
	exec "$FB" doctor proc memory swap load'
