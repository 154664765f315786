# Free text of somebody else's file: it must not become a formula, a tag, a link, a
# column, a quote or an escape sequence in any format.
text='=1+1|`<b>` \"q\" \\ *x* [l](u) https://u '\''\u001b[31m\nnext\u00e9'
slots='1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1' order='0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17'
cat > r.jsonl <<EOF
{"type":"context","schema":1,"seed":7,"place":"host","arch":"x86_64","page_size":4096,"kernel":"$text","cpu":"@c","started":"-2+3","command":"\tc $text","governor":"+$text"}
{"type":"cell","workload":"@w","target":"tmpfs","layout":"+l","device":"none","place":"host","arch":"x86_64","page_size":4096,"backend":"user","source":"-s","block_size":4096,"cold_fraction":0,"threads":1,"strategy":"native","baseline":"native","tier":"time","unit":"ns","seed":7,"steady":true,"verified":true,"writes_per_slot":1,"bytes_per_slot":4096,"rounds":9,"slots":[$slots],"order":[$order],"notes":["- $text"]}
{"type":"failure","workload":"@w","target":"tmpfs","layout":"+l","device":"none","place":"host","strategy":"touch","repetition":0,"reason":"$text"}
EOF
for format in "" --mail --markdown --html --csv --json --benchstat --kcidb --lava --tmt; do
	echo "compare $format"
	$FB compare $format r.jsonl
done
