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
# Arms that differ, of strategies in one boot: far above their range it is a regression, within
# it nothing can be said.
as_touch() {
	sed 's/"strategy":"native/"strategy":"touch/'
}
{ context; counted seq 3000 5; counted seq 3100 4 | as_touch; } >far
{ context; counted seq 3000 5; counted seq 3020 4 | as_touch; } >near
gate --base native --head touch far
gate --base native --head touch near
gate --base touch --head native far
# Of two images, each boot may have an offset of its own: one is enough to pass, and not to fail.
{ context; counted seq 3000 5; } >coarse
{ context; counted seq 3100 4; } >other
{ context; counted seq 2900 4; } >shorter
gate coarse other
gate coarse shorter
# An arm is judged by the resolution of its baseline: exact, three times above, within.
one() {
	cell seq touch counts 1 0 "$1,$1,$1,$1"
}
for touch in 3001 3007; do
	{ context; counted seq 3000 0; one $touch; } >one
	gate --base native --head touch one
done
for touch in 3017 3050 3200; do
	{ context; counted seq 3000 5; one $touch; } >one
	gate --base native --head touch one | grep -v -e plan -e repeat
done
{ context; counted seq 3000 0; one 3100; } >one
{ context; counted seq 3000 0; one 3164; } >two
gate one two
# The same arms, longer by 20 at each place: that is exact.
{ context; counted seq 3020 5; } >places
gate coarse places
# Fewer arms than a resolution takes, also of the baseline.
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
# With ten cells, six boots cannot be significant. What all cells share is said once.
for workload in a b c d e f g h i j; do
	sed "s/\"seq\"/\"$workload\"/" boots
done >many
{ head -n 1 boots; grep -v context many; } >base10
for workload in a b c d e f g h i j; do
	sed "s/\"seq\"/\"$workload\"/" boots2
done >many
{ head -n 1 boots2; grep -v context many; } >head10
gate base10 head10
