# Rules of time: repetitions in one boot, pairs of boots, calibration.
. "$(dirname "$0")/../lib/made.sh"
export FAULTBENCH_CACHE=cache
mkdir cache
gate() {
	"$FB" gate "$@" | grep -v '^repeat'
}
for loss in 0 6 20; do
	{ context place='"host"'; timed seq 20 $loss 2; } >t
	gate --uncalibrated --base native --head touch t
done
# Too few, too noisy.
{ context place='"host"'; timed seq 12 0 2; } >t
gate --uncalibrated --base native --head touch t
{ context place='"host"'; timed seq 20 0 60; } >noisy
gate --uncalibrated --base native --head touch noisy
# Not checked against itself; checked on another machine; failed; passed, with a bias above the loss.
{ context place='"host"'; timed seq 20 20 2; } >t
calibration() {
	context place='"host"' "$2"
	echo '{"type":"calibration","tier":"time","passed":'"$1"',"runs":300,"repetitions":40,"bias":'"$3"'}'
}
gate --base native --head touch t
calibration true 'cpu="another CPU"' 0.001 >cache/calibration.jsonl
gate --base native --head touch t | grep seq
calibration false 'seed=1' 0.001 | sed 's/"seed":1,"seed":1/"seed":1/; s/,"seed":1}/}/' >>cache/calibration.jsonl
gate --base native --head touch t | grep seq
calibration true 'cpu="a CPU"' 0.001 >>cache/calibration.jsonl
gate --base native --head touch t | grep seq
calibration true 'cpu="a CPU"' 0.1 >>cache/calibration.jsonl
gate --base native --head touch t | grep seq
# Each place that was timed must have passed.
{
	context place='"host"'
	timed seq 20 0 2
	context
	timed seq 20 0 2 | sed 's/"place":"host"/"place":"vm:x86_64"/'
} >places
calibration true 'cpu="a CPU"' 0.001 >>cache/calibration.jsonl
gate --base native --head touch places
calibration true 'cpu="a CPU"' 0.001 | sed 's/"place":"host"/"place":"vm:x86_64"/' >>cache/calibration.jsonl
gate --base native --head touch places | head -n 1
echo broken >>cache/calibration.jsonl
gate --base native --head touch t | grep -A1 seq
# Two files: separate runs, and boots in pairs.
gate --uncalibrated t t
boots() {
	pair=1
	while [ $pair -le "$1" ]; do
		context place='"host"' "boot=\"b$2$pair\"" "started=\"2026-01-01T00:$((10 + pair)):0$2Z\""
		cost=$((100000 + $3 + 137 * (pair % 3)))
		cell seq native time 1 0 $cost,$cost
		[ -z "$4" ] || cell other native time 1 0 $cost,$cost
		pair=$((pair + 1))
	done
}
boots 7 1 0 >base
boots 7 2 2000 >head
gate --uncalibrated base head
gate --uncalibrated base base
boots 6 2 2000 >head
boots 6 1 0 >base
gate --uncalibrated base head
boots 9 1 0 x >base
boots 9 2 3000 x >head
gate --uncalibrated base head
gate --uncalibrated head base
# In numbers: what it would take.
"$FB" gate --uncalibrated --json --margin 0.3% --base native --head touch noisy | grep -E '"(n|needed|upper_pct)"'
