# The usage is that of kernel/build.
$FB kernel --help > help; echo "$?"
head -n 3 help
$FB kernel "-?" | cmp - help
$FB kernel build --help | cmp - help
awk 'length > 80' help
