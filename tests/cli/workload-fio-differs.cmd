for w in dd-1m anon-cold-4k mmap-cached-1m writev-small straddle huge-1m; do
	$FB workload $w --fio
	echo "$w: $?"
done
