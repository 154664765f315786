# Formats of other tools against their written grammar: Go's benchmark format, KCIDB's
# schema 5.3, LAVA's test shell, tmt's results.yaml.
command -v jq > /dev/null || { echo "no jq"; exit 77; }
cell() {
	echo '{"type":"cell","workload":"seq-4k","target":"ext4+-b=1024","layout":"extend","device":"/dev/ram0","place":"vm:arm64","arch":"aarch64","page_size":4096,"backend":"user","source":"resident","block_size":4096,"cold_fraction":0,"threads":1,"strategy":"'$1'","baseline":"native","tier":"time","unit":"ns","seed":7,"repetitions":8,"repetition":'$2',"steady":true,"verified":'$3',"writes_per_slot":2,"bytes_per_slot":8192,"rounds":1,"slots":['$4',3000],"order":[0,1]}'
}
{
	echo '{"type":"context","schema":1,"seed":7,"place":"vm:arm64","arch":"aarch64","page_size":4096,"kernel":"6.1.0","cpu":"x: y","started":"2026-11-26T14:38:33Z","config_hash":"abc"}'
	for repetition in 0 1; do
		cell native $repetition true 1000
		cell touch:16 $repetition false 1100
	done
	echo '{"type":"context","schema":1,"seed":8,"place":"host","arch":"Odd.1","page_size":4096,"kernel":"6.1.0"}'
	echo '{"type":"failure","workload":"seq-4k","target":"xfs","layout":"extend","device":"loop","place":"vm:arm64","strategy":"touch","repetition":0,"reason":"no \"xfs\" here"}'
} > r.jsonl
$FB compare --benchstat r.jsonl | tee go
$FB compare --lava r.jsonl | tee lava
$FB compare --tmt r.jsonl | tee tmt
$FB compare --kcidb r.jsonl > kcidb
echo "lines that are none of Go's format:"
grep -vE '^[a-z][^[:upper:][:blank:]]*:[[:blank:]].*$|^Unit [^ ]+( [a-z]+=[a-z]+)+$|^Benchmark[^[:lower:][:space:]][^[:space:]]*([[:space:]]+[0-9]+)([[:space:]]+[0-9.e+-]+ [^[:space:]]+)+$' go
echo "lines that are none of LAVA's:"
grep -vE '^lava-test-set (start [A-Za-z0-9._-]+|stop)$|^lava-test-case [A-Za-z0-9._-]+ --result (pass|fail|skip|unknown)( --measurement [0-9.e+-]+ --units [^ ]+)?$' lava
echo "lines that are none of tmt's:"
grep -vE '^- name: "/[^"]*"$|^  result: (pass|fail|info|warn|error|skip)$|^  note:$|^    - "([^"\\]|\\["\\])*"$' tmt
echo "what KCIDB's schema forbids:"
jq -r '
def id: test("^[a-z0-9_]+:.*$");
def only($keys): keys - $keys | map("unknown key " + .) | .[];
def needs($keys): $keys - keys | map("missing key " + .) | .[];
def common: (select(.id | id | not) | "id"), (select(.origin | test("^[a-z0-9_]+$") | not) | "origin"),
	(paths(type == "null") | "null at \(.)");
only(["version", "checkouts", "builds", "tests"]),
(select(.version != {major: 5, minor: 3}) | "version"),
(.checkouts[] | needs(["id", "origin"]), only(["id", "origin", "misc"]), common),
(.builds[] | needs(["id", "origin", "checkout_id"]), only(["id", "origin", "checkout_id", "architecture", "misc"]), common,
	(select(.checkout_id | id | not) | "checkout_id"), (select(.architecture | test("^[a-z0-9_]*$") | not) | "architecture")),
(.tests[] | needs(["id", "origin", "build_id"]), only(["id", "origin", "build_id", "path", "status", "number", "misc"]), common,
	(select(.path | test("^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*$") | not) | "path \(.path)"),
	(select(.status | IN("FAIL", "ERROR", "MISS", "PASS", "DONE", "SKIP") | not) | "status"),
	(.number // {value: 0} | needs(["value"]), only(["value", "unit"]), (select(.value | type != "number") | "value"))),
([.checkouts, .builds, .tests | map(.id) | length - (unique | length)] | select(add > 0) | "ids that are not unique")
' kcidb
# From 1.7 on, jq prints 1000.0 as it is.
jq -c '.tests[] | [.path, .status, .number.value]' kcidb | sed 's/\.0]$/]/'
# A machine that does not name its CPU has not that of the one before.
{ cat r.jsonl; cell native 0 true 1000 | sed 's/vm:arm64/host/; s/aarch64/Odd.1/'; } > two.jsonl
$FB compare --benchstat two.jsonl | grep '^cpu'
