$FB workload seq-4k --fio
$FB workload seq-1m --fio --layout overwrite
$FB workload two-threads --fio
$FB workload two-threads-shared --fio
$FB workload read-1m-resident --fio
# The command in the comment works for a file, and a name cannot end the comment.
$FB workload seq-4k > mine.ini
mkdir "a
b"
cp mine.ini "a
b"
$FB workload ./mine.ini --fio | sed -n 2p
$FB workload "./a
b/mine.ini" --fio | sed -n 2p
