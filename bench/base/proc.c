// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/proc.h"

/* Programs of the administrator live where an ordinary user's PATH does not lead. */
static void search_path(char *dirs, size_t size)
{
	const char *path = getenv("PATH");

	snprintf(dirs, size, "%s:/usr/local/sbin:/usr/sbin:/sbin", path ? path : "/usr/bin:/bin");
}

static void child(const char *const argv[], const int fds[3], int cwd, pid_t parent)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char dirs[8192];

	signal(SIGPIPE, SIG_DFL);

	/* The parent may have died before the kernel was asked to tell. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent || null < 0)
		_exit(127);
	for (int i = 0; i < 3; i++)
		if (dup2(fds[i] < 0 ? null : fds[i], i) < 0)
			_exit(127);
	if (cwd >= 0 && fchdir(cwd))
		_exit(127);
	search_path(dirs, sizeof(dirs));
	setenv("PATH", dirs, 1);
	/* It writes to none of them. */
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	dprintf(STDERR_FILENO, "cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

pid_t proc_spawn(const char *const argv[], int in, int out, int err, int cwd)
{
	/* Above 2, so that one dup2() cannot close what the next one needs. */
	const int fds[3] = {
		in < 0 ? -1 : fcntl(in, F_DUPFD_CLOEXEC, 3),
		out < 0 ? -1 : fcntl(out, F_DUPFD_CLOEXEC, 3),
		err < 0 ? -1 : fcntl(err, F_DUPFD_CLOEXEC, 3),
	};
	pid_t parent = getpid(), pid = fork();

	if (!pid)
		child(argv, fds, cwd, parent);
	if (pid < 0)
		pid = -errno;
	for (int i = 0; i < 3; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	return pid;
}

int proc_wait(pid_t pid)
{
	int status;

	if (pid < 0)
		return pid;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Keep what belongs to the first line that is not blank. */
static void keep_first_line(const char *chunk, size_t got, char *output, size_t size, size_t *have, bool *over)
{
	for (size_t i = 0; i < got && !*over; i++) {
		char c = chunk[i];

		if (c == '\n' || c == '\r')
			*over = *have > 0;
		else if ((*have || c != ' ') && *have < size - 1)
			output[(*have)++] = iscntrl((unsigned char)c) ? ' ' : c;
	}
}

int proc_run(const char *const argv[], char *output, size_t size)
{
	bool over = false;
	int ends[2];
	size_t have = 0;
	char chunk[512];
	ssize_t got;
	pid_t pid;

	output[0] = '\0';
	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	pid = proc_spawn(argv, -1, ends[1], ends[1], -1);
	close(ends[1]);
	while (pid > 0 && ((got = read(ends[0], chunk, sizeof(chunk))) > 0 || (got < 0 && errno == EINTR)))
		if (got > 0)
			keep_first_line(chunk, (size_t)got, output, size, &have, &over);
	close(ends[0]);
	while (have && output[have - 1] == ' ')
		have--;
	output[have] = '\0';
	return proc_wait(pid);
}

FILE *proc_output(const char *const argv[], int in, int err, int *status)
{
	int fd = memfd_create("faultbench-output", MFD_CLOEXEC);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "r+");

	*status = out ? proc_wait(proc_spawn(argv, in, fd, err, -1)) : -errno;
	if (out)
		fseek(out, 0, SEEK_SET);
	else if (fd >= 0)
		close(fd);
	return out;
}

bool proc_exists(const char *name)
{
	char dirs[8192], file[PATH_MAX], *rest = dirs, *dir;

	search_path(dirs, sizeof(dirs));
	while ((dir = strsep(&rest, ":"))) {
		snprintf(file, sizeof(file), "%s/%s", dir, name);
		if (!access(file, X_OK))
			return true;
	}
	return false;
}
