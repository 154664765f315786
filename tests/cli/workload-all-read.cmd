# Every workload of the tree loads.
for w in "$(dirname "$FB")"/workloads/*.ini; do
	$FB workload "$w" | grep -q '^\[workload\]' || echo "$w"
done
