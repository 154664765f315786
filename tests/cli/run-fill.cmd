[ -e /proc/self ] || { echo "/proc is not mounted"; exit 77; }
# How an overwritten file was filled is part of a cell: two runs that differ in it are two cells.
cases=$(dirname "$FB")/tests/cases
cp "$cases/small-over-1k.ini" large.ini
{ cat large.ini; echo "fill_size = 4K"; } > small.ini
[ -w /dev/shm ] || { echo "/dev/shm is not writable here"; exit 77; }
$FB run -w ./large.ini,./small.ini,seq-64 -t tmpfs -s native --rounds 2 --budget 1s --seed 1 -o r.jsonl 2>said || cat said
grep -o '"workload":"[^"]*"\|"layout":"[^"]*"\|"fill_size":[0-9]*' r.jsonl | paste - - - | sort
$FB compare --markdown r.jsonl | grep -o 'file filled in [^,]*'
# The same name and seed: still not the same cell.
sed 's/"workload":"[ls][ma][^"]*"/"workload":"w"/; s/"seed":[0-9]*/"seed":1/' r.jsonl | grep -v '"workload":"seq-64"' > same.jsonl
$FB compare --csv same.jsonl | wc -l
sed 's/"fill_size":4096/"fill_size":1048576/' same.jsonl > twice.jsonl
$FB compare --csv twice.jsonl
