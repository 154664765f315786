$FB workload ./no-such.ini
