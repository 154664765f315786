$FB workload seq-4k --fio
$FB workload seq-1m --fio --layout overwrite
$FB workload two-threads --fio
$FB workload two-threads-shared --fio
$FB workload read-1m-resident --fio
