# A verdict as a submission to KCIDB: tests of the head's run, each with its own id.
. "$(dirname "$0")/../lib/made.sh"
command -v jq >/dev/null || { echo "no jq"; exit 77; }
{ context; counted seq 3000 0; counted more 5000 0; } >base
{ context; counted seq 3064 0; counted more 5000 0; } >head
{ context; echo '{"type":"failure","workload":"seq","target":"ext4","layout":"overwrite","device":"brd","place":"vm:x86_64","strategy":"native","reason":"the guest <ended> & \"died\""}'; } >none
for sides in "base head" "head base" "base base" "none none"; do
	echo "== $sides"
	# shellcheck disable=SC2086 # two words
	"$FB" gate --kcidb $sides >said
	echo "exit $?"
	# From 1.7 on, jq prints 1000.0 as it is.
	jq -c '.tests[] | [.path, .status, .number.value, .misc]' said | sed 's/\.0,/,/'
	jq -r '([.tests[].id] | if unique == sort then empty else "ids that are not unique" end),
		(.builds[].id as $id | if all(.tests[]; .build_id == $id) then empty else "a test without its build" end)' said
done
