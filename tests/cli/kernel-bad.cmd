# Messages and exit status are those of kernel/build.
$FB kernel; echo "$?"
$FB kernel make; echo "$?"
$FB kernel build --arch vax; echo "$?"
$FB kernel path --tree /no/such; echo "$?"
$FB kernel list --all; echo "$?"
$FB kernel path --tree --help; echo "$?"
$FB kernel path --arch arm64 --arch=x86_64; echo "$?"
