[ -e /proc/self ] || { echo "/proc is not mounted"; exit 77; }
command -v prlimit >/dev/null || { echo "no prlimit"; exit 77; }
# A limit is named, and never ends the program without a word.
go() {
	prlimit "$1" "$FB" run -w seq-64 --layout extend -t tmpfs -s native --rounds 2 --seed 1 "$2" r.jsonl 2>&1 |
		grep -v "not permitted to administer"
}
for limit in --fsize=100 --fsize=1000000 --nofile=12; do
	go $limit -o
	rm -f r.jsonl
done
for limit in --fsize=1000000 --nofile=12; do
	prlimit $limit "$FB" run -w seq-64 --layout extend -t tmpfs -s native --seed 1 --dry-run; echo "$?"
done
