$FB run -w dd-1m,cold-sweep -s native,touch -t tmpfs --layout extend --seed 1 --dry-run
ls
