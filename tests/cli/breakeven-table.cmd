# Counts from two machines, side by side. On x86_64 post costs 30 less than pre
# and 1500 more a cold page: even at 2 %; gup bends; first pays always. On arm64
# post is even at 6 %, and gup was not measured.
sweep() {
	awk -v place="$1" -v arch="$2" -v cold="$3" '
	function cell(f, strategy, cost,	i, slots, order) {
		for (i = 0; i < 4; i++) {
			slots = slots (i ? "," : "") 200 * cost
			order = order (i ? "," : "") i
		}
		printf "{\"type\":\"cell\",\"workload\":\"sweep@%s\",\"target\":\"ext4\",\"layout\":\"extend\",\"device\":\"brd\",", f
		printf "\"place\":\"%s\",\"arch\":\"%s\",\"page_size\":4096,\"backend\":\"kernel\",\"source\":\"anon-cold\",", place, arch
		printf "\"block_size\":4096,\"cold_fraction\":%s,\"threads\":1,\"strategy\":\"%s\",\"baseline\":\"pre\",", f, strategy
		printf "\"tier\":\"counts\",\"unit\":\"instructions\",\"seed\":7,\"steady\":true,\"verified\":true,"
		printf "\"writes_per_slot\":200,\"bytes_per_slot\":819200,\"rounds\":2,\"slots\":[%s],\"order\":[%s]}\n", slots, order
	}
	BEGIN {
		printf "{\"type\":\"context\",\"schema\":1,\"command\":\"faultbench run --on %s\",\"seed\":7,\"place\":\"%s\",", place, place
		printf "\"arch\":\"%s\",\"page_size\":4096,\"kernel\":\"6.1.0\",\"cpu\":\"made `up`\"}\n", arch
		n = split("0 0.01 0.05 0.5 1", share, " ")
		for (i = 1; i <= n; i++) {
			f = share[i]
			for (arm = 1; arm <= 8; arm++)
				cell(f, "pre" (arm > 1 ? "#" arm : ""), 3000 + 800 * f + (arm == 8 ? 3 : 0))
			cell(f, "post", 3000 + 800 * f - 30 + cold * f)
			cell(f, "first", 3000 + 800 * f - 15)
			cell(f, "null", 3)
			if (arch == "x86_64")
				cell(f, "gup", 3000 + 800 * f - 30 + (f > 0.4 ? 2000 * (1 - f) : 400 * f))
		}
	}'
}
sweep vm:x86_64 x86_64 1500 > x86.jsonl
sweep vm:arm64 aarch64 500 > arm64.jsonl
$FB breakeven x86.jsonl arm64.jsonl
echo $?
$FB breakeven --markdown x86.jsonl arm64.jsonl
echo $?
# Three columns do not fit into 72: the third comes below. A repeat comes behind.
sed -e s/vm:arm64/vm:arm64-mte/ arm64.jsonl > mte.jsonl
$FB breakeven x86.jsonl arm64.jsonl mte.jsonl x86.jsonl | sed -n "/^sweep/,/^Machine/p"
# Where pages differ in size, machines say theirs; wrong data and unverified are apart.
# Another target, which faults in by itself.
sed -e 's/"page_size":4096/"page_size":16384/' -e '/"sweep@1".*"strategy":"post"/s/"verified":true/"verified":false/' \
	-e 's/"target":"ext4"/"target":"gfs2"/' -e '/"sweep@0.5".*"first"/s/"verified":true/"verified":null/' arm64.jsonl > 16k.jsonl
$FB breakeven x86.jsonl 16k.jsonl | sed -n "/^sweep/,\$p"
grep -v pre arm64.jsonl | head -n 1 > few.jsonl
grep -e '"pre' -e '"first"' arm64.jsonl | grep -e '"sweep@0"' -e '"sweep@1"' >> few.jsonl
$FB breakeven --json few.jsonl
$FB breakeven few.jsonl > /dev/full
echo $?
