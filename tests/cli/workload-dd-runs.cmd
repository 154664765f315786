# The size that dd leaves is the size of the workload's file.
$FB workload dd-4k > w.ini
sed -e "s/^file_size.*/file_size = 1M/" -e "s/^layout.*/layout = extend overwrite/" w.ini > small.ini
for layout in extend overwrite; do
	$FB workload ./small.ini --dd --layout $layout > cmd && FILE=$PWD/x sh ./cmd 2> /dev/null
	stat -c %s x
	grep '^# dd' cmd
done
