$FB workload --fio --dd seq-4k
