# One repetition with too few rounds for an interval, and one with enough: the keys
# of --json, which other programs rely on, and what tables say.
cells() {
	awk -v rounds="$1" -v workload="$2" '
	function cell(strategy, cost,	i, slots, order) {
		for (i = 0; i < 2 * rounds; i++) {
			slots = slots (i ? "," : "") 256 * (cost + i % 3)
			order = order (i ? "," : "") i
		}
		printf "{\"type\":\"cell\",\"workload\":\"%s\",\"target\":\"ext4\",\"layout\":\"extend\",\"device\":\"loop\",", workload
		printf "\"place\":\"host\",\"arch\":\"x86_64\",\"page_size\":4096,\"backend\":\"user\",\"source\":\"zero\","
		printf "\"block_size\":1048576,\"cold_fraction\":0,\"threads\":1,\"strategy\":\"%s\",\"baseline\":\"native\",", strategy
		printf "\"tier\":\"time\",\"unit\":\"ns\",\"seed\":7,\"steady\":true,\"verified\":true,"
		printf "\"writes_per_slot\":1,\"bytes_per_slot\":1048576,\"rounds\":%d,\"slots\":[%s],\"order\":[%s]}\n", rounds, slots, order
	}
	BEGIN {
		cell("native", 500)
		cell("touch:16", 600)
		cell("null", 50)
	}'
}
echo '{"type":"context","schema":1,"command":"faultbench run","seed":7,"place":"host","arch":"x86_64","page_size":4096,"kernel":"6.1.0","cpu":"made up","started":"2026-11-26T14:38:33Z"}' > r.jsonl
cells 9 dd-1m >> r.jsonl
$FB compare --json r.jsonl
$FB compare --csv r.jsonl
cells 4 few >> r.jsonl
$FB compare r.jsonl
$FB compare --markdown r.jsonl
$FB compare --mail r.jsonl | tail -n 3
