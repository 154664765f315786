// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of result files put together, in memory and from files. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "format/results.h"

void results_init(struct results *r)
{
	memset(r, 0, sizeof(*r));
}

void results_free(struct results *r)
{
	for (size_t i = 0; i < r->n_runs; i++)
		result_free(&(struct result){ .type = RESULT_CONTEXT, .run = r->runs[i] });
	for (size_t i = 0; i < r->n_cells; i++)
		result_free(&(struct result){ .type = RESULT_CELL, .cell = r->cells[i] });
	for (size_t i = 0; i < r->n_failures; i++)
		result_free(&(struct result){ .type = RESULT_FAILURE, .failure = r->failures[i] });
	free(r->runs);
	free(r->cells);
	free(r->failures);
	free(r->calibrations);
	results_init(r);
}

/* Append @item of @size bytes to the @n of *@array, which doubles whenever n is a power of two. */
static int append(void *array, size_t *n, const void *item, size_t size)
{
	void **at = array, *larger;

	if ((*n & (*n - 1)) == 0) {
		larger = reallocarray(*at, *n ? 2 * *n : 1, size);
		if (!larger)
			return -ENOMEM;
		*at = larger;
	}
	memcpy((char *)*at + (*n)++ * size, item, size);
	return 0;
}

int results_add(struct results *r, struct result *line, unsigned long number)
{
	int err = 0;

	if (line->type != RESULT_CONTEXT && !r->n_runs)
		return -EINVAL;
	switch (line->type) {
	case RESULT_CONTEXT:
		err = append(&r->runs, &r->n_runs, &line->run, sizeof(line->run));
		break;
	case RESULT_CELL:
		line->cell.run = r->n_runs - 1;
		line->cell.line = number;
		line->cell.n_repetitions = 1;
		line->cell.repetitions = calloc(1, sizeof(*line->cell.repetitions));
		if (!line->cell.repetitions)
			return -ENOMEM;
		line->cell.repetitions->number = line->cell.repetition;
		line->cell.repetitions->rounds = line->cell.rounds;
		err = append(&r->cells, &r->n_cells, &line->cell, sizeof(line->cell));
		break;
	case RESULT_CALIBRATION:
		line->calibration.run = r->n_runs - 1;
		err = append(&r->calibrations, &r->n_calibrations, &line->calibration,
			     sizeof(line->calibration));
		break;
	default:
		line->failure.run = r->n_runs - 1;
		err = append(&r->failures, &r->n_failures, &line->failure, sizeof(line->failure));
		break;
	}
	if (!err)
		result_init(line, line->type);
	return err;
}

/*
 * The next line of @in into *@line, without its newline, and whether it had one
 * into *@whole; getline() would take all memory for a line without end. Returns
 * its length, -ENODATA at the end, or -errno.
 */
static ssize_t next_line(FILE *in, char **line, size_t *size, bool *whole)
{
	size_t n = 0;
	int c;

	*whole = false;
	while ((c = getc_unlocked(in)) != EOF) {
		if (n > RESULTS_LINE_MAX)
			return -EFBIG;
		if (n == *size) {
			size_t larger = *size ? 2 * *size : 4096;
			char *grown = realloc(*line, larger);

			if (!grown)
				return -ENOMEM;
			*line = grown;
			*size = larger;
		}
		if (c == '\n') {
			*whole = true;
			return (ssize_t)n;
		}
		(*line)[n++] = (char)c;
	}
	if (ferror(in))
		return -EIO;
	return n ? (ssize_t)n : -ENODATA;
}

/* Add @text, a line of @len bytes. Returns 0, -EINVAL, -EBADMSG or -ENOMEM. */
static int add_line(const char *text, size_t len, unsigned long number, const char *path, bool first,
		    struct results *r, struct reason *why)
{
	struct result line;
	int err = result_parse(text, len, &line, why);

	if (!err && first && line.type != RESULT_CONTEXT)
		err = reason_fail(why, -EINVAL, "the first line must be the context");
	if (!err && line.type == RESULT_CONTEXT) {
		line.run.path = strdup(path);
		err = line.run.path ? 0 : -ENOMEM;
	}
	if (!err)
		err = results_add(r, &line, number);
	result_free(&line);
	return err;
}

int results_read(FILE *in, const char *path, struct results *r, struct reason *message)
{
	const size_t first_run = r->n_runs;
	unsigned long number = 0, cut = 0;
	struct reason why = { "" };
	size_t room = 0;
	char *line = NULL;
	int err = 0;

	while (!err) {
		bool whole;
		ssize_t len = next_line(in, &line, &room, &whole);

		if (len == -ENODATA)
			break;
		number++;
		if (len == -EFBIG)
			err = reason_fail(&why, -EINVAL, "the line is longer than %d bytes", RESULTS_LINE_MAX);
		else if (len < 0)	/* of a directory, errno still has the error */
			err = len == -EIO ? -errno : (int)len;
		else
			err = add_line(line, (size_t)len, number, path, r->n_runs == first_run, r, &why);
		/* A line with its newline was written as it is. */
		if (err == -EBADMSG && !whole)
			cut = number;
	}
	free(line);
	if (cut || (err == -EBADMSG && r->n_runs == first_run))
		err = 0;	/* the message is about what remains without it */
	if (!err && r->n_runs == first_run)
		return reason_fail(message, -EINVAL,
				   "%s: is not a result file: its first line must be the context that 'faultbench run' writes", path);
	if (!err)
		err = results_pool(r, &number, &why);
	if (err == -EINVAL || err == -EBADMSG)
		return reason_fail(message, -EINVAL, "%s:%lu: %s; fix or remove the line, or measure again",
				   path, number, why.text);
	if (err)
		return reason_fail(message, err, "%s: cannot read line %lu: %s", path, number, strerror(-err));
	if (!cut)
		return 0;
	reason_set(message, "%s:%lu: the last line is cut short; using the %lu before it", path, cut, cut - 1);
	return 1;
}

int results_load(const char *path, struct results *r)
{
	bool standard = !strcmp(path, "-");
	FILE *in = standard ? stdin : fopen(path, "re");
	struct reason message;
	int err;

	if (!in) {
		err = -errno;
		say("%s: %s; give a result file of 'faultbench run'", path, strerror(-err));
		return err;
	}
	err = results_read(in, standard ? "standard input" : path, r, &message);
	if (err)
		say("%s", message.text);
	if (!standard)
		fclose(in);
	return err < 0 ? err : 0;
}
