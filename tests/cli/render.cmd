# Panels of like range share a scale; one of a hundredth of it has its own. Of the
# picture: its title, and no numbers of curves, which a pointer would show.
command -v gnuplot > /dev/null || { echo "no gnuplot"; exit 77; }
cells() {
	awk -v workload="$1" -v device="$2" -v repetitions="$3" -v cost="$4" '
	function cell(strategy, cost,	i, slots, order) {
		for (i = 0; i < 18; i++) {
			slots = slots (i ? "," : "") 256 * cost
			order = order (i ? "," : "") i
		}
		printf "{\"type\":\"cell\",\"workload\":\"%s\",\"target\":\"ext4\",\"layout\":\"extend\",\"device\":\"%s\",", workload, device
		printf "\"place\":\"host\",\"arch\":\"x86_64\",\"page_size\":4096,\"backend\":\"user\",\"source\":\"zero\","
		printf "\"block_size\":1048576,\"cold_fraction\":0,\"threads\":1,\"strategy\":\"%s\",\"baseline\":\"native\",", strategy
		printf "\"tier\":\"time\",\"unit\":\"ns\",\"seed\":7,\"repetitions\":%d,\"repetition\":%d,\"steady\":true,\"verified\":true,", repetitions, s
		printf "\"writes_per_slot\":1,\"bytes_per_slot\":1048576,\"rounds\":9,\"slots\":[%s],\"order\":[%s]}\n", slots, order
	}
	BEGIN {
		for (s = 0; s < repetitions; s++) {
			cell("native", 1000)
			cell("touch", cost)
			cell("null", 10)
		}
	}'
}
{
	echo '{"type":"context","schema":1,"command":"faultbench run","seed":7,"place":"host","arch":"x86_64","page_size":4096,"kernel":"6.1.0","cpu":"`made` '\''up'\''","started":"2026-11-26T14:38:33Z"}'
	cells slow loop 8 2000
	cells fast loop 8 500
	cells close none 1 1005
	cells same loop 1 1000
} > r.jsonl
FAULTBENCH=$FB "$(dirname "$0")/../../plots/render" folder r.jsonl
sed '/SPDX/,$d' folder/penalty.gp
cut -f 1-3,6- folder/penalty.dat
ls folder
grep -o '<title>[Tp].*</title>' folder/penalty.svg
