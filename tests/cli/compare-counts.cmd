# Counts: arms that repeat the baseline give the resolution and have no row; one group is
# exact. Short copies are told below the table, and targets that fault in by themselves.
counts() {
	awk '
	function cell(target, strategy, cost, short, exceptions,	i, slots, order) {
		for (i = 0; i < 4; i++) {
			slots = slots (i ? "," : "") 200 * cost
			order = order (i ? "," : "") i
		}
		printf "{\"type\":\"cell\",\"workload\":\"cold\",\"target\":\"%s\",\"layout\":\"extend\",\"device\":\"brd\",", target
		printf "\"place\":\"vm:arm64\",\"arch\":\"aarch64\",\"page_size\":4096,\"backend\":\"kernel\",\"source\":\"anon-cold\","
		printf "\"block_size\":4096,\"cold_fraction\":0.5,\"threads\":2,\"strategy\":\"%s\",\"baseline\":\"pre\",", strategy
		printf "\"tier\":\"counts\",\"unit\":\"instructions\",\"seed\":7,\"steady\":true,\"verified\":true,"
		printf "\"writes_per_slot\":200,\"bytes_per_slot\":819200,\"rounds\":2,\"slots\":[%s],\"order\":[%s],", slots, order
		printf "\"counts\":{\"pages\":200,\"minor_faults\":100,\"major_faults\":0,\"short_copies\":%d,\"retries\":%d,\"copy_exceptions\":%d}}\n", short, short, exceptions
	}
	BEGIN {
		printf "{\"type\":\"context\",\"schema\":1,\"seed\":7,\"place\":\"vm:arm64\",\"arch\":\"aarch64\",\"page_size\":4096,\"kernel\":\"6.1.0\"}\n"
		for (t = 0; t < 2; t++) {
			target = t ? "gfs2" : "ext4"
			for (arm = 1; arm <= 8; arm++)
				cell(target, "pre" (arm > 1 ? "#" arm : ""), 3000 + t * (arm == 8), 0, 0)
			cell(target, "post", 3100, 100, 100)
			cell(target, "gup", 3200.5, 50, t ? 50 : 100)
			cell(target, "null", 3, 0, 0)
		}
	}'
}
counts > r.jsonl
$FB compare r.jsonl
$FB compare --csv r.jsonl | grep -e workload -e gup -e '#2' | cut -d, -f 2,13,20-25,35-37
