# An unreadable cache is not an empty cache.
unset HOME XDG_CACHE_HOME FAULTBENCH_CACHE
$FB kernel list; echo "$?"
$FB kernel path; echo "$?"
touch file
FAULTBENCH_CACHE=file $FB kernel list; echo "$?"
XDG_CACHE_HOME=file $FB kernel build; echo "$?"
