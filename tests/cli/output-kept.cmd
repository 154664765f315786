# What is not a result file is never written to; a result file is appended to.
echo notes > notes
$FB run -w seq-4k -t tmpfs -o notes
echo "$?: $(cat notes)"
mkdir dir
$FB run -w seq-4k -t tmpfs -o dir
echo $?
