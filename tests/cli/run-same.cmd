# By default, no job has two strategies that do the same.
$FB run -w seq-4k,dd-1m,straddle -t tmpfs --layout extend --seed 1 --dry-run | sed "/cannot:/d"
$FB run -w seq-4k -s touch,touch-first -t tmpfs --layout extend --seed 1 --dry-run | sed "/cannot:/d"
