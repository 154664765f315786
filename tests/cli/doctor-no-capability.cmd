PATH=$PATH:/usr/sbin:/sbin
unshare -Urm true 2>/dev/null || { echo "user namespaces are not permitted here"; exit 77; }
command -v capsh >/dev/null || { echo "no capsh"; exit 77; }
# Root without CAP_SYS_ADMIN, where /dev/shm is tmpfs and where it is not.
for shm in 'mount -t tmpfs none /dev/shm' 'mount --bind /sys/class /dev/shm'; do
	unshare -Urm sh -c "$shm && exec capsh --drop=cap_sys_admin -- -c '$FB doctor rights shm devices'" >out
	echo $?
	grep -o '^blocks  rights  *root without CAP_SYS_ADMIN' out
	grep -o '^[a-z]*  *shm  *.*tmpfs' out | sed 's/has [0-9]*/has N/'
	grep '^blocks  devices' out
done
