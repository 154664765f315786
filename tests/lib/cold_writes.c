// SPDX-License-Identifier: GPL-2.0-or-later
/* N appending writes of SIZE bytes, each from anonymous memory dropped just before: FILE SIZE N. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	size_t size = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
	int n = argc == 4 ? atoi(argv[3]) : 0;
	int fd = argc == 4 ? open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0600) : -1;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (fd < 0 || p == MAP_FAILED)
		return 2;
	madvise(p, size, MADV_NOHUGEPAGE);
	for (int i = 0; i < n; i++) {
		madvise(p, size, MADV_DONTNEED);
		if (write(fd, p, size) != (ssize_t)size)
			return 1;
	}
	return 0;
}
