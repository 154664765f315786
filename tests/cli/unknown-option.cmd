$FB workload --frob dd-1m
$FB run -w
$FB run -w dd-1m -qx
$FB run -w seq-4k -o "" --dry-run
