$FB workload cold-sweep
