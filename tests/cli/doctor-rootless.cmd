unshare -Urm true 2>/dev/null || { echo "user namespaces are not permitted here"; exit 77; }
# What is said of a way out depends on whether this runs in a container.
unshare -Urm "$FB" doctor rights devices >out
echo $?
grep -o '^blocks  rights  *root of a user namespace' out
grep '^blocks  devices' out
