// SPDX-License-Identifier: GPL-2.0-or-later
/* Charts: collected in memory, and written for gnuplot. */
#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/chart.h"
#include "base/text.h"

enum {
	LINE = 68, NAME_MAX_LENGTH = 58,	/* characters across the picture, small and larger */
	ROW_NAME_MAX = 26,	/* of the name of a row */
	LINES_MAX = 64,		/* of a panel: contexts have 600 characters at most */
	/* Pixels. */
	WIDTH = 480, TITLE_HEIGHT = 34, ENTRY_HEIGHT = 21, NAME_HEIGHT = 24, LINE_HEIGHT = 13, FOOT_HEIGHT = 58,
	CURVES_HEIGHT = 190, CURVES_LEFT = 78, ROW_HEIGHT = 15, SERIES_HEIGHT = 8, LETTER = 7,
};

static void free_panel(struct chart_panel *p)
{
	for (size_t k = 0; k < p->n_blocks; k++)
		free(p->blocks[k].points);
	for (size_t k = 0; k < p->n_ticks; k++)
		free(p->ticks[k].text);
	for (size_t k = 0; k < p->n_contexts; k++)
		free(p->contexts[k]);
	free(p->blocks);
	free(p->name);
}

void chart_free(struct chart *c)
{
	for (size_t i = 0; i < c->n_panels; i++)
		free_panel(&c->panels[i]);
	for (size_t i = 0; i < c->n_series; i++)
		free(c->series[i]);
	free(c->panels);
	memset(c, 0, sizeof(*c));
}

/* Room for one more item of @size in *@array, which has @n and doubles at powers of two; NULL without memory. */
static void *more(struct chart *c, void *array, size_t n, size_t size)
{
	void **at = array;

	if ((n & (n - 1)) == 0) {
		void *larger = reallocarray(*at, n ? 2 * n : 1, size);

		if (!larger) {
			c->out_of_memory = true;
			return NULL;
		}
		*at = larger;
	}
	return memset((char *)*at + n * size, 0, size);
}

static char *copy(struct chart *c, const char *text)
{
	char *made = strdup(text);

	c->out_of_memory |= !made;
	return made;
}

struct chart_panel *chart_panel(struct chart *c, const char *format, ...)
{
	struct chart_panel *p;
	char *name;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&name, format, ap) < 0)
		name = NULL;
	va_end(ap);
	c->out_of_memory |= !name;
	/* From the last, which most cells are added to. */
	for (size_t i = c->n_panels; i-- > 0 && name;) {
		if (strcmp(c->panels[i].name, name))
			continue;
		free(name);
		return &c->panels[i];
	}
	p = name ? more(c, &c->panels, c->n_panels, sizeof(*p)) : NULL;
	if (!p) {
		free(name);
		return NULL;
	}
	p->name = name;
	c->n_panels++;
	return p;
}

void chart_context(struct chart *c, struct chart_panel *p, const char *text, size_t n, const char *n_of)
{
	size_t i = 0;

	if (!p)
		return;
	p->n_low = p->n_of && p->n_low < n ? p->n_low : n;
	p->n_high = p->n_high > n ? p->n_high : n;
	p->n_of = n_of;
	while (i < p->n_contexts && strcmp(p->contexts[i], text))
		i++;
	if (i < p->n_contexts || i == CHART_CONTEXTS_MAX)
		return;
	p->contexts[i] = copy(c, text);
	p->n_contexts += p->contexts[i] != NULL;
}

double chart_tick(struct chart *c, struct chart_panel *p, const char *text, double at)
{
	char *made;

	if (!p)
		return NAN;
	for (size_t i = 0; i < p->n_ticks; i++)
		if (!strcmp(p->ticks[i].text, text))
			return (double)i;
	made = p->n_ticks < CHART_ROWS_MAX ? copy(c, text) : NULL;
	if (!made)
		return NAN;
	p->ticks[p->n_ticks] = (struct chart_tick){ made, isnan(at) ? (double)p->n_ticks : at };
	return (double)p->n_ticks++;
}

size_t chart_series(struct chart *c, const char *name)
{
	char *made;

	if (!name)
		return CHART_MARKS;
	for (size_t i = 0; i < c->n_series; i++)
		if (!strcmp(c->series[i], name))
			return i;
	made = c->n_series < CHART_SERIES_MAX ? copy(c, name) : NULL;
	if (!made)
		return CHART_MARKS;
	c->series[c->n_series] = made;
	return c->n_series++;
}

static struct chart_block *block_of(struct chart *c, struct chart_panel *p, size_t series)
{
	struct chart_block *b;

	for (size_t i = 0; i < p->n_blocks; i++)
		if (p->blocks[i].series == series)
			return &p->blocks[i];
	b = more(c, &p->blocks, p->n_blocks, sizeof(*b));
	if (b) {
		b->series = series;
		p->n_blocks++;
	}
	return b;
}

void chart_add(struct chart *c, struct chart_panel *p, const char *series, struct chart_point point)
{
	const size_t number = chart_series(c, series);
	struct chart_block *b;
	struct chart_point *at;

	if (!p)
		return;
	if (isnan(point.x) || (series && number == CHART_MARKS)) {
		c->n_dropped++;
		return;
	}
	b = block_of(c, p, number);
	at = b ? more(c, &b->points, b->n, sizeof(*at)) : NULL;
	if (!at)
		return;
	*at = point;
	b->n++;
}

void chart_keep(struct chart *c, bool (*keep)(const struct chart_panel *p))
{
	size_t kept = 0;

	for (size_t i = 0; i < c->n_panels; i++)
		if (keep(&c->panels[i]))
			c->panels[kept++] = c->panels[i];
		else
			free_panel(&c->panels[i]);
	c->n_panels = kept;
}

size_t chart_parts(const struct chart *c)
{
	return (c->n_panels + CHART_PANELS_MAX - 1) / CHART_PANELS_MAX;
}

struct chart chart_part(const struct chart *c, size_t i)
{
	const size_t first = i * CHART_PANELS_MAX, left = c->n_panels - first;
	struct chart part = *c;

	assert(i < chart_parts(c));
	part.panels += first;
	part.n_panels = left < CHART_PANELS_MAX ? left : CHART_PANELS_MAX;
	return part;
}

static void print_value(FILE *out, double value)
{
	if (isfinite(value))
		fprintf(out, "\t%.9g", value);
	else
		fputs("\tNaN", out);
}

void chart_data(FILE *out, const struct chart *c)
{
	fputs("# x y low high margin; a block for each series of a panel\n", out);
	for (size_t i = 0; i < c->n_panels; i++)
		for (size_t k = 0; k < c->panels[i].n_blocks; k++) {
			const struct chart_block *b = &c->panels[i].blocks[k];

			for (const struct chart_point *p = b->points; p < b->points + b->n; p++) {
				fprintf(out, "%.9g", p->x);
				print_value(out, p->y);
				print_value(out, p->low);
				print_value(out, p->high);
				print_value(out, p->margin);
				fputc('\n', out);
			}
			fputs("\n\n", out);
		}
}

/*
 * Set @name[@i] to @text. Between single quotes gnuplot takes nothing but the quote itself
 * for more than text; two of them are one. What is not printable, as a newline, becomes
 * '?'. A text longer than @most ends in "...". @doubled: a character that is doubled too,
 * or 0.
 */
static void set_text(FILE *out, const char *name, size_t i, const char *text, size_t most, char doubled)
{
	const size_t len = strlen(text), shown = len > most ? most - 3 : len;

	fprintf(out, "%s[%zu] = '", name, i);
	for (size_t k = 0; k < shown; k++) {
		const char c = text[k] < ' ' || text[k] > '~' ? '?' : text[k];

		if (c == '\'' || c == doubled)
			fputc(c, out);
		fputc(c, out);
	}
	fputs(shown < len ? "...'\n" : "'\n", out);
}

/* The small text above panel @p, in lines; the caller frees it. NULL without memory. */
static char *small_text(const struct chart_panel *p)
{
	char *text = NULL;
	size_t size;
	FILE *lines = open_memstream(&text, &size);

	if (!lines)
		return NULL;
	for (size_t i = 0; i < p->n_contexts; i++)
		text_continue(lines, 0, LINE, p->contexts[i]);
	if (p->n_of && p->n_low < p->n_high)
		fprintf(lines, "n = %zu to %zu %s\n", p->n_low, p->n_high, p->n_of);
	else if (p->n_of)
		fprintf(lines, "n = %zu %.*s\n", p->n_low, (int)strlen(p->n_of) - (p->n_low == 1), p->n_of);
	fclose(lines);
	return text;
}

static size_t count_lines(const struct chart_panel *p)
{
	char *text = small_text(p);
	size_t n = 0;

	for (const char *at = text; at && *at; at++)
		n += *at == '\n';
	free(text);
	return n;
}

/* Set the lines of @p; there are *@n of others so far. */
static void set_lines(FILE *out, const struct chart_panel *p, size_t *n)
{
	char *text = small_text(p), *at = NULL;

	for (char *line = text ? strtok_r(text, "\n", &at) : NULL; line; line = strtok_r(NULL, "\n", &at))
		set_text(out, "line", ++*n, line, LINE, 0);
	free(text);
}

/* Lowest and highest value of @p, margins too, on the axis that has them; with 0 where there are rows. */
static void find_range(const struct chart_panel *p, bool rows, double range[2])
{
	range[0] = rows ? 0 : INFINITY;
	range[1] = rows ? 0 : -INFINITY;
	for (size_t k = 0; k < p->n_blocks; k++)
		for (size_t i = 0; i < p->blocks[k].n; i++) {
			const struct chart_point *at = &p->blocks[k].points[i];
			const double values[] = { at->y, at->low, at->high, at->margin, -at->margin };

			for (int v = 0; v < 5 && !(v && p->blocks[k].series == CHART_MARKS); v++) {
				range[0] = fmin(range[0], values[v]);
				range[1] = fmax(range[1], values[v]);
			}
		}
	if (!(range[0] < range[1]))
		range[1] = range[0] + 1;
}

/* Whether a row has several points, which are then drawn next to each other. */
static bool is_shared(const struct chart_panel *p)
{
	size_t points = 0;

	for (size_t k = 0; k < p->n_blocks; k++)
		points += p->blocks[k].n;
	return points > p->n_ticks;
}

static size_t body_height(const struct chart_panel *p, bool rows)
{
	const size_t row = ROW_HEIGHT + (is_shared(p) ? SERIES_HEIGHT * (p->n_blocks - 1) : 0);

	return rows ? row * p->n_ticks + 10 : CURVES_HEIGHT;
}

static bool is_used(const struct chart *c, size_t series)
{
	for (size_t i = 0; i < c->n_panels; i++)
		for (size_t k = 0; k < c->panels[i].n_blocks; k++)
			if (c->panels[i].blocks[k].series == series)
				return true;
	return false;
}

void chart_layout(const struct chart *c, const struct chart_style *style, struct chart_layout *l)
{
	size_t longest = 1, used = 0, fit;

	for (size_t i = 0; i < c->n_series; i++) {
		size_t len = strlen(c->series[i]);

		if (!is_used(c, i))
			continue;
		used++;
		longest = longest > len ? longest : len;
	}
	assert(c->n_panels <= CHART_PANELS_MAX);
	longest = longest < ROW_NAME_MAX ? longest : ROW_NAME_MAX;
	fit = (WIDTH - 10) / (LETTER * longest + 36);
	l->width = WIDTH;
	l->across = fit < 1 ? 1 : fit < used ? fit : used;
	l->head = TITLE_HEIGHT + (used ? ENTRY_HEIGHT * ((used + l->across - 1) / l->across) + 12 : 0);
	l->panels = c->n_panels;
	l->top[0] = l->head;
	for (size_t i = 0; i < l->panels; i++)
		l->top[i + 1] = l->top[i] + NAME_HEIGHT + LINE_HEIGHT * count_lines(&c->panels[i]) +
				body_height(&c->panels[i], style->flags & CHART_ROWS) + FOOT_HEIGHT;
}

static size_t left_margin(const struct chart_panel *p)
{
	size_t longest = 6;

	for (size_t i = 0; i < p->n_ticks; i++) {
		size_t len = strlen(p->ticks[i].text);

		longest = longest > len ? longest : len;
	}
	return LETTER * (longest < ROW_NAME_MAX ? longest : ROW_NAME_MAX) + 12;
}

/* Variables of panel @p, number @i from 1. */
static void set_panel(FILE *out, const struct chart_panel *p, size_t i, const struct chart_style *style)
{
	const bool rows = style->flags & CHART_ROWS;
	double range[2], last = 0;

	find_range(p, rows, range);
	for (size_t k = 0; k < p->n_ticks; k++)
		last = fmax(last, p->ticks[k].at);
	for (size_t k = 0; k < p->n_blocks && !p->n_ticks; k++)
		for (size_t j = 0; j < p->blocks[k].n; j++)
			last = fmax(last, p->blocks[k].points[j].x);
	fprintf(out, "last_x[%zu] = %.9g\n", i, last);
	set_text(out, "name", i, p->name, NAME_MAX_LENGTH, 0);
	set_text(out, "unit", i, p->unit, LINE, 0);
	fprintf(out, "low[%zu] = %.9g\nhigh[%zu] = %.9g\n", i, range[0], i, range[1]);
	fprintf(out, "shared[%zu] = %d\n", i, is_shared(p));
	fprintf(out, "body[%zu] = %zu\nleft[%zu] = %zu\n", i, body_height(p, rows), i, rows ? left_margin(p) : CURVES_LEFT);
}

/* Whether there is room for tick @i of an axis of powers, next to @last that is shown. */
static bool has_room(const struct chart_panel *p, size_t i, size_t last)
{
	const double range = log2(p->ticks[p->n_ticks - 1].at / p->ticks[0].at);

	return i == last || log2(p->ticks[i].at / p->ticks[last].at) / range > 0.12;
}

/* Variables of what panels have several of: where they begin and end, and their texts. */
static void set_parts(FILE *out, const struct chart_panel *p, size_t i, const struct chart_style *style,
		      size_t n[3])
{
	size_t last = 0;

	fprintf(out, "first_line[%zu] = %zu\nfirst_block[%zu] = %zu\nfirst_tick[%zu] = %zu\n", i, n[0] + 1, i,
		n[1] + 1, i, n[2] + 1);
	set_lines(out, p, &n[0]);
	for (size_t k = 0; k < p->n_blocks; k++)
		fprintf(out, "series_of[%zu] = %zu\n", ++n[1], p->blocks[k].series + 1);
	for (size_t k = 0; k < p->n_ticks; k++) {
		if (style->flags & CHART_LOG2 && !has_room(p, k, last))
			continue;
		last = k;
		/* For gnuplot the text of a tick is a format. */
		set_text(out, "tick", ++n[2], p->ticks[k].text, ROW_NAME_MAX, '%');
		fprintf(out, "tick_at[%zu] = %.9g\n", n[2], p->ticks[k].at);
	}
	fprintf(out, "last_line[%zu] = %zu\nlast_block[%zu] = %zu\nlast_tick[%zu] = %zu\n", i, n[0], i, n[1], i,
		n[2]);
}

void chart_variables(FILE *out, const struct chart *c, const struct chart_style *style,
		     const struct chart_layout *layout)
{
	static const char *const arrays[] = {
		"name", "unit", "last_x", "low", "high", "top", "shared", "body", "left", "first_line", "first_block", "first_tick",
		"last_line", "last_block", "last_tick",
	};
	const size_t shown = c->n_panels;
	size_t blocks = 0, ticks = 0, n[3] = { 0 };

	for (size_t i = 0; i < shown; i++) {
		blocks += c->panels[i].n_blocks;
		ticks += c->panels[i].n_ticks;
	}
	fprintf(out, "file = '%s'\ntitle = '%s'\nx_label = '%s'\ny_label = '%s'\n", style->name,
		style->title, style->x_label, style->y_label);
	fprintf(out, "unit_on_x = %d\nlog2 = %d\n", (style->flags & CHART_UNIT_ON_X) != 0,
		(style->flags & CHART_LOG2) != 0);
	fprintf(out, "panels = %zu\narray series[%zu]\narray series_of[%zu]\n", shown, c->n_series + 1, blocks + 1);
	fprintf(out, "array tick[%zu]\narray tick_at[%zu]\narray line[%zu]\n", ticks + 1, ticks + 1,
		shown * LINES_MAX + 1);
	for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++)
		fprintf(out, "array %s[%zu]\n", arrays[i], shown);
	fprintf(out, "width = %zu\nheight = %zu.0\nhead = %zu\nacross = %zu\nn_series = %zu\narray used[%zu]\n",
		layout->width, layout->top[shown], layout->head, layout->across, c->n_series, c->n_series + 1);
	for (size_t i = 0; i < c->n_series; i++) {
		set_text(out, "series", i + 1, c->series[i], ROW_NAME_MAX, 0);
		fprintf(out, "used[%zu] = %d\n", i + 1, is_used(c, i));
	}
	for (size_t i = 0; i < shown; i++) {
		fprintf(out, "top[%zu] = %zu\n", i + 1, layout->top[i]);
		set_panel(out, &c->panels[i], i + 1, style);
		set_parts(out, &c->panels[i], i + 1, style, n);
	}
}
