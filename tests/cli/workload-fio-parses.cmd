command -v fio > /dev/null || { echo "no fio: apt install fio"; exit 77; }
for w in seq-1 seq-4k seq-1m two-threads two-threads-shared read-1m-resident; do
	$FB workload $w --fio > $w.fio
	grep -q ^rw= $w.fio || echo "$w: no job"
	FILE=$PWD/x fio --parse-only $w.fio || echo "$w: fio does not take it"
done
