# Rules of counts: exact cells, lower quantiles, resolution, ranks, boots; margins.
. "$(dirname "$0")/../lib/made.sh"
gate() {
	"$FB" gate "$@"
	echo "exit $?"
}
# One instruction is below 0.2 %, and not below 1i.
{ context; counted seq 3000 0; counted cold 500 0; } >base
{ context; counted seq 3001 0; counted cold 500 0; } >one
gate base one
gate --margin 1i base one
gate --margin 0.01% base one
# Medians of repeated arms differ, their lower quartiles do not: those are judged. Places cannot
# be compared, where one side has more rounds.
slow() {
	for arm in 1 2 3 4 5 6 7 8; do
		name=native
		[ $arm = 1 ] || name=native#$arm
		cell seq $name counts 1 0 "$1,$1,$1,$(($1 + 100 * arm)),$(($1 + 100 * arm)),$(($1 + 100 * arm))$2"
	done
}
{ context; slow 3000; } >slow
{ context; slow 3010 ,3010,9999; } >slower
gate slow slower
# Arms that differ: far above their range it is a regression, within it nothing can be said.
{ context; counted seq 3000 5; } >coarse
{ context; counted seq 3100 4; } >far
{ context; counted seq 3020 4; } >near
gate coarse far
gate coarse near
gate far coarse
# The same arms, longer by 20 at each place: that is exact.
{ context; counted seq 3020 5; } >places
gate coarse places
# Fewer arms than a resolution takes.
{ context; counted seq 3000 0 | head -n 3; } >few
gate few few
# A boot of each seed: a boot is one value.
boots() {
	for seed in 1 2 3 4 5 6; do
		counted seq $(($1 + 7 * seed)) "${2:-1}" | sed "s/\"seed\":1/\"seed\":$seed/"
	done
}
{ context; boots 3000; } >boots
{ context; boots 3200 2; } | sed 's/"seed":\([0-9]\)/"seed":1\1/' >boots2
gate boots boots2
{ context; boots 3200 2 | head -n 24; } | sed 's/"seed":\([0-9]\)/"seed":1\1/' >boots3
gate boots boots3
