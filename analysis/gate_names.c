// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of cells, and the verdict in a few words. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/gate.h"

/* Parts of a cell's name, in their order. */
enum { WORKLOAD, TARGET, LAYOUT, SHARE, STRATEGY, PLACE, N_PARTS };

/* Without which a name is none. */
static const unsigned always = 1U << WORKLOAD | 1U << TARGET | 1U << LAYOUT;

static const char *part_of(const struct gate_cell *c, int part, char share[32])
{
	const char *const parts[N_PARTS] = {
		[WORKLOAD] = c->workload, [TARGET] = c->target, [LAYOUT] = c->layout, [SHARE] = share,
		[STRATEGY] = c->strategy, [PLACE] = c->place,
	};

	snprintf(share, 32, "%.4g%%", 100 * c->cold_fraction);
	return parts[part];
}

/*
 * Parts in which cells of @g differ, those of @in alone unless it is NULL. Shares of cold
 * pages count where they differ in one workload.
 */
static unsigned differing(const struct gate *g, const bool *in)
{
	const struct gate_cell *first = NULL, *last = NULL;
	unsigned parts = 0;

	for (size_t i = 0; i < g->n_cells; i++) {
		const struct gate_cell *c = &g->cells[i];
		char a[32], b[32];

		if (in && !in[i])
			continue;
		if (!first)
			first = c;
		for (int part = 0; part < N_PARTS; part++)
			if (part != SHARE && strcmp(part_of(c, part, a), part_of(first, part, b)))
				parts |= 1U << part;
		/* Cells of a workload are neighbours; one that nobody measured has no share. */
		if (last && c->arms && !strcmp(c->workload, last->workload) && c->cold_fraction != last->cold_fraction)
			parts |= 1U << SHARE;
		last = c->arms ? c : last;
	}
	return parts;
}

static const char *join(const struct gate_cell *c, unsigned parts, char buf[GATE_NAME])
{
	char share[32];
	size_t len = 0;

	buf[0] = '\0';
	for (int part = 0; part < N_PARTS; part++)
		if (parts >> part & 1)
			len += (size_t)snprintf(buf + len, GATE_NAME - len, "%s%s", len ? " " : "",
						part_of(c, part, share));
	return buf;
}

const char *gate_cell_name(const struct gate *g, const struct gate_cell *c, char buf[GATE_NAME])
{
	return join(c, always | differing(g, NULL), buf);
}

const char *gate_short_name(const struct gate *g, const struct gate_cell *c, char buf[GATE_NAME])
{
	const unsigned parts = differing(g, NULL);

	return join(c, parts ? parts : always, buf);
}

const char *gate_shared_name(const struct gate *g, const bool *in, char buf[GATE_NAME])
{
	const unsigned all = differing(g, NULL);
	size_t first = 0;

	if (!in)
		return join(g->cells, all ? always & ~all : 0, buf);
	while (!in[first])
		first++;
	return join(&g->cells[first], all & ~differing(g, in), buf);
}

/* Cells whose path is shorter, by more than their resolution. */
static size_t count_shorter(const struct gate *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n_cells; i++)
		n += g->cells[i].tier == TIER_COUNTS && -g->cells[i].change > g->cells[i].resolution;
	return n;
}

/* Append "3 of 12 cells undecided", or "3 undecided" where the cells were counted before. */
static void add_count(struct reason *out, const struct gate *g, enum gate_outcome outcome, const char *what)
{
	if (g->n[outcome] && out->text[0])
		reason_add(out, "%zu %s", g->n[outcome], what);
	else if (g->n[outcome])
		reason_set(out, "%zu of %zu cell%s %s", g->n[outcome], g->n_cells, g->n_cells > 1 ? "s" : "", what);
}

const char *gate_summary(const struct gate *g, struct reason *out)
{
	const bool counts = g->n_cells && g->cells[0].tier == TIER_COUNTS;
	const char *worse = counts ? "path longer" : "slower";
	const size_t shorter = count_shorter(g), n = g->n_cells;

	out->text[0] = '\0';
	if (g->reason.text[0])
		return reason_set(out, "%s", g->reason.text);
	if (g->outcome == GATE_PASS)
		reason_set(out, "%s in none of %zu cell%s", worse, n, n > 1 ? "s" : "");
	if (g->n[GATE_FAIL])
		reason_set(out, "%s in %zu of %zu cell%s", worse, g->n[GATE_FAIL], n, n > 1 ? "s" : "");
	add_count(out, g, GATE_ERROR, "cannot be compared");
	add_count(out, g, GATE_INCONCLUSIVE, "undecided");
	add_count(out, g, GATE_NONE, "not measured");
	if (shorter)
		reason_add(out, "path shorter in %zu", shorter);
	return out->text;
}
