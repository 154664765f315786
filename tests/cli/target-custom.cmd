cat > small.ini <<'END'
[target]
base = ext4
mount = nodelalloc, noauto_da_alloc
mkfs = -b 1024 -O ^has_journal
END
run() {
	$FB run -w seq-4k --layout extend -s native --seed 1 --budget 3s --dry-run -t "$@" |
		sed 's/loop of [0-9]* MiB/loop/; /cannot:/d'
}
run ext4+nodelalloc+-b=1024,./small.ini,tmpfs+huge=always
for bad in ext5+x ext4+dax tmpfs+-b=1 ./none.ini ext4+ 'ext4+a+b+c+d+e' 'ext4+a b' ext4+-E=stride=8 tmpfs+size=1M tmpfs+nr_blocks=9; do run "$bad"; done
printf '[target]\nmount = x\n' > bad.ini; run ./bad.ini
printf '[target]\nbase = ext4\ncolour = x\n' > bad.ini; run ./bad.ini
printf '[target]\nbase = etx4\nmount = x\n' > bad.ini; run ./bad.ini
printf '[target]\nbase = ./bad.ini\n' > bad.ini; run ./bad.ini
printf '[target]\nbase = ext4\nmkfs = noatime\n' > bad.ini; run ./bad.ini
printf '[target]\nbase = ext4\nmkfs = -b=1024 noatime\n' > bad.ini; run ./bad.ini
printf '[target]\nbase = ext4\nmount = -b 1024\n' > bad.ini; run ./bad.ini
printf '[target]\nbase = ext4\nmount = nodelalloc\n' > ext4.ini; run ./ext4.ini
printf '[target]\nbase = btrfs\nmkfs = -K -n 16384 -O  ^no-holes -q2\n' > words.ini; run ./words.ini
printf '[target]\nbase = tmpfs\n' > plain; run ./plain
printf 'nonsense\n' > bad.ini; run ./bad.ini
# inih alone would read such a file for ever.
run /dev/zero
printf '[target]\nbase = ext4\nmount = %0300d\n' 0 > bad.ini; run ./bad.ini
true
