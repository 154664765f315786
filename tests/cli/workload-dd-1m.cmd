$FB workload dd-1m
