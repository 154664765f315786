[ -e /proc/self ] || { echo "/proc is not mounted"; exit 77; }
# An archive has what a reader needs, and none of what is secret in the results.
command -v tar > /dev/null || { echo "no tar"; exit 77; }
cat > r.jsonl <<'EOF'
{"type":"context","schema":1,"seed":7,"place":"host","arch":"x86_64","page_size":4096,"kernel":"6.1.0","started":"2026-11-26T14:38:33Z","cmdline":"root=UUID=0fc63daf-8483-4772-8e79-3d69d8477de4 mitigations=off pass=s3cret","command":"faultbench run -o /home/jane/r.jsonl"}
{"type":"failure","workload":"seq-4k","target":"xfs","layout":"extend","device":"loop","place":"host","strategy":"touch","repetition":0,"reason":"Serial: s3cret, \u001b[31m"}
EOF
mkdir temporary
export TMPDIR=$PWD/temporary
$FB bundle r.jsonl -o b.tar.gz > out 2> err
echo "exit $?"
sed 's/ on Linux.*/.../' err
sed 's/: [0-9]* files.*/: .../' out
tar tzf b.tar.gz | grep -E '/(README.txt|commands.txt|cmdline.txt|cpu.txt|results-1.jsonl)$'
tar xzf b.tar.gz
sed -n '1s/ [0-9.]*$//p' faultbench-bundle/README.txt
cat faultbench-bundle/commands.txt
grep -oE '"(command|cmdline|reason)":"[^"]*"' faultbench-bundle/results-1.jsonl
grep -c 'Left out: .*serial number: ' faultbench-bundle/README.txt
echo "secrets:"
grep -rE 's3cret|jane|0fc63daf' faultbench-bundle
ls temporary
$FB bundle r.jsonl -o 12:00.tar.gz 2>/dev/null | sed 's/: [0-9]* files.*/: .../'
$FB bundle $(yes r.jsonl | head -n 60) -o many.tar.gz >/dev/null 2>&1
tar tzf many.tar.gz | grep -c /results
ls temporary
for words in "" "r.jsonl -o b.tar.gz" "- -o c.tar.gz" "no -o c.tar.gz" "err -o c.tar.gz" "r.jsonl -o no/c.tar.gz"; do
	echo "bundle $words"
	$FB bundle $words 2>&1 | grep -v 'this machine runs' | sed 's/tar failed.*/tar failed .../'
done
TMPDIR=/none $FB bundle r.jsonl -o c.tar.gz 2>&1 | grep -v 'this machine runs' | sed 's/faultbench\.[^:]*/.../'
