$FB workload dd-1n
