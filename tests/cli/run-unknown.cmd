for o in "-w seq-4n" "-w seq-4k -s toch" "-w seq-4k -s touch:3" "-w seq-4k -s pre,touch" "-w seq-4k --on vm:x86_64,deadline=1h" "-w seq-4k --on vm:x86_64,accel=tcg" "-w seq-4k --on vm:x86_64,tree=" "-w seq-4k -t ext5" "-w seq-4k --on mars" "-w seq-4k --device floppy" "-w seq-4k --layout sideways" "-w seq-4k -t tmpfs --baseline gup" "-w seq-4k --budget soon" "-w seq-4k --budget 0x10" "-w seq-4k --device-size 1e3" "-w seq-4k --seed -1" "-w seq-4k,,dd-1m" "frob"; do
	$FB run $o
	echo "$o: $?"
done
# Longer than a path may be.
$FB run -w seq-4k --on "vm:x86_64,tree=$(printf %05000d 0)"
echo "tree=0...: $?"
