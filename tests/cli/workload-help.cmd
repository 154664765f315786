$FB workload --help
