// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultbench workload: shows one, with every key spelt out, or prints the fio
 * job file or dd command line that makes the same system calls from the same
 * kind of memory. A twin that differs in what is measured is refused: a
 * comparison with it would mislead.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/options.h"
#include "base/say.h"
#include "cmd/command.h"
#include "measure/tables.h"
#include "workload/workload.h"

enum twin { TWIN_NONE, TWIN_FIO, TWIN_DD };

struct options {
	const char *layout;
	int twin;		/* enum twin */
};

static const struct option_row options[] = {
	{ .name = "fio", .type = OPTION_CHOICE, .offset = offsetof(struct options, twin), .value = TWIN_FIO,
	  .help = "print a fio job file that does the same" },
	{ .name = "dd", .type = OPTION_CHOICE, .offset = offsetof(struct options, twin), .value = TWIN_DD,
	  .help = "print a dd command line that does the same" },
	{ .name = "layout", .type = OPTION_TEXT, .offset = offsetof(struct options, layout),
	  .argument = "LAYOUT", .help = "with --fio or --dd: which of the workload's layouts (default: its first)" },
	{ .name = NULL },
};

static int show(const struct workload *w)
{
	struct job job;

	printf("# %s\n", w->name);
	workload_write(stdout, w);
	printf("\n# %u job%s:\n", workload_jobs(w), workload_jobs(w) == 1 ? "" : "s");
	for (unsigned i = 0; i < workload_jobs(w); i++) {
		job_init(&job);
		workload_job(w, i, &job);
		printf("#   %-24s %-10s %g %% cold\n", job.workload, layout_names[job.layout],
		       100 * job.cold_fraction);
	}
	return STATUS_OK;
}

/* NULL, or why no fio job does the same. */
static const char *fio_differs(const struct workload *w)
{
	if (!strcmp(w->source, "zero"))
		return "fio cannot read() /dev/zero before each write; --dd can";
	if (strcmp(w->source, "resident"))
		return "fio writes from resident buffers of its own";
	if (w->segment_size)
		return "fio gives writev() one segment";
	if (w->source_offset)
		return "fio's buffers begin on a page";
	return NULL;
}

static int print_fio(const struct workload *w, enum layout layout)
{
	bool read = operations[w->op].reads, overwrite = layout == LAYOUT_OVERWRITE;
	uint64_t part = w->shared ? w->file_size / w->threads : w->file_size;

	part -= part % w->block_size;
	printf("# The twin of faultbench's workload %s, layout %s. Run it with\n"
	       "#   faultbench workload %s --fio --layout %s |\n"
	       "#     FILE=/mnt/x fio -\n"
	       "# fio uses one buffer of a block again and again; faultbench walks a region as\n"
	       "# long as a slot.\n"
	       "[%s]\n", w->name, layout_names[layout], w->name, layout_names[layout], w->name);
	/* fio's sync engine is read() and write(), its psync pread() and pwrite(). */
	printf("ioengine=%s\nrw=%s\nbs=%" PRIu64 "\nsize=%" PRIu64 "\nloops=16\n",
	       w->op == OP_PWRITE ? "psync" : "sync", read ? "read" : "write",
	       w->block_size, part);
	if (w->threads > 1) {
		printf("thread=1\nnumjobs=%u\ngroup_reporting=1\n", w->threads);
		if (w->shared)
			printf("offset_increment=%" PRIu64 "\n", part);
	}
	if (w->threads > 1 && !w->shared)
		puts("filename_format=${FILE}.$jobnum");
	else
		puts("filename=${FILE}");
	/* An overwritten file is there, cached and dirty; any other starts empty. */
	if (overwrite)
		printf("%sinvalidate=0\n", read ? "" : "overwrite=1\n");
	else
		puts("unlink_each_loop=1");
	puts("fallocate=none\nscramble_buffers=0\ngtod_reduce=1");
	if (w->direct)
		puts("direct=1");
	return STATUS_OK;
}

/* NULL, or why no dd command does the same. */
static const char *dd_differs(const struct workload *w)
{
	if (operations[w->op].reads)
		return "dd also writes what it has read; --fio does not";
	if (!strcmp(w->source, "resident") && !fio_differs(w))
		return "dd also reads what it writes; --fio does not";
	if (strcmp(w->source, "zero"))
		return "dd writes from a resident buffer that it has just read into";
	if (w->op != OP_WRITE)
		return "dd uses write() only";
	if (w->threads > 1)
		return "dd has one thread";
	if (w->source_offset)
		return "dd's buffer begins on a page";
	return NULL;
}

static int print_dd(const struct workload *w, enum layout layout)
{
	bool overwrite = layout == LAYOUT_OVERWRITE;

	printf("# The twin of faultbench's workload %s, layout %s. Run it with\n"
	       "#   faultbench workload %s --dd --layout %s | FILE=/mnt/x sh\n",
	       w->name, layout_names[layout], w->name, layout_names[layout]);
	if (overwrite)
		puts("# The first time it makes the file, from then on it overwrites.");
	/* dd truncates the file at its start unless told not to. */
	printf("dd if=/dev/zero of=\"$FILE\" bs=%" PRIu64 " count=%" PRIu64 "%s%s\n",
	       w->block_size, w->file_size / w->block_size, overwrite ? " conv=notrunc" : "",
	       w->direct ? " oflag=direct" : "");
	return STATUS_OK;
}

static int print_twin(const struct workload *w, const struct options *o)
{
	const char *why = o->twin == TWIN_FIO ? fio_differs(w) : dd_differs(w);
	unsigned i = 0;

	while (i < w->n_layouts && o->layout && strcmp(o->layout, layout_names[w->layouts[i]]))
		i++;
	if (i == w->n_layouts)
		return say_bad("workload %s has no layout '%s'; 'faultbench workload %s' shows its layouts",
			       w->name, o->layout, w->name);
	if (why)
		return say_bad("no %s does the same as workload %s: %s",
			       o->twin == TWIN_FIO ? "fio job" : "dd command", w->name, why);
	return o->twin == TWIN_FIO ? print_fio(w, w->layouts[i]) : print_dd(w, w->layouts[i]);
}

static int workload_main(int argc, char **argv)
{
	static const struct syntax syntax = {
		.tables = { options }, .arguments = "NAME|FILE.ini",
		.doc = "Show a workload, or an equivalent fio job or dd command.\v"
		       "The output is a workload file: to make one of your own, save it and change it. The "
		       "twins write the file that the environment variable FILE names.",
	};
	struct options o = { .layout = NULL };
	char **names = option_parse(&syntax, argc, argv, &o);
	struct workload w;
	struct reason error;

	if (!names[0])
		return say_bad("which workload? see 'faultbench list workloads'");
	if (names[1])
		return say_bad("one workload at a time; '%s' is the second", names[1]);
	if (o.layout && !o.twin)
		return say_bad("--layout needs --fio or --dd");
	if (workload_load(names[0], &w, &error))
		return say_bad("%s", error.text);
	return o.twin ? print_twin(&w, &o) : show(&w);
}

const struct command cmd_workload = { "workload", "show a workload, or an equivalent fio job or dd command", workload_main };
