for w in seq-4k anon-cold-4k read-1m-resident self-4k two-threads; do
	$FB workload $w --dd
	echo "$w: $?"
done
