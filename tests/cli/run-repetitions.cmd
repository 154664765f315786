for budget in 3s 8s; do $FB run -w dd-1m -s native,touch -t tmpfs --seed 1 --budget $budget --dry-run; done
$FB run -w dd-1m -s native,touch -t tmpfs --seed 1 --budget 120s --repetitions 8 --dry-run
$FB run -w dd-1m -s native,touch -t tmpfs --seed 1 --rounds 5 --dry-run
