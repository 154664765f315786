$FB workload dd-1m --dd
