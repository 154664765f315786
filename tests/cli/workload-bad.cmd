# Each line: what is put into, or left out of, a workload that is right.
good() {
	printf '[workload]\nsummary = s\nop = write\nsource = resident\nlayout = overwrite\n'
	printf 'block_size = 4K\nfile_size = 1M\n'
}
bad() {
	$FB workload ./w.ini || echo "exit $?"
}
put() {
	good | sed "/^${1%% *} /d" > w.ini
	printf '%s\n' "$1" >> w.ini
	bad
}
leave_out() {
	good | sed "/^$1 /d" > w.ini
	bad
}

for key in summary op source layout block_size file_size; do
	leave_out $key
done
put 'blocksize = 4K'
put 'colour = red'
put 'op = wirte'
put 'source = annon-cold'
put 'destination = resident'
put 'layout = append'
put 'layout = extend extend'
put 'block_size = 0'
put 'block_size = -4096'
put 'block_size = 4.5K'
put 'block_size = 9223372036854775808'
put 'block_size = 99999999999999999999'
put 'block_size = 2M'
put 'file_size = 0'
put 'file_size = 9223372036854775808'
put 'source_offset = 1M'
put 'segment_size = 64'
put 'direct = maybe'
put 'dsync = 1'
put 'fill_size = 0'
put 'fill_size = 128M'
put 'threads = 0'
put 'threads = 1000'
put 'shared = yes'
put 'cold_fraction = 1.5'
put 'cold_fraction = nan'
put 'cold_fraction = 0.5'
put 'junk'
put '[other]'
good | sed 's/block_size = 4K/block_size = 512\ndirect = yes/' > w.ini; bad
good | sed 's/overwrite/extend/; s/^file_size.*/&\nfill_size = 4K/' > w.ini; bad
good | sed 's/^file_size.*/&\nfill_size = 1K\ndirect = yes/' > w.ini; bad
good | sed 's/op = write/op = writev/' > w.ini; bad
good | sed 's/op = write/op = writev\nsegment_size = 1/' > w.ini; bad
good | sed 's/resident/self/; s/overwrite/extend/' > w.ini; bad
good | sed 's/op = write/op = read/' > w.ini; bad
good | sed 's/op = write/op = read/; s/source = resident/destination = zero/' > w.ini; bad
good | sed 's/summary = s/summary = a\n&/' > w.ini; bad
good | sed 1d > w.ini; bad
: > w.ini; bad
cp "$FB" binary.ini; $FB workload ./binary.ini || echo "exit $?"
good > 'a b.ini'; $FB workload './a b.ini' || echo "exit $?"
mkdir d.ini; $FB workload ./d.ini || echo "exit $?"
true
