export FAULTBENCH_CACHE=cache
$FB kernel list; echo "$?"
mkdir -p cache/kernels/one
printf 'release=6.1.0\narch=arm64\nhooks=yes\nimage=Image\n' > cache/kernels/one/info
mkdir -p cache/kernels/two
printf 'release=7.3.4\narch=x86_64\nloops=generic_perform_write,iomap_write_iter,btrfs_buffered_write,gfs2_file_direct_read\nhooks=yes\nimage=bzImage\n' > cache/kernels/two/info
$FB kernel list 2> err; echo "$?"
cat err
# Arguments reach it one by one.
$FB kernel build --config "no such file"; echo "$?"
