// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultbench workload: shows one, with every key spelt out, or prints the fio
 * job file or dd command line that makes the same system calls from the same
 * kind of memory. A twin that differs in what is measured is refused: a
 * comparison with it would mislead.
 */
#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/options.h"
#include "base/say.h"
#include "cmd/command.h"
#include "workload/workload.h"

enum { OPT_FIO = 0x100, OPT_DD, OPT_LAYOUT };

struct options {
	const char *name;
	const char *layout;
	int twin;		/* OPT_FIO, OPT_DD or 0 */
};

static const struct argp_option option_table[] = {
	{ "fio", OPT_FIO, NULL, 0, "Print a fio job file that does the same", 0 },
	{ "dd", OPT_DD, NULL, 0, "Print a dd command line that does the same", 0 },
	{ "layout", OPT_LAYOUT, "LAYOUT", 0,
	  "Of --fio and --dd: which of the workload's layouts (default: its first)", 0 },
	{ NULL, 0, NULL, 0, NULL, 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_FIO:
	case OPT_DD:
		if (o->twin && o->twin != key)
			option_bad(state, "--fio and --dd exclude each other");
		o->twin = key;
		return 0;
	case OPT_LAYOUT:
		o->layout = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (o->name)
			option_bad(state, "one workload at a time, and '%s' is the second", arg);
		o->name = arg;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static int show(const struct workload *w)
{
	struct job job;

	printf("# %s\n", w->name);
	workload_write(stdout, w);
	printf("\n# %u job%s:\n", workload_jobs(w), workload_jobs(w) == 1 ? "" : "s");
	for (unsigned i = 0; i < workload_jobs(w); i++) {
		job_init(&job);
		workload_job(w, i, &job);
		printf("#   %-24s %-10s %g %% cold\n", job.workload, job.layout,
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

static int print_fio(const struct workload *w, const char *layout)
{
	bool read = !strcmp(w->op, "read"), overwrite = !strcmp(layout, "overwrite");
	uint64_t part = w->shared ? w->file_size / w->threads : w->file_size;

	part -= part % w->block_size;
	printf("# The twin of faultbench's workload %s, layout %s. Run it with\n"
	       "#   faultbench workload %s --fio --layout %s |\n"
	       "#     FILE=/mnt/x fio -\n"
	       "# fio uses one buffer of a block again and again; faultbench walks a region as\n"
	       "# long as a slot.\n"
	       "[%s]\n", w->name, layout, w->name, layout, w->name);
	/* fio's sync engine is read() and write(), its psync pread() and pwrite(). */
	printf("ioengine=%s\nrw=%s\nbs=%" PRIu64 "\nsize=%" PRIu64 "\nloops=16\n",
	       strcmp(w->op, "pwrite") ? "sync" : "psync", read ? "read" : "write",
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
	if (!strcmp(w->op, "read"))
		return "dd also writes what it has read; --fio does not";
	if (!strcmp(w->source, "resident") && !fio_differs(w))
		return "dd also reads what it writes; --fio does not";
	if (strcmp(w->source, "zero"))
		return "dd writes from a resident buffer that it has just read into";
	if (strcmp(w->op, "write"))
		return "dd knows write() only";
	if (w->threads > 1)
		return "dd has one thread";
	if (w->source_offset)
		return "dd's buffer begins on a page";
	return NULL;
}

static int print_dd(const struct workload *w, const char *layout)
{
	bool overwrite = !strcmp(layout, "overwrite");

	printf("# The twin of faultbench's workload %s, layout %s. Run it with\n"
	       "#   faultbench workload %s --dd --layout %s | FILE=/mnt/x sh\n",
	       w->name, layout, w->name, layout);
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
	const char *layout = NULL, *why;

	for (unsigned i = 0; i < w->n_layouts && !layout; i++)
		if (!o->layout || !strcmp(o->layout, w->layouts[i]))
			layout = w->layouts[i];
	if (!layout)
		return say_bad("workload %s has no layout '%s'; 'faultbench workload %s' shows "
			       "which it has", w->name, o->layout, w->name);
	why = o->twin == OPT_FIO ? fio_differs(w) : dd_differs(w);
	if (why)
		return say_bad("no %s does what workload %s does: %s",
			       o->twin == OPT_FIO ? "fio job" : "dd", w->name, why);
	return o->twin == OPT_FIO ? print_fio(w, layout) : print_dd(w, layout);
}

int cmd_workload(int argc, char **argv)
{
	static const struct argp argp = {
		.options = option_table, .parser = parse, .args_doc = "NAME|FILE.ini",
		.doc = "Show a workload, or its twin for fio or dd.\v"
		       "What it shows is a workload file itself: to make one of your own, send it "
		       "to a file and change that. The twins write the file that the environment "
		       "variable FILE names.",
	};
	struct options o = { .name = NULL };
	struct workload w;
	char error[512];

	option_parse(&argp, argc, argv, &o);
	if (!o.name)
		return say_bad("which workload? 'faultbench list' shows all");
	if (o.layout && !o.twin)
		return say_bad("--layout goes with --fio or --dd");
	if (workload_load(o.name, &w, error, sizeof(error)))
		return say_bad("%s", error);
	return o.twin ? print_twin(&w, &o) : show(&w);
}
