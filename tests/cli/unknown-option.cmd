$FB workload --frob dd-1m
