command -v gnuplot >/dev/null || { echo "no gnuplot: apt install gnuplot-nox"; exit 77; }
# What a report refuses, in one line each.
echo '{"type":"context","schema":1,"seed":7,"place":"host","arch":"x86_64","page_size":4096,"kernel":"6.1"}' > r.jsonl
mkdir folder mine
echo mine > mine/cost.dat
$FB report r.jsonl -o folder >/dev/null 2>&1
cp r.jsonl folder
touch file
for words in "" "r.jsonl -o -" "-o folder" "nowhere -o folder" "- -o folder" "folder/r.jsonl -o folder" \
	"r.jsonl -o file" "r.jsonl -o no/folder" "r.jsonl -o folder -b 'a b'" "no.svg -o folder" \
	"r.jsonl -o mine"; do
	echo "report $words"
	eval "$FB report $words"
	echo "exit $?"
done
cat mine/*
