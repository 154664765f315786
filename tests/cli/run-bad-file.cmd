printf "[workload]\nblock_size = 0\n" > w.ini
$FB run -w ./w.ini -t tmpfs
