# What a dd command stands for, and back: the twin of it is the command again.
$FB workload --from-dd 'dd if=/dev/zero of=x bs=64k count=1000'
$FB workload --from-dd 'if=/dev/urandom of=/mnt/x bs=8x512 count=1MB oflag=direct,append conv=notrunc,fsync'
$FB workload --from-dd 'dd if=/mnt/x of=/dev/null bs=1M count=64 iflag=fullblock status=none'
# A count that ends in B is of bytes.
for count in 16 64KiB 8x8192B "65536 iflag=count_bytes"; do
	$FB workload --from-dd "dd if=/dev/zero of=x bs=4k count=$count" 2>/dev/null | grep file_size
done
for flags in "" " oflag=direct" " oflag=dsync" " conv=notrunc" " conv=notrunc oflag=direct oflag=dsync"; do
	command="dd if=/dev/zero of=\"\$FILE\" bs=65536 count=16$flags"
	$FB workload --from-dd "$command" > w.ini 2> lost || cat lost
	$FB workload ./w.ini --dd | grep -v '^#' | { read -r again; [ "$again" = "$command" ] || echo "$again"; }
done
for w in dd-1m dd-4k; do
	$FB workload $w --dd > command
	$FB workload --from-dd "$(cat command)" > $w.ini 2> lost
	$FB workload ./$w.ini --dd | sed "s|\./$w.ini|$w|" | diff command -
done
