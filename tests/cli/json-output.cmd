# An output that cannot be written is no lack of memory, and nor is a name that is not UTF-8.
. "$(dirname "$0")/../lib/made.sh"
{ context; for name in a b c d; do counted $name 3000 0; done; } >base
for format in json kcidb; do
	"$FB" compare --$format base >/dev/full
	echo $?
done
name=$(printf 'b\377')
cp base "$name"
"$FB" compare --json "$name" | grep '"file"'
"$FB" gate --json "$name" base | grep -e '"name"' -e '"command"'
"$FB" gate --b4 "$name" base | grep -c '"details"'
