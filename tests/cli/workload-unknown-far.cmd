$FB workload zzzzzz
