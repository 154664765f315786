command -v prlimit >/dev/null || { echo "no prlimit"; exit 77; }
prlimit --nofile=12 "$FB" doctor limits
