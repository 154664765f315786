# A closed output is an error, and nothing that is opened later takes its place.
$FB list targets >&-
echo $?
$FB run -w seq-4k -t tmpfs -s native -o - >&-
echo $?
$FB run -w seq-4k -t tmpfs -s native --layout extend --rounds 1 -o r.jsonl <&- >&- 2>&-
echo $?
$FB compare --csv r.jsonl | wc -l
