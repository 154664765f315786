[ -e /proc/self ] || { echo "/proc is not mounted"; exit 77; }
# A pass per strategy; what cannot be recorded is refused before anything is made.
$FB record -t tmpfs -s native,touch --dry-run
echo $?
for o in "-w nosuch" "-t ext5" "-s toch" "--on mars"; do
	$FB record $o
	echo "$o: $?"
done
mkdir there
PATH=/none /usr/bin/env $FB record -t tmpfs -o there 2>&1 | sed 's/ (linux.*//'
ls -A .
