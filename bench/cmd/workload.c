// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultbench workload: shows one, with every key spelt out, or prints the fio
 * job file or dd command line that makes the same system calls from the same
 * kind of memory. A translation that differs in what is measured is refused: a
 * comparison with it would mislead. A fio job or a dd command becomes a workload;
 * what has no counterpart is named.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/options.h"
#include "base/say.h"
#include "cmd/command.h"
#include "measure/tables.h"
#include "format/names.h"
#include "workload/workload.h"

enum translation { TO_NONE, TO_FIO, TO_DD };

struct options {
	const char *layout, *from_fio, *from_dd, *section;
	int to;		/* enum translation */
};

static const struct option_row options[] = {
	{ .name = "fio", .type = OPTION_CHOICE, .offset = offsetof(struct options, to), .value = TO_FIO,
	  .help = "print a fio job file that does the same" },
	{ .name = "dd", .type = OPTION_CHOICE, .offset = offsetof(struct options, to), .value = TO_DD,
	  .help = "print a dd command line that does the same" },
	{ .name = "layout", .type = OPTION_TEXT, .offset = offsetof(struct options, layout),
	  .argument = "LAYOUT", .help = "with --fio or --dd: which of the workload's layouts (default: its first)" },
	{ .name = "from-fio", .type = OPTION_TEXT, .offset = offsetof(struct options, from_fio),
	  .argument = "FILE", .help = "print the workload that is equivalent to a fio job file; - is standard input" },
	{ .name = "section", .type = OPTION_TEXT, .offset = offsetof(struct options, section),
	  .argument = "JOB", .help = "with --from-fio: which of its jobs" },
	{ .name = "from-dd", .type = OPTION_TEXT, .offset = offsetof(struct options, from_dd),
	  .argument = "COMMAND", .help = "print the workload that is equivalent to a dd command line" },
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

static int translate(const struct options *o, struct workload *w, FILE *lost, struct reason *error)
{
	const char *path = o->from_fio;
	bool standard = path && !strcmp(path, "-");
	FILE *in;
	int err;

	if (!path)
		return workload_from_dd(o->from_dd, w, lost, error);
	in = standard ? stdin : fopen(path, "re");
	if (!in)
		return reason_fail(error, -errno, "%s: %s", path, strerror(errno));
	err = workload_from_fio(in, standard ? "standard input" : path, o->section, w, lost, error);
	if (!standard)
		fclose(in);
	return err;
}

/* Print what the translation of another tool's job gives; what is lost also goes to standard error. */
static int print_translation(const struct options *o)
{
	char *text = NULL, *rest, *line;
	size_t len = 0;
	FILE *lost = open_memstream(&text, &len);
	struct reason error;
	struct workload w;
	int err;

	if (!lost)
		return say_bad("not enough memory");
	err = translate(o, &w, lost, &error);
	if (fclose(lost) || err) {
		free(text);
		return say_bad("%s", err ? error.text : "not enough memory");
	}
	rest = text;
	while ((line = strsep(&rest, "\n")) && *line)
		say("%s", line);
	workload_write(stdout, &w);
	free(text);
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

/* A file that exists has folios of the size of the writes that filled it. */
static void print_fill(const struct workload *w, enum layout layout, const char *tool)
{
	if (layout == LAYOUT_OVERWRITE && w->fill_size != w->block_size)
		printf("# %s fills the file in writes of bs bytes, this workload in writes of %" PRIu64 ".\n", tool,
		       w->fill_size);
}

/* @given is how the user calls @w, in print_dd() too. */
static int print_fio(const struct workload *w, const char *given, enum layout layout)
{
	bool read = operations[w->op].reads, overwrite = layout == LAYOUT_OVERWRITE;
	uint64_t part = w->shared ? w->file_size / w->threads : w->file_size;

	part -= part % w->block_size;
	printf("# The equivalent of faultbench's workload %s, layout %s. Run it with\n"
	       "#   faultbench workload %s --fio --layout %s |\n"
	       "#     FILE=/mnt/x fio -\n"
	       "# fio uses one buffer of a block again and again; faultbench walks a region as\n"
	       "# long as a slot. fio takes ':' in FILE for the end of a name: write it as '\\:'.\n",
	       w->name, layout_names[layout], given, layout_names[layout]);
	print_fill(w, layout, "fio");
	printf("[%s]\n", w->name);
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
	if (w->dsync)
		puts("sync=dsync");
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

static int print_dd(const struct workload *w, const char *given, enum layout layout)
{
	bool overwrite = layout == LAYOUT_OVERWRITE;

	printf("# The equivalent of faultbench's workload %s, layout %s. Run it with\n"
	       "#   faultbench workload %s --dd --layout %s | FILE=/mnt/x sh\n",
	       w->name, layout_names[layout], given, layout_names[layout]);
	if (overwrite)
		puts("# The first time it makes the file, from then on it overwrites.");
	print_fill(w, layout, "dd");
	/* dd truncates the file at its start unless told not to. */
	printf("dd if=/dev/zero of=\"$FILE\" bs=%" PRIu64 " count=%" PRIu64 "%s%s%s\n",
	       w->block_size, w->file_size / w->block_size, overwrite ? " conv=notrunc" : "",
	       w->direct ? " oflag=direct" : "", w->dsync ? " oflag=dsync" : "");
	return STATUS_OK;
}

static int print_equivalent(const struct workload *w, const char *given, const struct options *o)
{
	const char *why = o->to == TO_FIO ? fio_differs(w) : dd_differs(w);
	unsigned i = 0;

	while (i < w->n_layouts && o->layout && strcmp(o->layout, layout_names[w->layouts[i]]))
		i++;
	if (i == w->n_layouts)
		return say_bad("workload %s has no layout '%s'; 'faultbench workload %s' shows its layouts",
			       w->name, o->layout, given);
	if (why)
		return say_bad("no %s does the same as workload %s: %s",
			       o->to == TO_FIO ? "fio job" : "dd command", w->name, why);
	return o->to == TO_FIO ? print_fio(w, given, w->layouts[i]) : print_dd(w, given, w->layouts[i]);
}

static int workload_main(int argc, char **argv)
{
	static const struct syntax syntax = {
		.tables = { options }, .arguments = "NAME|FILE.ini",
		.doc = "Show a workload, or translate it to or from a fio job or dd command.\v"
		       "The output is a workload file: to make one of your own, save it and change it. The "
		       "job and the command write the file that the environment variable FILE names.",
	};
	struct options o = { .layout = NULL };
	char **names = option_parse(&syntax, argc, argv, &o);
	struct workload w;
	struct reason error;

	if (o.section && !o.from_fio)
		return say_bad("--section needs --from-fio");
	if ((o.from_fio || o.from_dd) && (names[0] || o.to || (o.from_fio && o.from_dd)))
		return say_bad("--from-%s takes no workload and no other job", o.from_fio ? "fio" : "dd");
	if (o.from_fio || o.from_dd)
		return print_translation(&o);
	if (!names[0])
		return say_bad("no workload given: NAME or FILE.ini; see 'faultbench list workloads'");
	if (names[1])
		return say_bad("one workload at a time; '%s' is the second", names[1]);
	if (o.layout && !o.to)
		return say_bad("--layout needs --fio or --dd");
	if (workload_load(names[0], &w, &error))
		return say_bad("%s", error.text);
	/* A path of any bytes does not belong in a comment. */
	return o.to ? print_equivalent(&w, name_ok(names[0]) ? names[0] : "FILE.ini", &o) : show(&w);
}

const struct command cmd_workload = { "workload", "show a workload, or translate it from or to fio and dd", workload_main };
