# Every outcome in the words of every reader: exit statuses, KTAP, JUnit, GitHub, b4 and JSON.
. "$(dirname "$0")/../lib/made.sh"
{ context; counted seq 3000 0; } >same
{ context; counted seq 3064 0; } >longer
{ context; counted seq 3001 20; } >coarse
{ context; counted seq 3000 0 verified=false; } >wrong
{ context; echo '{"type":"failure","workload":"seq","target":"ext4","layout":"overwrite","device":"brd","place":"vm:x86_64","strategy":"native","reason":"the guest <ended> & \"died\" # 100%"}'; } >none
for head in same longer coarse wrong none; do
	base=same
	[ $head != none ] || base=none
	echo "== $head"
	"$FB" gate $base $head
	for reader in plain ksft nipa bisect; do
		"$FB" gate --exit=$reader $base $head >/dev/null
		echo "$reader $?"
	done
	"$FB" gate --bisect $base $head >/dev/null
	echo "--bisect $?"
	for way in pass fail; do
		"$FB" gate --inconclusive=$way $base $head >/dev/null
		echo "--inconclusive=$way $?"
	done
	"$FB" gate --html $base $head
	"$FB" gate --ktap $base $head
	"$FB" gate --junit $base $head
	"$FB" gate --github $base $head
	"$FB" gate --b4 $base $head | grep -v details
	"$FB" gate --json $base $head | sed -n '/"outcome"/p; /"words"/,/}/p; /kcidb/p; /tmt/p; /lava/p; /"b4"/p'
done
