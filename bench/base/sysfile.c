// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sysfile.h"

/* What is there in every /proc and /sys: where it is not, they are not mounted. */
static const struct { const char *mount, *file; } mounts[] = {
	{ "/proc", "/proc/self" }, { "/sys", "/sys/kernel" },
};

/* Where @path is on a file system of the kernel's that is not mounted; else NULL. */
static const char *unmounted(const char *path)
{
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		size_t len = strlen(mounts[i].mount);

		if (!strncmp(path, mounts[i].mount, len) && path[len] == '/')
			return access(mounts[i].file, F_OK) ? mounts[i].mount : NULL;
	}
	return NULL;
}

int sysfile_missing(const char *path)
{
	return unmounted(path) ? -ENODEV : -ENOENT;
}

const char *sysfile_why(struct reason *reason, const char *path, int err)
{
	const char *mount = unmounted(path);

	if (mount)
		return reason_set(reason, "%s is not mounted", mount);
	if (err == -ENODATA || err == -EINVAL || err == -EOVERFLOW)
		return reason_set(reason, "%s %s", path, err == -ENODATA ? "is empty" :
				  err == -EINVAL ? "has no number" : "is too long");
	return reason_set(reason, "%s: %s", path, strerror(-err));
}

/* The rest of a line, or NULL if it does not begin with @key: "cpu" is not "cpu0". */
static char *after_key(char *line, const char *key)
{
	const size_t len = strlen(key);

	if (!len)
		return line;
	if (strncmp(line, key, len) || !strchr(":= \t", line[len]))
		return NULL;
	return line + len + strspn(line + len, ":= \t");
}

/* What follows @key, in *@line, which the caller frees; or NULL with *@err. */
static const char *find(const char *path, const char *key, char **line, int *err)
{
	FILE *in = fopen(path, "re");
	const char *text = NULL;
	size_t room = 0;

	*line = NULL;
	if (!in) {
		*err = errno == ENOENT ? sysfile_missing(path) : -errno;
		return NULL;
	}
	*err = -ENODATA;
	while (!text && getline(line, &room, in) >= 0) {
		(*line)[strcspn(*line, "\n")] = '\0';
		text = after_key(*line, key);
		*err = -ENOENT;
	}
	if (text)
		*err = 0;
	else if (ferror(in))
		*err = -errno;
	fclose(in);
	return text;
}

int sysfile_text(const char *path, const char *key, char *text, size_t size)
{
	char *line;
	int err;
	const char *found = find(path, key, &line, &err);

	if (found && strlen(found) >= size)
		err = -EOVERFLOW;
	else if (found)
		strcpy(text, found);
	free(line);
	return err;
}

int sysfile_line(const char *path, char *line, size_t size)
{
	return sysfile_text(path, "", line, size);
}

static int read_number(const char *text, int base, uint64_t *n)
{
	unsigned long long value;
	char *end;

	text += strspn(text, " \t");
	if (!strncmp(text, "max", 3) && strchr(" \t", text[3])) {
		*n = UINT64_MAX;
		return 0;
	}
	errno = 0;
	value = strtoull(text, &end, base);
	if (end == text)
		return -EINVAL;
	/* strtoull() takes -1 for the largest number there is. */
	if (*text == '-' || errno)
		return -ERANGE;
	*n = value;
	return 0;
}

int sysfile_number(const char *path, uint64_t *n)
{
	return sysfile_value(path, "", 10, n);
}

int sysfile_value(const char *path, const char *key, int base, uint64_t *n)
{
	char *line;
	int err;
	const char *text = find(path, key, &line, &err);

	if (text)
		err = read_number(text, base, n);
	free(line);
	return err;
}

int sysfile_set(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return errno == ENOENT ? sysfile_missing(path) : -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}
