// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Stacks to a flame graph. The outermost frame is at the bottom; a frame is as wide as
 * its share of all counts. Neighbours are in alphabetical order, not in time.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/fault_trace.h"
#include "base/text.h"

enum {
	DEPTH_MAX = FAULT_FRAMES_MAX + 1,	/* with the name of the thread */
	WIDTH = 1200, ROW = 20, MARGIN = 10, HEAD = 34,	/* of the picture */
	CHARACTER = 7,		/* width of one, at 12 pixels */
};

struct stack {
	char *text;
	const char *frames[DEPTH_MAX];	/* the outermost first */
	unsigned depth;
	double count;
};

struct graph {
	FILE *out;
	struct stack *stacks;
	size_t n;
	unsigned depth;			/* of the deepest */
	double total;
};

/* Take the frames of @from apart. Returns 0 or -ENOMEM. */
static int take(struct stack *s, const struct fault_stack *from)
{
	char *rest = strdup(from->frames);

	s->text = rest;
	s->count = (double)from->count;
	while (rest) {
		assert(s->depth < DEPTH_MAX);
		s->frames[s->depth++] = strsep(&rest, ";");
	}
	return s->text ? 0 : -ENOMEM;
}

static int by_frames(const void *a, const void *b)
{
	const struct stack *x = a, *y = b;
	int order = 0;

	for (unsigned i = 0; !order && i < x->depth && i < y->depth; i++)
		order = strcmp(x->frames[i], y->frames[i]);
	return order ? order : (x->depth > y->depth) - (x->depth < y->depth);
}

static void put_frame(const struct graph *g, const char *name, unsigned level, double before, double count, bool leaf)
{
	const double scale = (WIDTH - 2 * MARGIN) / g->total;
	const double x = MARGIN + before * scale, width = count * scale;
	const unsigned y = HEAD + (g->depth - 1 - level) * ROW;
	const size_t fits = width > 3 * CHARACTER ? (size_t)(width - CHARACTER) / CHARACTER : 0;

	fprintf(g->out, "<g><title>");
	text_markup(g->out, name, strlen(name));
	fprintf(g->out, ": %.0f faults, %.1f %%</title><rect class=\"%s\" x=\"%.2f\" y=\"%u\" width=\"%.2f\" height=\"%u\"/>",
		count, 100 * count / g->total, leaf ? "leaf" : "frame", x, y, width, ROW - 1);
	if (fits) {
		fprintf(g->out, "<text x=\"%.2f\" y=\"%u\">", x + CHARACTER / 2.0, y + ROW - 6);
		text_markup(g->out, name, fits < strlen(name) ? fits - 2 : fits);
		fputs(fits < strlen(name) ? "..</text>" : "</text>", g->out);
	}
	fputs("</g>\n", g->out);
}

/* Draw the frames at @level of @n stacks, which are equal below it; those above follow. */
static void put_level(const struct graph *g, const struct stack *stacks, size_t n, unsigned level, double before)
{
	for (size_t i = 0, end; i < n; i = end) {
		const char *name;
		double count = 0, own = 0;

		end = i + 1;
		if (stacks[i].depth <= level) {
			before += stacks[i].count;
			continue;
		}
		name = stacks[i].frames[level];
		while (end < n && !strcmp(stacks[end].frames[level], name))
			end++;
		for (size_t k = i; k < end; k++) {
			count += stacks[k].count;
			own += stacks[k].depth == level + 1 ? stacks[k].count : 0;
		}
		put_frame(g, name, level, before, count, own > 0);
		put_level(g, stacks + i, end - i, level + 1, before);
		before += count;
	}
}

static void put_head(const struct graph *g, const char *title)
{
	const unsigned height = HEAD + g->depth * ROW + MARGIN;

	fprintf(g->out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %u\" width=\"100%%\" role=\"img\">\n"
		"<title>", WIDTH, height);
	text_markup(g->out, title, strlen(title));
	fputs("</title>\n<style>\n"
	      "svg { --back: #fff; --ink: #111; --frame: #cfe3f2; --leaf: #f5c9a0; background: var(--back); }\n"
	      "text { font: 12px monospace; fill: var(--ink); }\n"
	      ".frame { fill: var(--frame); }\n.leaf { fill: var(--leaf); }\n"
	      "rect { stroke: var(--back); }\n"
	      "@media (prefers-color-scheme: dark) {\n"
	      "svg { --back: #16181c; --ink: #eee; --frame: #24506e; --leaf: #8a4a10; }\n}\n"
	      "@media print {\n"
	      "svg { --back: #fff; --ink: #000; --frame: #eee; --leaf: #ccc; }\nrect { stroke: #000; }\n}\n"
	      "</style>\n", g->out);
	fprintf(g->out, "<text x=\"%d\" y=\"20\">", MARGIN);
	text_markup(g->out, title, strlen(title));
	fprintf(g->out, "; %.0f faults</text>\n", g->total);
}

int flame_graph(FILE *out, const struct fault_trace *t, const char *title, struct reason *reason)
{
	struct graph g = { .out = out, .stacks = calloc(t->n_stacks + 1, sizeof(*g.stacks)) };
	int err = g.stacks ? 0 : -ENOMEM;

	while (g.n < t->n_stacks && !err) {
		struct stack *s = &g.stacks[g.n];

		err = take(s, &t->stacks[g.n++]);
		g.total += s->count;
		g.depth = s->depth > g.depth ? s->depth : g.depth;
	}
	if (!err) {
		qsort(g.stacks, g.n, sizeof(*g.stacks), by_frames);
		put_head(&g, title);
		put_level(&g, g.stacks, g.n, 0, 0);
		fputs("</svg>\n", out);
	}
	for (size_t i = 0; i < g.n; i++)
		free(g.stacks[i].text);
	free(g.stacks);
	return err ? reason_fail(reason, err, "not enough memory") : 0;
}
