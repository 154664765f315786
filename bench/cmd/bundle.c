// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultbench bundle: result files and what a reader needs to trust them, in an
 * archive. Runs programs of this machine, without a shell; what they print goes
 * through base/scrub.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/options.h"
#include "base/proc.h"
#include "base/say.h"
#include "base/scrub.h"
#include "base/sysfile.h"
#include "cmd/command.h"
#include "format/results.h"

struct bundle {
	const char *output;
	char folder[512];	/* that is packed */
	struct scrub *scrub;
	struct utsname host;
	size_t n_files;
	FILE *contents;		/* what is in the archive, and what is not */
};

#define ROW(member, ...) { .offset = offsetof(struct bundle, member), __VA_ARGS__ }

static const struct option_row options[] = {
	ROW(output, .name = "output", .letter = 'o', .type = OPTION_TEXT, .argument = "FILE",
	    .by_default = "faultbench-bundle.tar.gz", .help = "the archive, a new file"),
	{ .name = NULL },
};

/* The description of this machine: a file, and the program whose output it gets. */
static const struct source {
	const char *name, *what;
	const char *program[4];		/* as exec takes it: NULL ends it */
} sources[] = {
	{ "cmdline.txt", "command line of the kernel", { "sed", "s/^/Command line: /", "/proc/cmdline" } },
	{ "cpu.txt", "the CPU", { "lscpu" } },
	{ "dmesg.txt", "messages of the kernel", { "dmesg" } },
	{ "kernel.txt", "release and build of the kernel", { "uname", "-srvm" } },
	{ "qemu-x86_64.txt", "version of QEMU", { "qemu-system-x86_64", "--version" } },
	{ "qemu-aarch64.txt", "version of QEMU", { "qemu-system-aarch64", "--version" } },
	{ "compiler.txt", "version of the compiler", { "cc", "--version" } },
	{ "mkfs.txt", "versions of the file systems' programs", { "mkfs.ext4", "-V" } },
	{ NULL, NULL, { NULL } },
};

/* A new file of the archive; NULL after one line. */
static FILE *new_file(struct bundle *b, const char *name, const char *what)
{
	char path[640];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", b->folder, name);
	out = fopen(path, "we");
	if (!out) {
		say("%s: %s", path, strerror(errno));
		return NULL;
	}
	b->n_files++;
	if (b->contents)
		fprintf(b->contents, "%-20s %s\n", name, what);
	return out;
}

/* Close @out. Returns @status, or another after one line where not all of it was written. */
static int finish(const struct bundle *b, FILE *out, int status)
{
	const bool bad = ferror(out);

	if ((fclose(out) || bad) && !status)
		return say_bad("%s: cannot be written; TMPDIR=DIR names a directory with space", b->folder);
	return status;
}

/* @line scrubbed; behind "Command line: " there is the kernel's. The caller frees it. */
static char *scrub_line(struct bundle *b, char *line)
{
	static const char mark[] = "ommand line: ";
	char *words = strstr(line, mark), *clean, *all = NULL;

	if (!words)
		return scrub_text(b->scrub, line);
	words += strlen(mark);
	words[strcspn(words, "\n")] = '\0';
	clean = scrub_cmdline(b->scrub, words);
	if (clean && asprintf(&all, "%.*s%s\n", (int)(words - line), line, clean) < 0)
		all = NULL;
	free(clean);
	return all;
}

/* Copy lines of @in to @out, scrubbed. Returns STATUS_OK, or another after one line. */
static int copy_lines(struct bundle *b, FILE *in, FILE *out)
{
	char *line = NULL, *clean;
	size_t size = 0;
	int status = STATUS_OK;

	while (!status && getline(&line, &size, in) >= 0) {
		clean = scrub_line(b, line);
		if (!clean)
			status = say_bad("not enough memory");
		for (const char *at = clean; at && *at; at++)
			fputc(*at == '\n' || *at == '\t' || (*at >= ' ' && *at <= '~') ? *at : '?', out);
		free(clean);
	}
	free(line);
	return status;
}

/* What @program prints goes to the file @name; a program that is not there is said. */
static int add_output(struct bundle *b, const char *name, const char *what, const char *const program[])
{
	FILE *raw = tmpfile(), *out;
	int status;
	pid_t pid;

	if (!raw)
		return say_bad("no temporary file: %s", strerror(errno));
	pid = proc_exists(program[0]) ? proc_spawn(program, -1, fileno(raw), fileno(raw), -1) : -ENOENT;
	if (pid < 0 || proc_wait(pid)) {
		fprintf(b->contents, "%-20s missing: %s %s\n", name, program[0],
			pid == -ENOENT ? "is not installed" : "failed");
		fclose(raw);
		return STATUS_OK;
	}
	fseek(raw, 0, SEEK_SET);
	out = new_file(b, name, what);
	status = out ? finish(b, out, copy_lines(b, raw, out)) : STATUS_BAD_INPUT;
	fclose(raw);
	return status;
}

static int add_machine(struct bundle *b)
{
	char config[sizeof(b->host.release) + 16];
	const char *program[] = { "zcat", "-f", access("/proc/config.gz", R_OK) ? config : "/proc/config.gz", NULL };
	int status;

	snprintf(config, sizeof(config), "/boot/config-%s", b->host.release);
	status = add_output(b, "config.txt", "configuration of the kernel", program);
	for (const struct source *s = sources; s->name && !status && !interrupted; s++)
		status = add_output(b, s->name, s->what, s->program);
	return status;
}

/* A field of a context, without what identifies the machine. */
static int scrub_field(struct bundle *b, char **field, char *(*how)(struct scrub *s, const char *text))
{
	char *clean = *field ? how(b->scrub, *field) : NULL;

	if (*field && !clean)
		return -ENOMEM;
	result_set_text(field, clean);
	free(clean);
	return 0;
}

/* A line of a result file. @len bytes, without the newline. */
static int add_line(struct bundle *b, const char *line, size_t len, FILE *out, FILE *commands)
{
	struct result result;
	struct reason why;
	char *clean;
	int err = result_parse(line, len, &result, &why);

	if (!err && result.type == RESULT_CONTEXT) {
		err = scrub_field(b, &result.run.cmdline, scrub_cmdline);
		err = err ? err : scrub_field(b, &result.run.command, scrub_text);
		result_write(out, &result);
		fprintf(commands, "%s\n    kernel %s, place %s\n    %s\n", result.run.started ? result.run.started : "?",
			result.run.kernel, result.run.place, result.run.command ? result.run.command : "not recorded");
		result_free(&result);
		return err;
	}
	result_free(&result);
	clean = scrub_text(b->scrub, line);
	for (const char *at = clean; at && *at; at++)
		fputc(*at >= ' ' && *at <= '~' ? *at : '?', out);
	fputc('\n', out);
	free(clean);
	return clean ? 0 : -ENOMEM;
}

/* results_load() has read @path before, so its lines are what they must be. */
static int add_results(struct bundle *b, const char *path, size_t number, FILE *commands)
{
	char name[32], *line = NULL;
	FILE *in = fopen(path, "re"), *out;
	size_t size = 0;
	ssize_t len;
	int err = 0;

	if (!in)
		return say_bad("%s: %s", path, strerror(errno));
	snprintf(name, sizeof(name), "results-%zu.jsonl", number);
	out = new_file(b, name, "results");
	while (out && !err && (len = getline(&line, &size, in)) >= 0) {
		if (len && line[len - 1] == '\n')
			line[--len] = '\0';
		err = add_line(b, line, (size_t)len, out, commands);
	}
	free(line);
	fclose(in);
	if (!out)
		return STATUS_BAD_INPUT;
	return finish(b, out, err ? say_bad("%s: cannot be packed: %s", path, strerror(-err)) : STATUS_OK);
}

/* Read @files as a report would, so that no other file is packed, and say where kernels differ. */
static int check_files(struct bundle *b, char **files)
{
	struct results r;
	int err = 0;

	results_init(&r);
	for (char **file = files; *file && !err; file++) {
		if (!strcmp(*file, "-")) {
			say("standard input cannot be packed; give a file");
			err = -EINVAL;
		} else {
			err = results_load(*file, &r);
		}
	}
	for (size_t i = 0; i < r.n_runs && !err; i++)
		if (!strcmp(r.runs[i].place, "host") && strcmp(r.runs[i].kernel, b->host.release))
			say("%s: measured on Linux %s, but this machine runs %s: the archive describes the latter",
			    r.runs[i].path, r.runs[i].kernel, b->host.release);
	results_free(&r);
	return err ? STATUS_BAD_INPUT : STATUS_OK;
}

/* The archive gets its name once it is whole. */
static int pack(const struct bundle *b)
{
	char output[512], *partial;
	int status = STATUS_OK;

	if (asprintf(&partial, "%s.partial", b->output) < 0)
		return say_bad("not enough memory");
	/* Or a name with a colon is that of another machine. */
	const char *argv[] = { "tar", "--force-local", "--create", "--gzip", "--sort=name", "--owner=root:0",
			       "--group=root:0", "--transform=s/^[.]/faultbench-bundle/", "--file", partial,
			       "--directory", b->folder, ".", NULL };

	if (proc_run(argv, output, sizeof(output)))
		status = say_bad("%s: tar failed: %s", b->output, output);
	else if (renameat2(AT_FDCWD, partial, AT_FDCWD, b->output, RENAME_NOREPLACE))
		status = say_bad("%s: %s", b->output, strerror(errno));
	if (status)
		unlink(partial);
	free(partial);
	return status;
}

static int fill(struct bundle *b, char **files)
{
	FILE *commands;
	size_t number = 0;
	int status;

	b->contents = new_file(b, "README.txt", "");
	if (!b->contents)
		return STATUS_BAD_INPUT;
	fprintf(b->contents, "Packed by faultbench " FAULTBENCH_VERSION ".\n");
	commands = new_file(b, "commands.txt", "what was run");
	if (!commands)
		return finish(b, b->contents, STATUS_BAD_INPUT);
	status = add_machine(b);
	for (char **file = files; *file && !status && !interrupted; file++)
		status = add_results(b, *file, ++number, commands);
	fputs("\nLeft out: ", b->contents);
	scrub_summary(b->scrub, b->contents);
	fputs(".\n", b->contents);
	return finish(b, b->contents, finish(b, commands, status));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *place)
{
	(void)st;
	(void)type;
	(void)place;
	return remove(path);
}

static int make_bundle(struct bundle *b, char **files)
{
	const char *tmp = getenv("TMPDIR");
	int status;

	snprintf(b->folder, sizeof(b->folder), "%s/faultbench.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(b->folder))
		return say_bad("%s: %s; name a folder for temporary files with TMPDIR", b->folder, strerror(errno));
	status = fill(b, files);
	if (!status && !interrupted)
		status = pack(b);
	/* The folder goes, whatever is in the archive. */
	nftw(b->folder, remove_one, 1, FTW_DEPTH | FTW_PHYS);
	if (interrupted)
		return INTERRUPT_STATUS;
	if (!status) {
		printf("%s: %zu files; left out: ", b->output, b->n_files);
		scrub_summary(b->scrub, stdout);
		putchar('\n');
	}
	return status;
}

static int bundle_main(int argc, char **argv)
{
	static const struct syntax syntax = {
		.tables = { options }, .arguments = "FILE...",
		.doc = "Pack result files with a description of this machine: the kernel's configuration, command line and "
		       "messages, the CPU, and versions of programs.\v"
		       "Run it on the machine that measured. Names of the host and of users, serial numbers, hardware "
		       "addresses, UUIDs and tokens of command lines are left out, and counted in README.txt. Read the "
		       "archive before you publish it. Exits 0, or 2 if a file cannot be read or written.",
	};
	struct bundle b = { .output = NULL };
	char **files = option_parse(&syntax, argc, argv, &b);
	char cmdline[8192];	/* more than any architecture takes */
	int status;

	if (!files[0])
		return say_bad("no file given: give result files of 'faultbench run'");
	if (!access(b.output, F_OK))
		return say_bad("%s: exists; name another archive with -o", b.output);
	interrupt_catch();
	uname(&b.host);
	status = check_files(&b, files);
	if (status)
		return status;
	if (sysfile_line("/proc/cmdline", cmdline, sizeof(cmdline)))
		cmdline[0] = '\0';
	b.scrub = scrub_open(b.host.nodename, cmdline);
	status = b.scrub ? make_bundle(&b, files) : say_bad("not enough memory");
	scrub_close(b.scrub);
	return status;
}

const struct command cmd_bundle = { "bundle", "pack results with a description of this machine", bundle_main };
