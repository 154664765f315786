# What bash completes, from the help texts of all commands.
command -v bash >/dev/null || { echo "no bash"; exit 77; }
[ -e /dev/fd ] || { echo "no /dev/fd"; exit 77; }
"$(dirname "$0")/../../packaging/completions.sh" "$FB" >completion
mkdir bin folder
ln -s "$FB" bin/faultbench
touch r.jsonl
cat >complete <<'EOF'
PATH=$PWD/bin:$PATH
. ./completion
for line in "faultbench rep" "faultbench gate --b" "faultbench gate --exit " "faultbench gate --exit = ni" \
	"faultbench gate --inconclusive f" "faultbench gate --base pro" "faultbench report --" "faultbench report r.j" \
	"faultbench run -s touch,po" "faultbench workload dd-1"; do
	read -ra COMP_WORDS <<<"$line"
	[ "${line% }" = "$line" ] || COMP_WORDS+=("")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMPREPLY=()
	_faultbench
	echo "$line: ${COMPREPLY[*]}"
done
EOF
bash complete
