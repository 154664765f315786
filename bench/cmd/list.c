// SPDX-License-Identifier: GPL-2.0-or-later
/* faultbench list: everything that can be named, and why what cannot be used here cannot. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/options.h"
#include "base/say.h"
#include "base/text.h"
#include "cmd/command.h"
#include "measure/measure.h"
#include "place/place.h"
#include "workload/workload.h"

enum { NAME_COLUMNS = 18, LINE_COLUMNS = 80 };

/* Why something cannot be used, behind the names, in as many lines as it takes. */
static void print_reason(const char *lead, const char *reason)
{
	char *text;

	if (asprintf(&text, "%s: %s", lead, reason) < 0)
		return;
	text_wrap(stdout, NAME_COLUMNS + 3, text);
	free(text);
}

/* A row; a second line says why it cannot be used here. */
static void row(const char *name, const char *summary, const char *reason)
{
	printf("  %-*s %.*s\n", NAME_COLUMNS, name, LINE_COLUMNS - NAME_COLUMNS - 3, summary);
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

/* What all of a back end lack is told once. */
static void list_backend(const char *backend)
{
	for (const struct strategy *s = strategies; s->name; s++)
		if (!strcmp(s->backend, backend))
			row(s->name, s->summary, s->unsupported && s->unsupported != switch_missing
						 ? s->unsupported() : NULL);
}

static void list_kernel_strategies(void)
{
	const char *reason = switch_missing();

	list_backend("kernel");
	if (reason)
		print_reason("not on this host", reason);
	puts("  first and pre do the same where a copy has one page: blocks of a page, and\n"
	     "  6.1's page loops.");
}

static void list_strategies(void)
{
	list_backend("user");
	puts("  touch-first and touch do the same where a block has one page, and touch:4096\n"
	     "  is touch where pages have 4 KiB.");
}

static void list_sources(void)
{
	for (const struct source_ops *s = sources; s->name; s++)
		row(s->name, s->summary, s->unsupported ? s->unsupported() : NULL);
}

static void list_targets(void)
{
	char reason[256];

	for (const struct target *t = targets; t->name; t++)
		row(t->name, t->summary, target_unsupported(t, reason, sizeof(reason)));
}

static void list_devices(void)
{
	char reason[256];

	for (int i = 0; device_kinds[i]; i++)
		row(device_kinds[i]->name, device_kinds[i]->summary,
		    device_kinds[i]->unsupported(NULL, reason, sizeof(reason)));
}

static void list_places(void)
{
	char reason[256];

	for (int i = 0; places[i]; i++)
		row(places[i]->name, places[i]->summary, places[i]->unsupported(places[i], NULL, reason, sizeof(reason)));
}

static const struct section {
	const char *name, *title;
	void (*print)(void);
} sections[] = {
	{ "workloads", "Workloads (-w)", list_workloads },
	{ "strategies", "Strategies in user space (-s)", list_strategies },
	{ "kernel", "Strategies inside Linux (-s)", list_kernel_strategies },
	{ "sources", "Sources, for reads destinations (in workload files)", list_sources },
	{ "targets", "Targets (-t)", list_targets },
	{ "devices", "Devices (--device)", list_devices },
	{ "places", "Places (--on)", list_places },
	{ NULL, NULL, NULL },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const char **only = state->input;

	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	for (const struct section *s = sections; s->name; s++)
		if (!strcmp(s->name, arg))
			*only = s->name;
	if (!*only)
		option_bad(state, "no section '%s': workloads, strategies, "
			   "kernel, sources, targets, devices or places", arg);
	return 0;
}

int cmd_list(int argc, char **argv)
{
	static const struct argp argp = {
		NULL, parse, "[SECTION]",
		"Workloads, strategies, sources, targets, devices and places.", NULL, NULL, NULL,
	};
	const char *only = NULL;

	option_parse(&argp, argc, argv, &only);
	for (const struct section *s = sections; s->name; s++) {
		if (only && only != s->name)
			continue;
		printf("%s%s\n", s == sections || only ? "" : "\n", s->title);
		s->print();
	}
	return STATUS_OK;
}
