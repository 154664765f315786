// SPDX-License-Identifier: GPL-2.0-or-later
/* faultbench list: everything that can be chosen, and why something cannot be used here. */
#include <stdio.h>

#include "base/options.h"
#include "base/say.h"
#include "base/text.h"
#include "cmd/command.h"
#include "measure/tables.h"
#include "place/place.h"
#include "workload/workload.h"

enum { NAME_COLUMNS = 21, LINE_COLUMNS = 80 };

static bool names_only;

/* What is said below a section. */
static void note(const char *text)
{
	if (!names_only)
		puts(text);
}

/* Why something cannot be used, in as many lines as it takes. */
static void print_reason(const char *lead, const char *why)
{
	struct reason text;

	text_wrap(stdout, NAME_COLUMNS + 3, reason_set(&text, "%s: %s", lead, why));
}

/* A row; lines below it say why it cannot be used here. */
static void row(const char *name, const char *summary, const char *reason)
{
	if (names_only) {
		puts(name);
		return;
	}
	printf("  %-*s ", NAME_COLUMNS, name);
	text_continue(stdout, NAME_COLUMNS + 3, LINE_COLUMNS, summary);
	if (reason)
		print_reason("not here", reason);
}

static int workload_row(const struct workload *w, const char *error, void *arg)
{
	(void)arg;
	if (w)
		row(w->name, w->summary, NULL);
	else
		say("%s", error);
	return 0;
}

static void list_workloads(void)
{
	workload_each(workload_row, NULL);
}

/* What the whole back end lacks is printed once, below it. */
static void list_backend(enum backend backend)
{
	for (const struct strategy *s = strategies; s->name; s++)
		if (s->backend == backend)
			row(s->name, s->summary, s->unsupported && s->unsupported != switch_missing
						 ? s->unsupported() : NULL);
}

static void list_kernel_strategies(void)
{
	const char *reason = switch_missing();

	list_backend(BACKEND_KERNEL);
	if (reason && !names_only)
		print_reason("not on this host", reason);
	note("  first and pre do the same where each copy has one page: with blocks of one\n"
	     "  page, and in the loops of 6.1 that copy page by page.");
}

static void list_strategies(void)
{
	list_backend(BACKEND_USER);
	note("  touch-first and touch do the same where a block is one page; touch:4096 is\n"
	     "  the same as touch where a page has 4 KiB.");
}

static void list_sources(void)
{
	for (const struct source_ops *s = sources; s->name; s++)
		row(s->name, s->summary, s->unsupported ? s->unsupported() : NULL);
}

static void list_targets(void)
{
	struct reason reason;

	for (const struct target *t = targets; t->name; t++)
		row(t->name, t->summary, target_unsupported(t, &reason));
}

static void list_devices(void)
{
	struct reason reason;

	for (int i = 0; device_kinds[i]; i++)
		row(device_kinds[i]->name, device_kinds[i]->summary,
		    device_kinds[i]->unsupported(NULL, &reason));
}

static void list_places(void)
{
	for (int i = 0; place_kinds[i]; i++) {
		struct reason reason;
		struct place *place = place_open(place_kinds[i]->name, &reason);

		row(place_kinds[i]->name, place_kinds[i]->summary,
		    place ? NULL : place_why(place_kinds[i]->name, &reason));
		if (place && place->about[0] && !names_only)
			text_wrap(stdout, NAME_COLUMNS + 3, place->about);
		place_close(place);
	}
}

static const struct section {
	const char *name, *title;
	void (*print)(void);
} sections[] = {
	{ "workloads", "Workloads (-w)", list_workloads },
	{ "strategies", "Strategies in user space (-s)", list_strategies },
	{ "kernel", "Strategies inside Linux (-s)", list_kernel_strategies },
	{ "sources", "Sources (of reads: destinations) in workload files", list_sources },
	{ "targets", "Targets (-t)", list_targets },
	{ "devices", "Devices (--device)", list_devices },
	{ "places", "Places (--on)", list_places },
	{ NULL, NULL, NULL },
};

static const char *section_name(size_t i)
{
	return sections[i].name;
}

static const struct table section_table = {
	.what = "section", .where = "'faultbench list --help'", .name = section_name,
};

static int list_main(int argc, char **argv)
{
	static const struct option_row options[] = {
		{ .name = "names", .type = OPTION_FLAG, .help = "only the names, one per line, for scripts" },
		{ .name = NULL },
	};
	static const struct syntax syntax = {
		.tables = { options }, .arguments = "[SECTION...]",
		.doc = "List workloads, strategies, sources, targets, devices and places, and why an item "
		       "cannot be used here.\vSections: workloads, strategies, kernel, sources, targets, devices, places.",
	};
	char **only = option_parse(&syntax, argc, argv, &names_only);
	bool shown[sizeof(sections) / sizeof(sections[0])] = { false };
	const char *gap = "";

	for (char **name = only; *name; name++) {
		struct reason reason;
		ssize_t i = table_choose(&section_table, *name, &reason);

		if (i < 0)
			return say_bad("%s", reason.text);
		shown[i] = true;
	}
	for (size_t i = 0; sections[i].name; i++) {
		if (*only && !shown[i])
			continue;
		if (!names_only)
			printf("%s%s\n", gap, sections[i].title);
		sections[i].print();
		gap = "\n";
	}
	return STATUS_OK;
}

const struct command cmd_list = { "list", "list what can be chosen, and why an item cannot be used here", list_main };
