try() {
	$FB workload --from-dd "$1"; echo "$?"
}
try ''
try dd
try 'dd if=/dev/zero of=x bs=64k'
try 'dd if=/dev/zero bs=64k count=1'
try 'dd if=/dev/zero of=x bs=64q count=1'
try 'dd if=/dev/zero of=x bs= count=1'
try 'dd if=/dev/zero of=x bs=-1 count=1'
try 'dd if=/dev/zero of=x bs=4k count=0'
try 'dd if=/dev/zero of=x bs=9999999x9999999x9999999 count=1'
try 'dd if=/dev/zero of=x bs=1G count=99999999999'
try 'dd if=/dev/zero of=x bs=512 count=8 oflag=direct'
try 'dd if=/dev/zero of=x count=1 now'
try "$(printf 'dd of=x bs=4k count=1 \033[31m=1')"
$FB workload --from-dd 'dd of=x count=1' dd-1m; echo "$?"
$FB workload --from-dd 'dd of=x count=1' --fio; echo "$?"
$FB workload --from-dd 'dd of=x count=1' --from-fio job; echo "$?"
$FB workload --section w dd-1m; echo "$?"
