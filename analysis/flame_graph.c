// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Folded stacks to a flame graph. The outermost frame is at the bottom; a frame is as
 * wide as its share of all counts. Neighbours are in alphabetical order, not in time.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/flame_graph.h"
#include "base/text.h"

enum {
	STACKS_MAX = 4096,
	DEPTH_MAX = 128,
	WIDTH = 1200, ROW = 20, MARGIN = 10, HEAD = 34,	/* of the picture */
	CHARACTER = 7,		/* width of one, at 12 pixels */
};

struct stack {
	char *line;
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
	const char *unit;
};

/* Take "a;b 12" apart. Returns false where it is no such line. */
static bool parse(struct stack *s, char *line)
{
	char *count = strrchr(line, ' '), *rest = line, *end;

	if (!count || count == line || count[1] < '0' || count[1] > '9')
		return false;
	*count++ = '\0';
	s->count = strtod(count, &end);
	if (*end || !(s->count > 0 && s->count < 1e15))
		return false;
	while (rest) {
		if (s->depth == DEPTH_MAX)
			return false;
		s->frames[s->depth++] = strsep(&rest, ";");
	}
	return true;
}

/* Read all stacks. Returns 0 or -errno with @reason. */
static int read_stacks(struct graph *g, FILE *in, struct reason *reason)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int err = 0;

	while (!err && (len = getline(&line, &room, in)) >= 0) {
		struct stack *s = &g->stacks[g->n];

		if (len && line[len - 1] == '\n')
			line[len - 1] = '\0';
		if (g->n == STACKS_MAX) {
			err = reason_fail(reason, -E2BIG, "more than %d stacks", STACKS_MAX);
			break;
		}
		s->line = line;
		line = NULL;
		room = 0;
		if (!parse(s, s->line))
			err = reason_fail(reason, -EINVAL, "line %zu: not a folded stack", g->n + 1);
		g->n++;
		g->total += s->count;
		g->depth = s->depth > g->depth ? s->depth : g->depth;
	}
	free(line);
	return err;
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
	fprintf(g->out, ": %.0f %s, %.1f %%</title><rect class=\"%s\" x=\"%.2f\" y=\"%u\" width=\"%.2f\" height=\"%u\"/>",
		count, g->unit, 100 * count / g->total, leaf ? "leaf" : "frame", x, y, width, ROW - 1);
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
	fprintf(g->out, "; %.0f %s</text>\n", g->total, g->unit);
}

int flame_graph(FILE *out, FILE *in, const char *title, const char *unit, struct reason *reason)
{
	struct graph g = { .out = out, .stacks = calloc(STACKS_MAX, sizeof(*g.stacks)), .unit = unit };
	int err;

	if (!g.stacks)
		return reason_fail(reason, -ENOMEM, "not enough memory");
	err = read_stacks(&g, in, reason);
	if (!err) {
		qsort(g.stacks, g.n, sizeof(*g.stacks), by_frames);
		put_head(&g, title);
		if (g.n)
			put_level(&g, g.stacks, g.n, 0, 0);
		fputs("</svg>\n", out);
	}
	for (size_t i = 0; i < g.n; i++)
		free(g.stacks[i].line);
	free(g.stacks);
	return err;
}
