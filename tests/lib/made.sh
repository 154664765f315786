# shellcheck shell=sh
# Result files that are made up. Tests of the command line source it.

# [KEY=VALUE...]: a context line. KEY is a field; a value that is no number needs its quotes.
context() {
	printf '{"type":"context","schema":1,"seed":1,"arch":"x86_64","page_size":4096'
	place='"vm:x86_64"' kernel='"6.1.0"' cpu='"a CPU"' more=
	for field in "$@"; do
		case $field in
		place=*) place=${field#*=} ;;
		kernel=*) kernel=${field#*=} ;;
		cpu=*) cpu=${field#*=} ;;
		*) more="$more,\"${field%%=*}\":${field#*=}" ;;
		esac
	done
	printf ',"place":%s,"kernel":%s,"cpu":%s%s}\n' "$place" "$kernel" "$cpu" "$more"
}

# WORKLOAD STRATEGY TIER REPETITIONS REPETITION SLOTS [KEY=VALUE...]: a line of a cell. SLOTS have
# commas between them, an even number of them; each is a page.
cell() {
	workload=$1 strategy=$2 tier=$3 repetitions=$4 repetition=$5 slots=$6
	shift 6
	place=vm:x86_64 unit=instructions block=4096 verified=true steady=true more=
	[ "$tier" = counts ] || { place=host unit=ns; }
	for field in "$@"; do
		case $field in
		block=*) block=${field#*=} ;;
		place=*) place=${field#*=} ;;
		verified=*) verified=${field#*=} ;;
		steady=*) steady=${field#*=} ;;
		*) more="$more,\"${field%%=*}\":${field#*=}" ;;
		esac
	done
	order=$(echo "$slots" | awk -F, '{ for (i = 0; i < NF; i++) printf "%s%d", i ? "," : "", i }')
	n=$(echo "$slots" | awk -F, '{ print NF / 2 }')
	printf '{"type":"cell","workload":"%s","target":"ext4","layout":"overwrite","device":"brd","place":"%s",' "$workload" "$place"
	printf '"arch":"x86_64","page_size":4096,"backend":"user","source":"resident","block_size":%s,"cold_fraction":0,"threads":1,' "$block"
	printf '"strategy":"%s","baseline":"native","tier":"%s","unit":"%s","seed":1,"repetitions":%s,"repetition":%s,' \
		"$strategy" "$tier" "$unit" "$repetitions" "$repetition"
	printf '"steady":%s,"verified":%s,"writes_per_slot":1,"bytes_per_slot":4096,"rounds":%s,"slots":[%s],"order":[%s]%s}\n' \
		"$steady" "$verified" "$n" "$slots" "$order" "$more"
}

# WORKLOAD COST STEP [KEY=VALUE...]: eight counted arms of native, each STEP more expensive than the one before.
counted() {
	arms_workload=$1 arms_cost=$2 arms_step=$3
	shift 3
	for arm in 1 2 3 4 5 6 7 8; do
		name=native
		[ $arm = 1 ] || name=native#$arm
		cost=$((arms_cost + arms_step * (arm - 1)))
		cell "$arms_workload" "$name" counts 1 0 $cost,$cost,$cost,$cost "$@"
	done
}

# WORKLOAD N PER_MILLE NOISE: N timed repetitions of native and touch, the latter slower by that,
# give or take NOISE per mille.
timed() {
	arms_workload=$1 arms_n=$2 arms_loss=$3 arms_noise=$4 i=0
	while [ $i -lt "$arms_n" ]; do
		cell "$arms_workload" native time "$arms_n" $i 100000,100000
		cost=$((100000 + 100 * arms_loss + 100 * arms_noise * (i * 7 % 11 - 5) / 5))
		cell "$arms_workload" touch time "$arms_n" $i $cost,$cost
		i=$((i + 1))
	done
}
