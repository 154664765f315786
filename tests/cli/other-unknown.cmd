for o in "detect -t ext5" "detect --device floppy" "detect ext4" "calibrate --runs 1" "calibrate -w seq-4n" "calibrate -t ext4,tmpfs" "reproduce --budget soon" "reproduce -t ext5" "reproduce --seed x" "reproduce now"; do
	$FB $o
	echo "$o: $?"
done
