# What it shows is a workload file that shows the same.
for w in cold-sweep two-threads-shared read-1m-mapped dio-write-mmap writev-small; do
	$FB workload $w > $w.ini && test -s $w.ini || echo "$w shows nothing"
	$FB workload ./$w.ini | diff $w.ini - || echo "$w differs"
done
