// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultbench doctor: what would block or spoil a measurement on this machine,
 * each with the command that fixes it. It tries, but changes nothing that stays.
 *
 * A check is a function and a row in a file of doctor/, in the order in which
 * they are shown.
 */
#include <assert.h>
#include <stdio.h>

#include "base/interrupt.h"
#include "base/options.h"
#include "base/say.h"
#include "base/table.h"
#include "base/text.h"
#include "cmd/command.h"
#include "disk/memory.h"
#include "doctor/doctor.h"
#include "workload/workload.h"

enum { NAME_WIDTH = 14, TEXT_COLUMN = 8 + NAME_WIDTH, LINE_WIDTH = 79, CHECKS_MAX = 64 };

static const char *const level_names[] = {
	[LEVEL_OK] = "ok", [LEVEL_NOTE] = "note", [LEVEL_BLOCKS] = "blocks",
	[LEVEL_NOTHING] = "blocks",
};

/* The @i-th of all checks, or NULL. */
static const struct check *check_at(size_t i)
{
	static const struct check *const tables[] = {
		rights_checks, kernel_checks, machine_checks, resolution_checks,
	};

	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
		for (const struct check *c = tables[t]; c->name; c++)
			if (!i--)
				return c;
	return NULL;
}

static const char *check_name(size_t i)
{
	const struct check *c = check_at(i);

	return c ? c->name : NULL;
}

static const struct table checks = { .what = "check", .where = "'faultbench doctor --help'", .name = check_name };

static void print_finding(const char *name, const struct finding *f)
{
	char text[4 * sizeof(f->text)];	/* escaped */

	printf("%-7s %-*s", level_names[f->level], NAME_WIDTH, name);
	text_continue(stdout, TEXT_COLUMN, LINE_WIDTH, say_escape(text, sizeof(text), f->text.text));
	/* Commands are not broken, since they are there to be copied, so they begin early. */
	if (f->fix.text[0])
		printf("  > %s\n", say_escape(text, sizeof(text), f->fix.text));
	fflush(stdout);
}

static int note_largest(const struct workload *w, const char *error, void *arg)
{
	struct doctor *d = arg;
	struct job job = { .rounds = 0 };

	(void)error;
	if (!w)
		return 0;
	workload_job(w, 0, &job);
	if (memory_files(&job) > memory_files(&d->largest))
		d->largest = job;
	if (job.threads > d->threads)
		d->threads = job.threads;
	return 0;
}

/* Mark the checks that @names names in @chosen. Returns 0, or STATUS_BAD_INPUT after one line. */
static int choose(char **names, bool chosen[CHECKS_MAX])
{
	struct reason reason;
	ssize_t i;

	for (; *names; names++) {
		i = table_choose(&checks, *names, &reason);
		if (i < 0)
			return say_bad("%s", reason.text);
		assert(i < CHECKS_MAX);
		chosen[i] = true;
	}
	return 0;
}

static int doctor_main(int argc, char **argv)
{
	static const char format[] =
		"Check what would block or spoil a measurement here.\v"
		"CHECK is %s. The default is all of them. 'ok': nothing to do; 'note': results are noisier "
		"or fewer; 'blocks': some things cannot be measured. A line with '>' is a command that fixes the line "
		"above; doctor itself changes nothing. Exits with 0 if nothing blocks, 3 if only tmpfs can "
		"be measured, 4 if nothing can.";
	struct reason names;
	char doc[sizeof(format) + sizeof(names)];
	const struct syntax syntax = { .arguments = "[CHECK...]", .doc = doc };
	struct doctor d = { .worst = LEVEL_OK };
	bool chosen[CHECKS_MAX] = { false };
	const struct check *c;
	char **only;

	snprintf(doc, sizeof(doc), format, table_names(&checks, &names));
	only = option_parse(&syntax, argc, argv, NULL);
	if (choose(only, chosen))
		return STATUS_BAD_INPUT;
	interrupt_catch();
	workload_each(note_largest, &d);
	doctor_look_around(&d);
	for (size_t i = 0; (c = check_at(i)) && !interrupted; i++) {
		struct finding f = { .doctor = &d };

		if (*only && !chosen[i])
			continue;
		c->look(&f);
		if (*only && !f.text.text[0])
			found(&f, LEVEL_OK, "does not apply to this machine");
		if (f.text.text[0])
			print_finding(c->name, &f);
		if (f.level > d.worst)
			d.worst = f.level;
	}
	if (interrupted)
		return INTERRUPT_STATUS;
	if (d.worst == LEVEL_NOTHING)
		return STATUS_NONE;
	return d.worst == LEVEL_BLOCKS ? STATUS_SOME : STATUS_OK;
}

const struct command cmd_doctor = { "doctor", "check what would block or spoil a measurement here", doctor_main };
