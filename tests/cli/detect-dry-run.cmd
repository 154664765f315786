[ -e /proc/self ] || { echo "/proc is not mounted"; exit 77; }
# Every size on a target without a device, so that no machine differs.
$FB detect -t tmpfs --dry-run
echo $?
$FB detect -t nosuch
echo $?
$FB detect -t ext4 --device-size 1K --dry-run > /dev/null
echo $?
