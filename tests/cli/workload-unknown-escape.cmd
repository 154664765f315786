$FB workload "$(printf 'x\033[31m')"
