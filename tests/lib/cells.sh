# shellcheck shell=sh
# Reads cells from result files. Tests source it.

# FILE KEY...: a line for each cell with the values of its keys, "-" for one that
# it does not have. Elements of an array have commas between them.
cells() {
	file=$1
	shift
	grep '"type":"cell"' "$file" | awk -v keys="$*" '
		BEGIN { n = split(keys, key, " ") }
		{
			for (i = 1; i <= n; i++) {
				value = "-"
				if (match($0, "\"" key[i] "\":(\\[[^]]*\\]|\"[^\"]*\"|[^,}]*)")) {
					value = substr($0, RSTART + length(key[i]) + 3, RLENGTH - length(key[i]) - 3)
					gsub(/[]["]/, "", value)
				}
				printf "%s%s", value, i < n ? " " : "\n"
			}
		}'
}

# Lower quartile, median and upper quartile of numbers, one a line.
quartiles() {
	sort -n | awk '{ v[NR] = $1 } END { if (NR) print v[int((NR + 3) / 4)], v[int((NR + 1) / 2)], v[int((3 * NR + 3) / 4)] }'
}

# FILE WORKLOAD TARGET STRATEGY: the quartiles of the cell's slots.
slot_quartiles() {
	cells "$1" workload target strategy slots | awk -v cell="$2 $3 $4" '$1 " " $2 " " $3 == cell { print $4 }' |
		tr , '\n' | quartiles
}

# FILE WORKLOAD TARGET A B: what B has more than A at each place, one a line.
place_differences() {
	cells "$1" workload target strategy slots | awk -v a="$2 $3 $4" -v b="$2 $3 $5" '
		$1 " " $2 " " $3 == a { n = split($4, from, ",") }
		$1 " " $2 " " $3 == b { m = split($4, to, ",") }
		END { for (i = 1; i <= n && n == m; i++) print to[i] - from[i] }'
}

# VERSION TREE: the tree is of that version or newer.
since() {
	printf '%s\n' "$1" "$2" | sort -VC
}
