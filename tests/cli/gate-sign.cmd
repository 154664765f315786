# Positive is worse, both ways, in text and in JSON, of counts and of time.
. "$(dirname "$0")/../lib/made.sh"
{ context; counted seq 3000 0; } >short
{ context; counted seq 3064 0; } >long
{ context place='"host"'; timed seq 20 30 2; } >time
signs() {
	"$FB" gate --uncalibrated "$@" | sed -n '1p; /^seq/p'
	"$FB" gate --uncalibrated --json "$@" | grep -E '"(outcome|base|head|delta_per_page|penalty_pct)": [-0-9"]'
}
signs short long
signs long short
signs --base native --head touch time
signs --base touch --head native time
# The median of the throughputs shows it, too: 3 % more time are 2.9 % of the throughput.
"$FB" gate --uncalibrated --base native --head touch time
"$FB" gate --mail --margin 5% --uncalibrated --base native --head touch time
