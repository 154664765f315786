$FB workload seq-4k --layout fresh
$FB workload seq-4k --fio --layout fresh
