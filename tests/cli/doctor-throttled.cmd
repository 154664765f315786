unshare -Urm true 2>/dev/null || { echo "user namespaces are not permitted here"; exit 77; }
# Files as the firmware of a Raspberry Pi has them.
unshare -Urm sh -c 'mount -t tmpfs none /sys/devices && dir=/sys/devices/platform/soc/soc:firmware && mkdir -p $dir &&
	for flags in 0 50005 40000; do echo $flags >$dir/get_throttled; "$FB" doctor throttling; done'
