$FB workload dd-1m dd-4k
