# Messages and exit status are those of kernel/build.
$FB kernel; echo "$?"
$FB kernel make 2> usage; echo "$?"; grep -c -e --tree usage
$FB kernel build --arch vax; echo "$?"
$FB kernel path --tree /no/such; echo "$?"
$FB kernel list --all; echo "$?"
