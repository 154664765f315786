unshare -Urm true 2>/dev/null || { echo "user namespaces are not permitted here"; exit 77; }
taskset -c 0,1 true 2>/dev/null && [ "$(taskset -c 0,1 nproc)" = 2 ] || { echo "needs CPUs 0 and 1"; exit 77; }
# An x86 CPU of two kinds, then an arm64 one, then a choice of CPUs of one kind.
unshare -Urm sh -c 'mount -t tmpfs none /sys/devices && cd /sys/devices && mkdir cpu_core cpu_atom &&
	echo 0 >cpu_core/cpus && echo 1-3 >cpu_atom/cpus && exec taskset -c 0,1 "$FB" doctor cpus'
unshare -Urm sh -c 'mount -t tmpfs none /sys/devices && cd /sys/devices &&
	for cpu in 0 1; do
		dir=system/cpu/cpu$cpu
		mkdir -p $dir/regs/identification
		echo $((512 + 512 * cpu)) >$dir/cpu_capacity
		echo 0x00000000410fd0${cpu}3 >$dir/regs/identification/midr_el1
	done
	taskset -c 0,1 "$FB" doctor cpus
	taskset -c 1 "$FB" doctor cpus'
# A run says which CPU it measured on, and of which kind.
unshare -Urm sh -c 'mount -t tmpfs none /sys/devices && cd /sys/devices && mkdir cpu_core cpu_atom &&
	echo 0 >cpu_core/cpus && echo 1-3 >cpu_atom/cpus && cd - >/dev/null &&
	for cpu in 0 1 0-1; do
		"$FB" run -w seq-4k,two-threads --layout extend -t tmpfs -s native --rounds 2 --cpu $cpu -o $cpu.jsonl 2>said
		grep -o "\"pinned\":[^,]*,\"cpu_kind\":[^,]*" $cpu.jsonl
		sed -n "s/.*two-threads.*reason\":/two threads: /p" $cpu.jsonl
		"$FB" compare --markdown $cpu.jsonl | grep -o " on CPU[^)]*)"
	done'
$FB run -w seq-4k --cpu 1- ; echo "$?"
$FB run -w seq-4k --cpu 1-0 ; echo "$?"
$FB run -w seq-4k --cpu 99999999999 ; echo "$?"
$FB run -w seq-4k --cpu 0,1x ; echo "$?"
taskset -c 0 $FB run -w seq-4k --cpu 1 ; echo "$?"
taskset -c 0,1 $FB calibrate --cpu 0 --cpu 1 -w two-threads --dry-run --repetitions 1 --seed 1; echo "$?"
taskset -c 0,1 $FB calibrate --cpu 0 -w two-threads --dry-run --repetitions 1 --seed 1; echo "$?"
# The measuring process has these CPUs, and no other.
cp "$FB" . && ln -s "$(dirname "$FB")/workloads" .
printf '%s\n' '#!/bin/sh' "taskset -cp \$\$ | sed 's/.*list/list/' >&2" > faultbench-measure
chmod +x faultbench-measure
for cpu in 0 1 0-1; do
	./faultbench run -w seq-4k --layout extend -t tmpfs -s native --rounds 2 --cpu $cpu -o $cpu.jsonl 2>&1 | grep '^list'
done
