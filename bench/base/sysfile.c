// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sysfile.h"

int sysfile_text(const char *path, const char *key, char *text, size_t size)
{
	const size_t len = strlen(key);
	FILE *in = fopen(path, "re");
	char *line = NULL, *at;
	size_t room = 0;
	int err = -ENOENT;

	if (!in)
		return -errno;
	while (err == -ENOENT && (errno = 0, getline(&line, &room, in) >= 0)) {
		/* "cpu" is not "cpu0". */
		if (strncmp(line, key, len) || (len && !strchr(": \t\n", line[len])))
			continue;
		at = line + len + strspn(line + len, ": \t");
		at[strcspn(at, "\n")] = '\0';
		snprintf(text, size, "%s", at);
		err = *at || len ? 0 : -ENODATA;
	}
	if (err == -ENOENT && errno)
		err = -errno;
	else if (err == -ENOENT && !len)
		err = -ENODATA;
	free(line);
	fclose(in);
	return err;
}

int sysfile_line(const char *path, char *line, size_t size)
{
	return sysfile_text(path, "", line, size);
}

static int read_number(const char *text, int base, uint64_t *n)
{
	char *end;

	if (!strcmp(text, "max")) {
		*n = UINT64_MAX;
		return 0;
	}
	*n = strtoull(text, &end, base);
	return end == text ? -EINVAL : 0;
}

int sysfile_number(const char *path, uint64_t *n)
{
	return sysfile_value(path, "", 10, n);
}

int sysfile_value(const char *path, const char *key, int base, uint64_t *n)
{
	char text[64];
	int err = sysfile_text(path, key, text, sizeof(text));

	return err ? err : read_number(text, base, n);
}

int sysfile_set(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}
