[ -e /proc/self ] || { echo "/proc is not mounted"; exit 77; }
[ -w /dev/shm ] || { echo "/dev/shm is not writable here"; exit 77; }
command -v script >/dev/null || { echo "no script, of bsdutils"; exit 77; }
# The progress line fits a narrow terminal, and a dumb terminal gets none.
run="$FB run -w seq-64,seq-512 --layout extend -t tmpfs -s native --rounds 2 --seed 1 -o r.jsonl"
TERM=xterm script -qec "stty cols 40; $run" /dev/null | tr '\r' '\n' | grep -a 'left.*\|^\[' | tr -d '\033' |
	awk '{ sub(/\[K/, "") } length > 39 { print "too long: " $0 } /^\[1\/2\] seq-64 tmpfs extend/ { n++ } END { print n > 0 }'
TERM=dumb script -qec "$run" /dev/null | grep -ac '\['
