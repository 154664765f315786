# The usage is that of kernel/build, behind a few words.
$FB kernel --help > help; echo "$?"
head -n 4 help
$FB kernel "-?" | cmp - help
grep -c -e --tree help
$FB kernel build --help | grep -c -e --tree
