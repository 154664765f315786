# Whether there is memory, and room in /dev/shm for who may not mount, is not in question here.
$FB run -w dd-1m,cold-sweep -s native,touch -t tmpfs --layout extend --seed 1 --dry-run | sed "/cannot:/d"
ls
