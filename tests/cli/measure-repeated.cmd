command -v prlimit >/dev/null || { echo "no prlimit"; exit 77; }
# Where instructions count, an arm like the one before is not verified again: it fails with it.
for tier in time counts; do
	printf '%s\n' "faultbench-job 1" "workload w" "target t" "device none" "place host" "tier $tier" \
		"baseline null" "op write" "source resident" "layout extend" "block_size 4096" "file_size 65536" \
		"seed 1" "slot_calls 1" "rounds 1" "warmup_ns 0" "count 0" \
		"arm null" "arm native" "arm native#2" "run" |
		prlimit --fsize=100 "${FB}-measure" |
		sed -n 's/^{"type":"\([a-z]*\)".*"strategy":"\([^"]*\)".*/\1 \2/p'
done
