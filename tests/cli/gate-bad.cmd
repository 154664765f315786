# What the gate does not compare, and what it says.
. "$(dirname "$0")/../lib/made.sh"
gate() {
	"$FB" gate "$@" 2>&1 | grep -v -e '^plan' -e '^repeat' -e '^power'
}
status() {
	"$FB" gate "$@" >/dev/null 2>&1
	echo "exit $?"
}
{ context; counted seq 3000 0; } >good
gate; status
gate good; status good
gate good good good
gate --base native good
gate --base native --head touch good good
gate --base native --head 'a b' good
gate --base native --head no-such
gate --margin 0 good good
gate --margin 1x good good
gate --margin 100% good good
gate --margin inf good good
gate --margin 0x10i good good
gate --exit=me good good
gate --inconclusive=maybe good good
gate --ktap --junit good good
gate --accept=memory good good
gate --accept=cpu,, good good
for option in --on=host --workload=a --target=ext4 --layout=extend --cpu=1 --device=zram --budget=5s --rounds=3 --seed=1 \
	--pairs=3 --tree=. --dry-run; do
	gate $option good good
done
gate --base good,good --head good,good
# Not comparable: each field of the context, and of the cell.
for field in 'cpu="another"' 'emulator="QEMU 1"' 'mitigations="none"' 'cmdline="a b"' 'config_hash="1"' 'cpus=3'; do
	{ context "$field"; counted seq 3000 0; } >other
	gate good other
done
status good other
gate --accept cpus good other | head -n 1
{ context 'cmdline="BOOT_IMAGE=a root=b quiet"'; counted seq 3000 0; } >one
{ context 'cmdline="BOOT_IMAGE=c root=d quiet"'; counted seq 3000 0; } >two
gate one two | head -n 1
{ context 'cmdline="initrd=a initrd=b nfsroot=c root=d quiet"'; counted seq 3000 0; } >one
{ context 'cmdline="initrd=e initrd=f nfsroot=c root=g quiet"'; counted seq 3000 0; } >two
gate one two | head -n 1
{ context; counted seq 3000 0 block=8192; } >other
gate good other
{ context; counted seq 3000 0 fill_size=4096; } >small
{ context; counted seq 3000 0 fill_size=1048576; } >other
gate small other
{ context place='"vm:arm64"'; counted seq 3000 0 place=vm:arm64; } >other
gate good other
sed '1s/"page_size":4096/"page_size":65536/' good >other
gate good other
# Mixed: two kernels on one side.
{ context; counted seq 3000 0; context 'kernel="6.2.0"'; counted seq 3000 0; } >other
gate good other
# Missing on a side, with its reason; on both; nothing at all.
failure='{"type":"failure","workload":"seq","target":"ext4","layout":"overwrite","device":"brd","place":"vm:x86_64","strategy":"native","reason":"WARNING in the kernel log"}'
{ context; counted other 3000 0; echo "$failure"; } >other
gate good other; status good other
{ context; counted other 3000 0; } >more
{ context; counted other 3000 0; echo "$failure"; } >both
gate both both
status both both
{ context; } >empty
gate empty empty; status empty empty
gate good empty; status good empty
: >nothing
gate nothing good; status nothing good
{ context; counted seq 3000 0; } | sed 's/"schema":1/"schema":9/' >schema
gate good schema; status good schema
# One round, all samples equal: judged. Zero, negative and infinite times are refused.
{ context place='"host"'; timed seq 20 0 0; } >t
gate --uncalibrated --base native --head touch t
for slots in 0,0 -1,-1 1e999,1 '"x",1'; do
	{ context place='"host"'; cell seq native time 1 0 "$slots"; } >t
	status --uncalibrated --base native --head touch t
done
# Notes and an unsteady warm-up are named.
{ context; counted seq 3000 0 steady=false 'notes=["write-back ran"]'; } >noted
gate good noted
# A wrong option has the status of an error, as its reader expects.
for exit in '' --exit=ksft '--exit nipa' --exit=bisect --bisect; do
	for wrong in --frobnicate --seed=x --margin=x '--on mars' nothing; do
		$FB gate $exit $wrong good good >/dev/null 2>&1
		printf '%s ' $?
	done
	echo "$exit"
done
