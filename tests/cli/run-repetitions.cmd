go() {
	$FB run -w dd-1m -s native,touch -t tmpfs --seed 1 --dry-run "$@" | sed '/cannot:/d'
}
for budget in 3s 8s; do go --budget $budget; done
go --budget 120s --repetitions 8
go --rounds 5
