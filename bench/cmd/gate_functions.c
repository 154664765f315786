// SPDX-License-Identifier: GPL-2.0-or-later
/* Which functions of the kernel make the difference of a cell that failed on counts. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/functions.h"
#include "base/interrupt.h"
#include "base/say.h"
#include "cmd/gate.h"

/* The functions of a cell in both kernels. */
struct both {
	struct function_count *counts[2];
	size_t n[2];
};

struct naming {
	struct gate *g;
	struct both *cells;	/* one for each of the gate's */
	int side;
};

static bool wanted(const struct gate_cell *c)
{
	return c->outcome == GATE_FAIL && c->tier == TIER_COUNTS;
}

static void drop(struct both *both, int side)
{
	for (size_t i = 0; i < both->n[side]; i++)
		free((char *)(uintptr_t)both->counts[side][i].name);
	free(both->counts[side]);
	both->counts[side] = NULL;
	both->n[side] = 0;
}

/* Keep a profile: its names are gone after the run. */
static void take(const struct item *item, const struct function_count *counts, size_t n, void *arg)
{
	struct naming *naming = arg;
	struct gate_cell *c = gate_find_cell(naming->g, &item->job, wanted);
	struct both *both = c ? &naming->cells[c - naming->g->cells] : NULL;
	struct function_count *copy = both ? calloc(n + 1, sizeof(*copy)) : NULL;

	if (!copy)
		return;
	drop(both, naming->side);
	both->counts[naming->side] = copy;
	for (size_t i = 0; i < n; i++)
		if ((copy[both->n[naming->side]].name = strdup(counts[i].name)))
			copy[both->n[naming->side]++].per_page = counts[i].per_page;
}

static void ignore(const struct item *item, struct result *r, void *arg)
{
	(void)item;
	(void)r;
	(void)arg;
}

/* Profile those jobs of @request whose cells failed. */
static void profile(struct naming *naming, const struct request *request)
{
	const struct observer observer = { .result = ignore, .functions = take, .arg = naming };
	struct plan plan = { .n = 0 };

	if (!plan_make(request, &plan)) {
		gate_keep_jobs(&plan, naming->g, wanted);
		if (plan.n)
			plan.place->kind->run(&plan, &observer);
	}
	plan_free(&plan);
}

static int describe(struct gate_cell *c, const struct both *both)
{
	char *lines[FUNCTIONS_SHOWN + 1];
	int n;

	if (!both->n[0] || !both->n[1])
		return 0;
	n = functions_differ(both->counts[0], both->n[0], both->counts[1], both->n[1], lines);
	c->functions = n > 0 ? calloc((size_t)n, sizeof(*lines)) : NULL;
	for (int i = 0; i < n; i++) {
		if (c->functions)
			c->functions[c->n_functions++] = lines[i];
		else
			free(lines[i]);
	}
	return n < 0 || (n && !c->functions) ? -ENOMEM : 0;
}

int gate_name_functions(struct gating *a, struct gate *g)
{
	struct naming naming = { .g = g };
	bool any = false;
	int err = 0;

	for (size_t i = 0; i < g->n_cells; i++)
		any |= wanted(&g->cells[i]);
	if (!any || !a->images[0][0])
		return 0;
	naming.cells = calloc(g->n_cells, sizeof(*naming.cells));
	if (!naming.cells)
		return -ENOMEM;
	say("looking for the functions that differ");
	for (size_t i = 0; i < a->n_places; i++)
		for (naming.side = 0; naming.side < 2 && !interrupted; naming.side++) {
			struct request request;
			char *place = gate_image_request(a, i, naming.side, 0, &request);

			if (place)
				profile(&naming, &request);
			free(place);
		}
	for (size_t i = 0; i < g->n_cells; i++) {
		err = err ? err : describe(&g->cells[i], &naming.cells[i]);
		drop(&naming.cells[i], 0);
		drop(&naming.cells[i], 1);
	}
	free(naming.cells);
	return err;
}
