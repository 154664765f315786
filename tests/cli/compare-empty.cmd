# A run without a cell is said once on standard error, and is no error: of a file
# with a context alone, and of one with failures. A file in which some run has cells is not empty.
context='{"type":"context","schema":1,"seed":7,"place":"host","arch":"x86_64","page_size":4096,"kernel":"6.1.0"}'
failure='{"type":"failure","workload":"dd-1m","target":"btrfs","layout":"extend","device":"loop","place":"host","strategy":"%s","repetition":%d,"reason":"no mkfs.btrfs"}\n'
cell='{"type":"cell","workload":"w","target":"tmpfs","layout":"extend","device":"none","place":"host","arch":"x86_64","page_size":4096,"backend":"user","source":"zero","block_size":4096,"cold_fraction":0,"threads":1,"strategy":"native","baseline":"native","tier":"time","unit":"ns","seed":7,"steady":true,"verified":true,"writes_per_slot":1,"bytes_per_slot":4096,"rounds":1,"slots":[1,1],"order":[0,1]}'
echo "$context" > empty
for format in "" --json --csv --markdown --mail; do
	$FB compare $format empty; echo "$?"
done
{ echo "$context"; printf "$failure" native 0 touch 0 native 2; } > failed
$FB compare failed; echo "$?"
$FB compare --json failed | sed -n '/"failures"/,/^  ]/p'
{ echo "$context"; echo "$cell"; echo "$context"; } > second
$FB compare second > /dev/null; echo "$?"
$FB compare empty second failed | sed -n "/^Not measured/,/^\$/p"
