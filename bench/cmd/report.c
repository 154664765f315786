// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultbench report: a folder with a page, plots, tables and raw results. The texts of
 * results reach gnuplot only as quoted strings of chart_variables(), and no shell.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/formats.h"
#include "analysis/page.h"
#include "base/options.h"
#include "base/paths.h"
#include "base/proc.h"
#include "base/say.h"
#include "cmd/command.h"
#include "plan/plan.h"

enum { FILES_MAX = 256, SVG_MAX = 16 << 20 };

struct report {
	const char *folder, *baseline;
	char *plots;			/* the directory of the templates */
	struct page_picture *pictures, **last;
	char files[FILES_MAX][NAME_SIZE];	/* written, apart from those of plots */
	size_t n_files;
};

#define ROW(member, ...) { .offset = offsetof(struct report, member), __VA_ARGS__ }

static const struct option_row options[] = {
	ROW(folder, .name = "output", .letter = 'o', .type = OPTION_TEXT, .argument = "DIR",
	    .help = "a new or empty folder, or that of an earlier report, whose files are replaced"),
	ROW(baseline, .name = "baseline", .letter = 'b', .type = OPTION_TEXT, .argument = "STRATEGY",
	    .help = "compare with this strategy, not with the baseline of the run"),
	{ .name = NULL },
};

/* @name and @suffix in @folder, opened as fopen() does; NULL after one line. */
static FILE *open_in(const char *folder, const char *name, const char *suffix, const char *mode)
{
	char *path;
	FILE *file;

	if (asprintf(&path, "%s/%s%s", folder, name, suffix) < 0) {
		say("not enough memory");
		return NULL;
	}
	file = fopen(path, mode);
	if (!file)
		say("%s: %s", path, strerror(errno));
	free(path);
	return file;
}

/* Close @file, written as @name. Returns STATUS_OK, or another after one line. */
static int finish(const struct report *r, FILE *file, const char *name)
{
	bool bad = ferror(file);

	if (fclose(file) || bad)
		return say_bad("%s/%s: cannot be written: %s", r->folder, name, strerror(errno));
	return STATUS_OK;
}

/* Append what is in @name of @from to @out. Returns STATUS_OK, or another after one line. */
static int append(FILE *out, const char *from, const char *name)
{
	FILE *in = open_in(from, name, "", "re");
	int c;

	if (!in)
		return STATUS_BAD_INPUT;
	while ((c = getc_unlocked(in)) != EOF)
		putc_unlocked(c, out);
	fclose(in);
	return STATUS_OK;
}

/* The whole of @file, which it closes, at most SVG_MAX bytes; NULL after one line about @name. */
static char *read_text(FILE *file, const char *name)
{
	char *text = file ? malloc(SVG_MAX + 1) : NULL;
	size_t len;

	if (!text) {
		if (file)
			fclose(file);
		return NULL;
	}
	len = fread(text, 1, SVG_MAX + 1, file);
	fclose(file);
	if (len > SVG_MAX) {
		say("%s: larger than %d MiB", name, SVG_MAX >> 20);
		free(text);
		return NULL;
	}
	text[len] = '\0';
	return realloc(text, len + 1);
}

static int write_files(const struct report *r, const struct plot *plot, const struct chart *c,
		       const struct chart_layout *layout)
{
	const char *parts[] = { "begin.gp", NULL, "end.gp" };
	FILE *data = open_in(r->folder, plot->style.name, ".dat", "we"), *program;
	char template[64];
	int status = STATUS_OK;

	if (!data)
		return STATUS_BAD_INPUT;
	chart_data(data, c);
	if (finish(r, data, plot->style.name))
		return STATUS_BAD_INPUT;
	program = open_in(r->folder, plot->style.name, ".gp", "we");
	if (!program)
		return STATUS_BAD_INPUT;
	snprintf(template, sizeof(template), "%s.gp", plot->style.template);
	parts[1] = template;
	chart_variables(program, c, &plot->style, layout);
	for (int i = 0; i < 3 && !status; i++)
		status = append(program, r->plots, parts[i]);
	return finish(r, program, plot->style.name) || status ? STATUS_BAD_INPUT : STATUS_OK;
}

static int draw(const struct report *r, const struct plot *plot)
{
	char program[64], output[512], *folder = (char *)(uintptr_t)r->folder;
	char *argv[] = { (char[]){ "env" }, (char[]){ "-C" }, folder, (char[]){ "LC_ALL=C.UTF-8" },
			 (char[]){ "gnuplot" }, program, NULL };

	snprintf(program, sizeof(program), "%s.gp", plot->style.name);
	if (proc_run(argv, output, sizeof(output)))
		return say_bad("%s/%s: gnuplot failed: %s", r->folder, program, output);
	return STATUS_OK;
}

/* Remove what an earlier report drew. */
static void remove_files(const struct report *r, const struct plot *plot)
{
	static const char *const suffixes[] = { ".dat", ".gp", ".svg", ".png" };

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		char *path;

		if (asprintf(&path, "%s/%s%s", r->folder, plot->style.name, suffixes[i]) < 0)
			return;
		unlink(path);
		free(path);
	}
}

/* Add a picture, which owns @svg. Returns STATUS_OK, or another after one line. */
static int add_picture(struct report *r, struct page_picture picture, char *svg)
{
	struct page_picture *p = malloc(sizeof(*p));

	if (!p) {
		free(svg);
		return say_bad("not enough memory");
	}
	*p = picture;
	p->svg = svg;
	*r->last = p;
	r->last = &p->next;
	return STATUS_OK;
}

static void free_pictures(struct page_picture *p)
{
	while (p) {
		struct page_picture *next = p->next;

		free(p->svg);
		free(p);
		p = next;
	}
}

static int make_plot(struct report *r, const struct plot *plot, const struct plots_input *in)
{
	struct page_picture picture = { .plot = plot };
	struct chart c = { .n_panels = 0 };
	char *svg = NULL;
	int status = STATUS_OK;

	remove_files(r, plot);
	plot->fill(&c, in);
	if (c.out_of_memory)
		status = say_bad("not enough memory");
	chart_layout(&c, &plot->style, &picture.layout);
	picture.panels = c.n_panels;
	if (!status && c.n_panels)
		status = write_files(r, plot, &c, &picture.layout) || draw(r, plot) ? STATUS_BAD_INPUT : STATUS_OK;
	if (!status && c.n_panels) {
		svg = read_text(open_in(r->folder, plot->style.name, ".svg", "re"), plot->style.name);
		status = svg ? STATUS_OK : STATUS_BAD_INPUT;
	}
	if (!status)
		status = add_picture(r, picture, svg);
	chart_free(&c);
	return status;
}

/* A new file of the folder, kept in the list; NULL after one line. */
static FILE *new_file(struct report *r, const char *name)
{
	if (r->n_files == FILES_MAX) {
		say("%s: too many files", name);
		return NULL;
	}
	snprintf(r->files[r->n_files++], NAME_SIZE, "%s", name);
	return open_in(r->folder, name, "", "we");
}

/* Whether @path is in the folder itself, where the report would replace it. */
static bool is_inside(const struct report *r, const char *path)
{
	char *whole = realpath(path, NULL), *slash = whole ? strrchr(whole, '/') : NULL;
	struct stat folder, parent;
	bool inside = false;

	if (slash) {
		slash[slash == whole] = '\0';
		inside = !stat(r->folder, &folder) && !stat(whole, &parent) && folder.st_dev == parent.st_dev &&
			 folder.st_ino == parent.st_ino;
	}
	free(whole);
	return inside;
}

/* Raw results are copied; what is not ASCII, which faultbench never writes, becomes '?'. */
static int copy_results(struct report *r, const char *path)
{
	char name[64];
	FILE *in = fopen(path, "re"), *out;
	int c;

	snprintf(name, sizeof(name), "results-%zu.jsonl", r->n_files + 1);
	if (!in)
		return say_bad("%s: %s", path, strerror(errno));
	out = new_file(r, name);
	while (out && (c = getc_unlocked(in)) != EOF)
		putc_unlocked(c == '\n' || (c >= ' ' && c <= '~') ? c : '?', out);
	fclose(in);
	return out ? finish(r, out, name) : STATUS_BAD_INPUT;
}

static int write_tables(struct report *r, const struct plots_input *in)
{
	static const struct { const struct format *format; const char *name; } tables[] = {
		{ &format_mail, "tables.txt" }, { &format_markdown, "tables.md" },
		{ &format_csv, "cells.csv" }, { &format_json, "cells.json" },
	};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		FILE *out = new_file(r, tables[i].name);

		if (!out)
			return STATUS_BAD_INPUT;
		if (tables[i].format->cells(out, in->results, in->figures))
			say("not enough memory");
		if (finish(r, out, tables[i].name))
			return STATUS_BAD_INPUT;
	}
	return STATUS_OK;
}

static int write_page(struct report *r, const struct plots_input *in, const char *command)
{
	const char *files[FILES_MAX + 1] = { NULL };
	const struct page page = {
		.in = in, .pictures = r->pictures, .command = command,
		.files = files,
	};
	FILE *out = open_in(r->folder, "index.html", "", "we");

	for (size_t i = 0; i < r->n_files; i++)
		files[i] = r->files[i];
	if (!out)
		return STATUS_BAD_INPUT;
	if (page_write(out, &page))
		say("not enough memory");
	return finish(r, out, "index.html");
}

static int make_report(struct report *r, const struct plots_input *in, const char *command)
{
	FILE *filter = open_in(r->folder, "svg.sed", "", "we");
	int status = filter ? append(filter, r->plots, "svg.sed") : STATUS_BAD_INPUT;

	if (filter && finish(r, filter, "svg.sed"))
		status = STATUS_BAD_INPUT;
	for (const struct plot *plot = plots; plot->fill && !status; plot++)
		status = make_plot(r, plot, in);
	if (!status)
		status = write_tables(r, in);
	return status ? status : write_page(r, in, command);
}

static bool is_picture(const char *path)
{
	size_t len = strlen(path);

	return len > 4 && !strcmp(path + len - 4, ".svg");
}

/* Read and copy @path: results, or a flame graph. Returns STATUS_OK, or another after one line. */
static int take_file(struct report *r, const char *path, struct results *results)
{
	char *svg;

	if (!strcmp(path, "-"))
		return say_bad("standard input cannot be copied to the report; give a file");
	if (is_inside(r, path))
		return say_bad("%s: is in %s, where a report replaces files; name another folder", path, r->folder);
	if (!is_picture(path))
		return results_load(path, results) || copy_results(r, path) ? STATUS_BAD_INPUT : STATUS_OK;
	svg = read_text(fopen(path, "re"), path);
	if (!svg)
		return say_bad("%s: cannot be read", path);
	return add_picture(r, (struct page_picture){ .name = path }, svg);
}

/*
 * Make the folder, or take one that is empty or has the marker of an earlier report: no
 * other file is replaced.
 */
static int make_folder(const struct report *r)
{
	static const char marker[] = ".faultbench-report";
	bool empty = true, marked = false;
	struct dirent *entry;
	FILE *file;
	DIR *dir;

	if (mkdir(r->folder, 0777) && errno != EEXIST)
		return say_bad("%s: %s", r->folder, strerror(errno));
	dir = opendir(r->folder);
	if (!dir)
		return say_bad("%s: %s", r->folder, strerror(errno));
	while ((entry = readdir(dir))) {
		empty &= !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
		marked |= !strcmp(entry->d_name, marker);
	}
	closedir(dir);
	if (!empty && !marked)
		return say_bad("%s: has files that are not of a report; name a new folder with -o", r->folder);
	file = open_in(r->folder, marker, "", "we");
	return file ? finish(r, file, marker) : STATUS_BAD_INPUT;
}

static int prepare(struct report *r, char **files)
{
	if (!files[0])
		return say_bad("no file given: give result files of 'faultbench run'");
	if (!r->folder)
		return say_bad("no folder given: -o DIR");
	if (r->baseline && !name_ok(r->baseline))
		return say_bad("--baseline must be the name of an arm, such as native");
	if (!proc_exists("gnuplot"))
		return say_bad("gnuplot: not found; install gnuplot-nox");
	r->plots = path_of("plots");
	if (!r->plots)
		return say_bad("plots: found neither next to the program nor in %s; run make install",
			       FAULTBENCH_DATADIR);
	return make_folder(r);
}

static int report_main(int argc, char **argv)
{
	static const struct syntax syntax = {
		.tables = { options }, .arguments = "FILE...",
		.doc = "Make a folder with a page, plots, tables and raw results from result files.\v"
		       "A FILE that ends in .svg is a flame graph of 'faultbench record'. The page has no scripts and "
		       "needs no other file. Each plot is there as SVG, PNG, data and gnuplot program. Exits 0, or 2 "
		       "if a file cannot be read or written.",
	};
	struct report r = { .folder = NULL };
	char *command = plan_command(argc, argv), **files = option_parse(&syntax, argc, argv, &r);
	struct results results;
	struct figures *figures = NULL;
	struct curve *curves = NULL;
	size_t n_curves = 0;
	int status = prepare(&r, files);

	r.last = &r.pictures;
	results_init(&results);
	for (char **file = files; *file && !status; file++)
		status = take_file(&r, *file, &results);
	if (!status && (cells_figures(&results, r.baseline, &figures) ||
			breakeven_curves(&results, r.baseline, &curves, &n_curves)))
		status = say_bad("not enough memory");
	if (!status)
		status = make_report(&r, &(struct plots_input){ &results, figures, curves, n_curves }, command);
	free_pictures(r.pictures);
	free(curves);
	free(figures);
	results_free(&results);
	free(r.plots);
	free(command);
	return status;
}

const struct command cmd_report = { "report", "make a page with plots, tables and raw results", report_main };
