$FB breakeven; echo "$?"
$FB breakeven no-such.jsonl; echo "$?"
$FB breakeven --json --markdown x; echo "$?"
$FB breakeven --baseline "a b" x; echo "$?"
printf '{"type":"context","schema":1,"seed":7,"place":"host","arch":"x86_64","page_size":4096,"kernel":"6.1.0"}\n' > none
$FB breakeven none; echo "$?"
cell='{"type":"cell","workload":"w@%s","target":"tmpfs","layout":"extend","device":"none","place":"host","arch":"x86_64","page_size":4096,"backend":"user","source":"anon-cold","block_size":4096,"cold_fraction":%s,"threads":1,"strategy":"native","baseline":"native","tier":"time","unit":"ns","seed":7,"steady":true,"verified":true,"writes_per_slot":1,"bytes_per_slot":4096,"rounds":1,"slots":[1,1],"order":[0,1]}\n'
cp none one; printf "$cell" 0 0 >> one
$FB breakeven one none; echo "$?"
cp one alone; printf "$cell" 1 1 >> alone
$FB breakeven alone; echo "$?"
$FB breakeven -b pre alone; echo "$?"
$FB breakeven -b touch - < one; echo "$?"
