# Two runs of the same cells on machines with pages of different sizes: per page is
# not the same. In the second one the data were wrong in one cell, not compared in another.
run() {
	awk -v arch="$1" -v page="$2" -v touch="$3" -v populate="$4" '
	function cell(strategy, cost, verified,	i, slots, order) {
		for (i = 0; i < 18; i++) {
			slots = slots (i ? "," : "") 256 * (cost + i % 3)
			order = order (i ? "," : "") i
		}
		printf "{\"type\":\"cell\",\"workload\":\"dd-1m\",\"target\":\"ext4\",\"layout\":\"extend\",\"device\":\"loop\","
		printf "\"place\":\"host\",\"arch\":\"%s\",\"page_size\":%d,\"backend\":\"user\",\"source\":\"zero\",", arch, page
		printf "\"block_size\":1048576,\"cold_fraction\":0,\"threads\":1,\"strategy\":\"%s\",\"baseline\":\"native\",", strategy
		printf "\"tier\":\"time\",\"unit\":\"ns\",\"seed\":7,\"steady\":true,\"verified\":%s,", verified
		printf "\"writes_per_slot\":1,\"bytes_per_slot\":1048576,\"rounds\":9,\"slots\":[%s],\"order\":[%s]}\n", slots, order
	}
	BEGIN {
		# What a guest measured is in its cells, not in the context.
		printf "{\"type\":\"context\",\"schema\":1,\"seed\":7,\"place\":\"host\",\"arch\":\"%s\",\"page_size\":4096,", arch
		printf "\"kernel\":\"6.1.0-%s\"}\n", arch
		cell("native", 500, "true")
		cell("touch", 600, touch)
		cell("populate", 600, populate)
		cell("null", 50, "false")
	}'
}
run x86_64 4096 true true > 4k
run aarch64 16384 false null > 16k
$FB compare 4k 16k
$FB compare --markdown 4k 16k | grep -e pages -e '^- '
$FB compare 16k | grep -c "16 KiB pages"
$FB compare --json 4k 16k | grep -E '"(run|number|file|kernel|page_size|strategy|verified|cost)"'
$FB compare --csv 4k 16k | awk -F, -v keys=page_size,strategy,run,kernel,verified '
	BEGIN { n = split(keys, key) }
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
	{ for (i = 1; i <= n; i++) printf "%s%s", $at[key[i]], i < n ? "," : "\n" }'
