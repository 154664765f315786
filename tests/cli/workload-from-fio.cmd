# What a fio job stands for, on standard output; what has no counterpart, on standard error.
cases=$(dirname "$FB")/tests/cases
$FB workload --from-fio $cases/two-threads.fio > w.ini; cat w.ini
$FB run -w ./w.ini -t tmpfs -s native --layout extend --seed 1 --dry-run > plan; sed "s/ up to.*//; /cannot:/d" plan
printf '[global]\nrw=randread ; comment\nsize=4ki\n[a]\nbs=2KB\n[global]\nbs=512\n[b]\nrw=write\nsync=1\nsize=1m\nbs = 64k\noverwrite=1\nfallocate=native\n' > two
$FB workload --from-fio two --section a
$FB workload --from-fio - --section b < two
# A twin stands for the workload that it was made of: it has the same twin again.
for w in seq-4k:extend seq-1m:overwrite seq-64:extend two-threads:extend two-threads-shared:overwrite read-1m-resident:overwrite; do
	name=${w%:*}
	$FB workload $name --fio --layout ${w#*:} | grep -v '^#' > one.fio
	$FB workload --from-fio one.fio > $name.ini 2> lost || cat lost
	grep -v '^faultbench: filename' lost
	$FB workload ./$name.ini --fio | grep -v '^#' | diff one.fio - || echo "$name differs"
done
