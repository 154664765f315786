$FB workload
