// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultbench report: a folder with a page, plots, tables and raw results. The texts of
 * results reach gnuplot only as quoted strings of chart_variables(), and no shell.
 */
#include <dirent.h>
#include <errno.h>
#include <fts.h>
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

enum {
	TEXT_MAX = 16 << 20,	/* bytes of a file that the page shows */
	PARTS_MAX = 4,		/* pictures of a plot */
	FILES_MAX = 256,
};

/* A report while it is made. */
struct report {
	const char *folder, *baseline;
	char *plots;			/* the directory of the templates */
	struct page_picture *pictures;
	size_t n_pictures;
	char files[FILES_MAX][NAME_SIZE];	/* written, apart from those of plots */
	size_t n_files;
};

#define ROW(member, ...) { .offset = offsetof(struct report, member), __VA_ARGS__ }

static const struct option_row options[] = {
	ROW(folder, .name = "output", .letter = 'o', .type = OPTION_TEXT, .argument = "DIR",
	    .by_default = "faultbench-report",
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

/* The whole of @file, which it closes, for free(); NULL after one line about @name, or without a @file. */
static char *read_whole(FILE *file, const char *name)
{
	char *text = file ? malloc(TEXT_MAX + 1) : NULL, *shorter;
	size_t len;

	if (!text) {
		if (file)
			fclose(file);
		return NULL;
	}
	len = fread(text, 1, TEXT_MAX + 1, file);
	fclose(file);
	if (len > TEXT_MAX) {
		say("%s: larger than %d MiB", name, TEXT_MAX >> 20);
		free(text);
		return NULL;
	}
	text[len] = '\0';
	shorter = realloc(text, len + 1);
	return shorter ? shorter : text;
}

static int write_files(const struct report *r, const struct chart_style *style, const struct chart *c,
		       const struct chart_layout *layout)
{
	const char *parts[] = { "begin.gp", NULL, "end.gp" };
	FILE *data = open_in(r->folder, style->name, ".dat", "we"), *program;
	char template[64];
	int status = STATUS_OK;

	if (!data)
		return STATUS_BAD_INPUT;
	chart_data(data, c);
	if (finish(r, data, style->name))
		return STATUS_BAD_INPUT;
	program = open_in(r->folder, style->name, ".gp", "we");
	if (!program)
		return STATUS_BAD_INPUT;
	snprintf(template, sizeof(template), "%s.gp", style->template);
	parts[1] = template;
	chart_variables(program, c, style, layout);
	for (int i = 0; i < 3 && !status; i++)
		status = append(program, r->plots, parts[i]);
	return finish(r, program, style->name) || status ? STATUS_BAD_INPUT : STATUS_OK;
}

static int draw(const struct report *r, const struct chart_style *style)
{
	char program[64], output[512];
	const char *argv[] = { "env", "-C", r->folder, "LC_ALL=C.UTF-8", "gnuplot", program, NULL };

	snprintf(program, sizeof(program), "%s.gp", style->name);
	if (proc_run(argv, output, sizeof(output)))
		return say_bad("%s/%s: gnuplot failed: %s", r->folder, program, output);
	return STATUS_OK;
}

/* The name of part @i of @plot, from 0, as in "forest-2". */
static char *part_name(const struct plot *plot, size_t i)
{
	char *name;
	int len = i ? asprintf(&name, "%s-%zu", plot->style.name, i + 1) : asprintf(&name, "%s", plot->style.name);

	return len < 0 ? NULL : name;
}

/* Remove what an earlier report drew. */
static void remove_files(const struct report *r, const struct plot *plot)
{
	static const char *const suffixes[] = { ".dat", ".gp", ".svg", ".png" };
	enum { N = sizeof(suffixes) / sizeof(suffixes[0]) };

	for (size_t i = 0; i < PARTS_MAX * N; i++) {
		char *name = part_name(plot, i / N), *path = NULL;

		if (name && asprintf(&path, "%s/%s%s", r->folder, name, suffixes[i % N]) >= 0)
			unlink(path);
		free(path);
		free(name);
	}
}

/* Add @picture, taking over what it owns. Returns STATUS_OK, or another after one line. */
static int add_picture(struct report *r, struct page_picture picture)
{
	struct page_picture *pictures = reallocarray(r->pictures, r->n_pictures + 1, sizeof(*pictures));

	if (!pictures) {
		page_picture_free(&picture);
		return say_bad("not enough memory");
	}
	r->pictures = pictures;
	pictures[r->n_pictures++] = picture;
	return STATUS_OK;
}

/* Draw part @i of @whole. */
static int make_part(struct report *r, const struct plot *plot, const struct chart *whole, size_t i)
{
	const size_t parts = chart_parts(whole), last = parts < PARTS_MAX ? parts : PARTS_MAX;
	struct page_picture picture = { .plot = plot, .name = part_name(plot, i) };
	struct chart_style style = plot->style;
	const struct chart c = chart_part(whole, i);
	int status;

	if (!picture.name || (parts > 1 ? asprintf(&picture.title, "%s (%zu of %zu)", style.title, i + 1, last) < 0
					: !(picture.title = strdup(style.title)))) {
		free(picture.name);
		return say_bad("not enough memory");
	}
	style.name = picture.name;
	style.title = picture.title;
	chart_layout(&c, &style, &picture.layout);
	if (i + 1 == last) {
		picture.panels_left = parts > last ? whole->n_panels - last * CHART_PANELS_MAX : 0;
		picture.points_left = whole->n_dropped;
	}
	status = write_files(r, &style, &c, &picture.layout) || draw(r, &style) ? STATUS_BAD_INPUT : STATUS_OK;
	if (!status)
		picture.svg = read_whole(open_in(r->folder, style.name, ".svg", "re"), style.name);
	if (picture.svg)
		return add_picture(r, picture);
	page_picture_free(&picture);
	return STATUS_BAD_INPUT;
}

static int make_plot(struct report *r, const struct plot *plot, const struct plots_input *in)
{
	struct chart c = { .n_panels = 0 };
	int status = STATUS_OK;

	remove_files(r, plot);
	plots_fill(&c, plot, in);
	if (c.out_of_memory)
		status = say_bad("not enough memory");
	else if (!c.n_panels)
		status = add_picture(r, (struct page_picture){ .plot = plot });
	for (size_t i = 0; i < chart_parts(&c) && i < PARTS_MAX && !status; i++)
		status = make_part(r, plot, &c, i);
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
		int err;

		if (!out)
			return STATUS_BAD_INPUT;
		err = format_cells(tables[i].format, out, in->results, in->figures);
		if (finish(r, out, tables[i].name))
			return STATUS_BAD_INPUT;
		if (err)
			return say_bad("not enough memory");
	}
	return STATUS_OK;
}

/* Give @name of the folder its name without ".new". Returns STATUS_OK, or another after one line. */
static int rename_whole(const struct report *r, const char *name)
{
	char *from = NULL, *to = NULL;
	int status = STATUS_OK;

	if (asprintf(&from, "%s/%s.new", r->folder, name) < 0 || asprintf(&to, "%s/%s", r->folder, name) < 0)
		status = say_bad("not enough memory");
	else if (rename(from, to))
		status = say_bad("%s: %s", to, strerror(errno));
	free(from);
	free(to);
	return status;
}

/* A report that is killed leaves no half page. */
static int write_page(struct report *r, const struct plots_input *in, const char *command)
{
	const struct page page = { .in = in, .pictures = r->pictures, .n_pictures = r->n_pictures,
				   .command = command, .files = r->files, .n_files = r->n_files };
	FILE *out = open_in(r->folder, "index.html", ".new", "we");
	int err;

	if (!out)
		return STATUS_BAD_INPUT;
	err = page_write(out, &page);
	if (finish(r, out, "index.html.new"))
		return STATUS_BAD_INPUT;
	return err ? say_bad("not enough memory") : rename_whole(r, "index.html");
}

static int make_report(struct report *r, const struct plots_input *in, const char *command)
{
	FILE *filter = open_in(r->folder, "svg.sed", "", "we");
	int status = filter ? append(filter, r->plots, "svg.sed") : STATUS_BAD_INPUT;

	if (filter && finish(r, filter, "svg.sed"))
		status = STATUS_BAD_INPUT;
	for (const struct plot *plot = plots; plot->style.name && !status; plot++)
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

static bool is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static int take_flame_graph(struct report *r, const char *path)
{
	struct page_picture picture = { .svg = read_whole(fopen(path, "re"), path), .name = strdup(path) };

	if (picture.svg && picture.name)
		return add_picture(r, picture);
	page_picture_free(&picture);
	return say_bad("%s: cannot be read", path);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* The last two parts of @path: what is published has no home directory. */
static const char *short_name(const char *path)
{
	const char *at = path + strlen(path);

	for (int parts = 0; at > path; at--)
		if (at[-1] == '/' && ++parts == 2)
			break;
	return at;
}

static int add_pass(struct report *r, const char *sites_path)
{
	const size_t len = strlen(sites_path) - strlen("/sites.txt");
	struct page_picture pass = { .sites = read_whole(fopen(sites_path, "re"), sites_path) };
	char *dir = strndup(sites_path, len), *flame = NULL;
	FILE *file = NULL;

	if (dir && asprintf(&flame, "%s/flame.svg", dir) >= 0)
		file = fopen(flame, "re");	/* a guest's pass has none */
	if (file)
		pass.svg = read_whole(file, flame);
	if (dir)
		pass.name = strdup(short_name(dir));
	free(flame);
	free(dir);
	if (pass.sites && pass.name && (pass.svg || !file))
		return add_picture(r, pass);
	page_picture_free(&pass);
	return say_bad("%s: cannot be read", sites_path);
}

/*
 * Add what 'faultbench record' left up to @depth folders below @folder, a table of fault
 * sites a pass, and a flame graph on a host. Counts the passes in *@n.
 */
static int add_passes(struct report *r, const char *folder, int depth, size_t *n)
{
	char *const roots[] = { (char *)(uintptr_t)folder, NULL };
	FTS *tree = fts_open(roots, FTS_COMFOLLOW | FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	FTSENT *entry;
	int status = 0;

	if (!tree)
		return say_bad("%s: %s", folder, strerror(errno));
	while (!status && (entry = fts_read(tree))) {
		if (entry->fts_info == FTS_D && entry->fts_level > 0 &&
		    (entry->fts_level > depth || entry->fts_name[0] == '.'))
			fts_set(tree, entry, FTS_SKIP);
		if (entry->fts_info != FTS_F || strcmp(entry->fts_name, "sites.txt") != 0)
			continue;
		status = add_pass(r, entry->fts_path);
		++*n;
	}
	fts_close(tree);
	return status;
}

/* A folder of record, or a pass in it. */
static int take_folder(struct report *r, const char *path)
{
	size_t n = 0;
	int status = add_passes(r, path, 1, &n);

	if (!status && !n)
		return say_bad("%s: has no pass of 'faultbench record', and is no result file", path);
	return status;
}

/* Read @path. Returns STATUS_OK, or another after one line. */
static int take_file(struct report *r, const char *path, struct results *results)
{
	if (!strcmp(path, "-"))
		return say_bad("standard input cannot be copied to the report; give a file");
	if (is_inside(r, path))
		return say_bad("%s: is in %s, where a report replaces files; name another folder", path, r->folder);
	if (is_folder(path))
		return take_folder(r, path);
	if (is_picture(path))
		return take_flame_graph(r, path);
	return results_load(path, results) ? STATUS_BAD_INPUT : STATUS_OK;
}

/* Whether @files has the directory of files[i] before. */
static bool is_repeated(char **files, size_t i)
{
	const char *slash = strrchr(files[i], '/');
	const size_t len = slash ? (size_t)(slash - files[i]) + 1 : 0;

	for (size_t k = 0; k < i; k++)
		if (!strncmp(files[k], files[i], len) && !strchr(files[k] + len, '/'))
			return true;
	return false;
}

/* What was recorded next to results, unless a folder or a flame graph was named. */
static int take_neighbours(struct report *r, char **files)
{
	int status = STATUS_OK;

	for (size_t i = 0; files[i]; i++)
		if (is_folder(files[i]) || is_picture(files[i]))
			return STATUS_OK;
	for (size_t i = 0; files[i] && !status; i++) {
		char *copy = strdup(files[i]), *slash = copy ? strrchr(copy, '/') : NULL;
		const char *folder = slash ? copy : ".";
		size_t n = 0;

		if (!copy)
			return say_bad("not enough memory");
		if (slash)
			slash[slash == copy] = '\0';
		if (!is_repeated(files, i))
			status = add_passes(r, folder, 2, &n);
		if (n && !status)
			say("also shows passes of 'faultbench record' in %s: %zu", folder, n);
		free(copy);
	}
	return status;
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

	dir = mkdir(r->folder, 0777) && errno != EEXIST ? NULL : opendir(r->folder);
	if (!dir)
		return say_bad("%s: %s; name a new folder with -o", r->folder, strerror(errno));
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
	if (!strcmp(r->folder, "-"))
		return say_bad("-o: a report is a folder; give its name");
	if (r->baseline && !name_ok(r->baseline))
		return say_bad("--baseline must be the name of an arm, such as native");
	if (!proc_exists("gnuplot"))
		return say_bad("gnuplot: not found; install gnuplot-nox");
	r->plots = path_of("plots");
	if (!r->plots)
		return say_bad("plots: found neither next to the program nor in %s; run make install",
			       FAULTBENCH_DATADIR);
	return STATUS_OK;
}

/* Read all files; only then make the folder, and copy the results. Returns STATUS_OK, or another after one line. */
static int take_files(struct report *r, char **files, struct results *results)
{
	int status = STATUS_OK;

	for (char **file = files; *file && !status; file++)
		status = take_file(r, *file, results);
	if (!status)
		status = take_neighbours(r, files);
	if (!status)
		status = make_folder(r);
	for (char **file = files; *file && !status; file++)
		if (!is_folder(*file) && !is_picture(*file))
			status = copy_results(r, *file);
	return status;
}

static int report_main(int argc, char **argv)
{
	static const struct syntax syntax = {
		.tables = { options }, .arguments = "FILE...",
		.doc = "Make a folder with a page, plots, tables and raw results from result files.\v"
		       "A FILE may also be a folder of 'faultbench record', or an .svg that it drew. Without these, "
		       "such folders next to the results are shown. The page has no scripts and needs no other file. "
		       "Each plot is there as SVG, PNG, data and gnuplot program. Exits 0, or 2 if a file cannot be "
		       "read or written.",
	};
	struct report r = { .folder = NULL };
	char *command = plan_command(argc, argv), **files = option_parse(&syntax, argc, argv, &r);
	struct results results;
	struct figures *figures = NULL;
	struct curve *curves = NULL;
	size_t n_curves = 0;
	int status = prepare(&r, files);

	results_init(&results);
	if (!status)
		status = take_files(&r, files, &results);
	if (!status && (cells_figures(&results, r.baseline, &figures) ||
			breakeven_curves(&results, r.baseline, &curves, &n_curves)))
		status = say_bad("not enough memory");
	if (!status)
		status = make_report(&r, &(struct plots_input){ &results, figures, curves, n_curves }, command);
	for (size_t i = 0; i < r.n_pictures; i++)
		page_picture_free(&r.pictures[i]);
	free(r.pictures);
	free(curves);
	free(figures);
	results_free(&results);
	free(r.plots);
	free(command);
	return status;
}

const struct command cmd_report = { "report", "make a page with plots, tables and raw results", report_main };
