[ -e /proc/self ] || { echo "/proc is not mounted"; exit 77; }
[ -w /dev/shm ] || { echo "/dev/shm is not writable here"; exit 77; }
command -v script >/dev/null || { echo "no script, of bsdutils"; exit 77; }
[ -e /dev/ptmx ] || { echo "no pseudo-terminals"; exit 77; }
# The progress line fits a narrow terminal, and a dumb terminal gets none.
run="$FB run -w read-4k-resident -t tmpfs -s native --rounds 2 --budget 1s --seed 1 -o r.jsonl"
TERM=xterm script -qec "stty cols 40; $run" /dev/null | tr '\r' '\n' | tr -d '\033' | grep '^\[.*\[K' |
	awk '{ sub(/\[K/, ""); widest = length > widest ? length : widest } END { print widest }'
TERM=dumb script -qec "$run" /dev/null | grep -ac '\[K'
: # grep finds none
