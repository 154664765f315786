try() {
	printf "$1" > job
	$FB workload --from-fio job $2; echo "$?"
}
$FB workload --from-fio no-such; echo "$?"
mkdir d; $FB workload --from-fio d; echo "$?"
try ''
try 'rw=write\n'
try '[global]\nrw=write\nsize=1m\n'
try '[a]\nrw=write\nsize=1m\n[b]\nrw=read\n'
try '[a]\nrw=write\nsize=1m\n' '--section b'
try '[a\nrw=write\n'
try '[a]\nrw=write\n'
try '[a]\nrw=randrw\nsize=1m\n'
try '[a]\nrw=write\nsize=10%%\n'
try '[a]\nrw=write\nsize=99999999999999999999\n'
try '[a]\nrw=write\nsize=1t\nnumjobs=9999999\noffset_increment=1t\n'
try '[a]\nrw=write\nsize=1m\nbs=4k,8k\n'
try '[a]\nrw=write\nsize=1m\nbs=\n'
try '[a]\nrw=write\nsize=1m\nbs=2m\n'
try '[a]\nrw=write\nsize=1m\nnumjobs=1000\n'
try '[a]\nrw=write\nsize=1m\nbs=512\ndirect\n'
try '[a]\nkb_base=1000\nrw=write\nsize=1m\n'
try '[a]\ninclude other.fio\n'
try '[\033[31m]\nrw=write\nsize=1m\n\033=\033\n'
try "[$(printf '%0100d' 0)]\nrw=write\nsize=1m\n"
try "[a]\nrw=$(printf '%05000d' 0)\n"
head -c 8192 /dev/zero > job; $FB workload --from-fio job; echo "$?"
$FB workload --from-fio - < /dev/zero; echo "$?"
