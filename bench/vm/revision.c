// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/paths.h"
#include "base/proc.h"
#include "base/say.h"
#include "format/context.h"
#include "vm/revision.h"

int revision_range(struct revision_request *q, char *range, struct reason *reason)
{
	char *dots = strstr(range, "..");

	if (!dots || dots[2] == '.')
		return reason_fail(reason, -EINVAL, "'%s' is not a range of revisions: A..B", range);
	*dots = '\0';
	q->base = dots == range ? "HEAD" : range;
	q->head = dots[2] ? dots + 2 : "HEAD";
	return 0;
}

/* Keep standard input, for it is read once for each architecture. Returns 0 or -errno. */
static int keep_series(struct revision_request *q)
{
	char chunk[65536];
	ssize_t got;

	if (!q->series)
		q->series = memfd_create("faultbench-series", MFD_CLOEXEC);
	if (q->series < 0)
		return -errno;
	while ((got = read(STDIN_FILENO, chunk, sizeof(chunk))) > 0)
		if (write(q->series, chunk, (size_t)got) != got)
			return -EIO;
	return got < 0 || lseek(q->series, 0, SEEK_SET) ? -errno : 0;
}

/* Read what kernel/revision prints: a line a side. */
static bool read_sides(FILE *in, struct revision sides[2])
{
	for (int i = 0; i < 2; i++)
		if (fscanf(in, "%71s %71s %4095s %255[^\n]", sides[i].commit, sides[i].parent,
			   sides[i].image, sides[i].name) != 4)
			return false;
	return true;
}

int revisions_build(struct revision_request *q, const char *arch, struct revision sides[2])
{
	const struct {
		const char *name, *value;
	} options[] = {
		{ "--arch", arch }, { "--tree", q->tree }, { "--config", q->config }, { "--base", q->base },
		{ "--head", q->head }, { "--head-patch", q->head_patch },
	};
	enum { N = sizeof(options) / sizeof(options[0]) };
	char *program = path_of("kernel/revision");
	const char *argv[2 * N + 3] = { program };
	const bool input = q->head_patch && !strcmp(q->head_patch, "-");
	FILE *out = NULL;
	int n = 1, status;

	if (!program)
		return say_bad("kernel/revision not found next to faultbench; run make install");
	for (size_t i = 0; i < N; i++)
		if (options[i].value) {
			argv[n++] = options[i].name;
			argv[n++] = options[i].value;
		}
	if (q->dry_run)
		argv[n++] = "--dry-run";
	status = input ? keep_series(q) : 0;
	if (!status)
		out = proc_output(argv, input ? q->series : -1, STDERR_FILENO, &status);
	if (!status && !read_sides(out, sides))
		status = -EIO;
	if (out)
		fclose(out);
	free(program);
	if (status < 0)
		return say_bad("kernel/revision: %s", strerror(-status));
	return status ? STATUS_BAD_INPUT : STATUS_OK;
}

bool revision_same_image(const char *a, const char *b)
{
	char *x = context_file_hash(a), *y = context_file_hash(b);
	bool same = x && y && !strcmp(x, y);

	free(x);
	free(y);
	return same;
}
