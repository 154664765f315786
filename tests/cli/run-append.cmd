[ -e /proc/self ] || { echo "/proc is not mounted"; exit 77; }
# A last line without its newline stays if it is whole, and goes if it is not.
go() {
	$FB run -w seq-64 -t tmpfs --layout extend -s native --rounds 1 --budget 1s --seed 1 -o r.jsonl 2>&1 |
		grep -v "not permitted to administer"
}
go
truncate -s -1 r.jsonl
go
grep -c '"type":"cell"' r.jsonl
truncate -s -9 r.jsonl
go
grep -c '"type":"cell"' r.jsonl
$FB compare --csv r.jsonl | cut -d, -f1-5
