export FAULTBENCH_CACHE=cache
$FB kernel list; echo "$?"
mkdir -p cache/kernels/one
printf 'release=6.1.0\narch=arm64\nhooks=yes\nimage=Image\n' > cache/kernels/one/info
$FB kernel list 2> err; echo "$?"
cat err
# Arguments reach it one by one.
$FB kernel build --config "no such file"; echo "$?"
