// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tables of breakeven: curves put into sections, rows and columns, machines
 * side by side.
 */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/breakeven_table.h"
#include "analysis/columns.h"
#include "analysis/tables.h"
#include "base/text.h"

/*
 * Where a curve goes: a section of what may stand in one table, a row of what
 * was measured and how, a column of the machine. Each is numbered in the order
 * of the files. Runs that repeat what another measured come behind it.
 */
struct entry {
	const struct curve *curve;
	size_t index, section, row, column, repeat;
};

static int compare_whole(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_section(const struct curve *a, const struct curve *b)
{
	int order = strcmp(a->workload, b->workload);

	if (!order)
		order = compare_whole(a->cell->backend, b->cell->backend);
	if (!order)
		order = compare_whole(a->cell->tier, b->cell->tier);
	if (!order)
		order = strcmp(a->cell->source, b->cell->source);
	if (!order)
		order = compare_whole(a->cell->block_size, b->cell->block_size);
	return order ? order : compare_whole(a->cell->threads, b->cell->threads);
}

static int compare_row(const struct curve *a, const struct curve *b)
{
	int order = compare_section(a, b);

	if (!order)
		order = strcmp(a->cell->target, b->cell->target);
	if (!order)
		order = strcmp(a->cell->layout, b->cell->layout);
	return order ? order : strcmp(a->cell->strategy, b->cell->strategy);
}

static int compare_column(const struct curve *a, const struct curve *b)
{
	const char *x = a->run->image_hash, *y = b->run->image_hash;
	int order = strcmp(a->cell->place, b->cell->place);

	if (!order)
		order = strcmp(a->cell->arch, b->cell->arch);
	if (!order)
		order = compare_whole(a->cell->page_size, b->cell->page_size);
	if (!order)
		order = strcmp(a->run->kernel, b->run->kernel);
	return order ? order : strcmp(x ? x : "", y ? y : "");
}

#define BY(key) \
	static int by_##key(const void *pa, const void *pb) \
	{ \
		const struct entry *a = pa, *b = pb; \
		int order = compare_##key(a->curve, b->curve); \
		return order ? order : compare_whole(a->index, b->index); \
	} \
	static void number_##key(struct entry *entries, size_t n) \
	{ \
		qsort(entries, n, sizeof(*entries), by_##key); \
		for (size_t i = 0; i < n; i++) \
			entries[i].key = i && !compare_##key(entries[i - 1].curve, entries[i].curve) \
				? entries[i - 1].key : entries[i].index; \
	}
BY(section)
BY(row)
BY(column)

static int by_place(const void *pa, const void *pb, bool repeat)
{
	const struct entry *a = pa, *b = pb;
	int order = compare_whole(a->section, b->section);

	if (!order && repeat)
		order = compare_whole(a->repeat, b->repeat);
	if (!order)
		order = compare_whole(a->row, b->row);
	if (!order)
		order = compare_whole(a->column, b->column);
	return order ? order : compare_whole(a->index, b->index);
}

static int by_cell(const void *pa, const void *pb)
{
	return by_place(pa, pb, false);
}

static int by_column_id(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;
	int order = compare_whole(a->column, b->column);

	return order ? order : compare_whole(a->index, b->index);
}

static int by_line(const void *pa, const void *pb)
{
	return by_place(pa, pb, true);
}

/* Entries in the order of the table; NULL without memory. */
static struct entry *arrange(const struct curve *curves, size_t n)
{
	struct entry *entries = calloc(n, sizeof(*entries));

	if (!entries)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		entries[i].curve = &curves[i];
		entries[i].index = i;
	}
	number_section(entries, n);
	number_row(entries, n);
	number_column(entries, n);
	qsort(entries, n, sizeof(*entries), by_cell);
	for (size_t i = 1; i < n; i++)
		if (entries[i].row == entries[i - 1].row &&
		    entries[i].column == entries[i - 1].column)
			entries[i].repeat = entries[i - 1].repeat + 1;
	qsort(entries, n, sizeof(*entries), by_line);
	return entries;
}

enum {
	LABEL_COLUMNS = 12, SHARE_COLUMNS = 30,
	ACROSS = 2,		/* machines side by side in 72 columns */
};

/* A share in per cent with three digits; "?" for what the sweep does not bound. */
static const char *share_text(char buf[COLUMNS_NUMBER], double share)
{
	double value = 100 * share;

	if (isnan(share))
		return strcpy(buf, "?");
	return columns_number(buf, value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

/* Crossing @i of a curve, or its verdict, which stands where the first would. */
static const char *pays(char buf[COLUMNS_NUMBER], const struct breakeven *b, size_t i)
{
	char share[COLUMNS_NUMBER];

	if (i < b->n_crossings)
		snprintf(buf, COLUMNS_NUMBER, "%s %.8s", b->crossings[i].below ? "below" : "above",
			 share_text(share, b->crossings[i].share));
	else if (i > 0)
		return "";
	else if (b->verdict == BREAKEVEN_ALWAYS)
		return b->undecided ? "always?" : "always";
	else if (b->verdict == BREAKEVEN_NEVER)
		return b->undecided ? "never?" : "never";
	else
		return b->verdict == BREAKEVEN_UNDECIDED ? "undecided" : "-";
	return buf;
}

static const char *shares(char buf[COLUMNS_TEXT], const struct breakeven *b, size_t i)
{
	char low[COLUMNS_NUMBER], high[COLUMNS_NUMBER];

	if (i >= b->n_crossings)
		return i ? "" : "-";
	snprintf(buf, COLUMNS_TEXT, "%s..%s", share_text(low, b->crossings[i].low),
		 share_text(high, b->crossings[i].high));
	return buf;
}

/* The same from the ends, short. */
static const char *ends(char buf[COLUMNS_NUMBER], const struct curve *curve, size_t i)
{
	const struct breakeven *b = &curve->line;
	char share[COLUMNS_NUMBER];

	if (i > 0)
		return "";
	if (b->n_crossings)
		snprintf(buf, COLUMNS_NUMBER, "%s%.8s%s", b->crossings[0].below ? "<" : ">",
			 share_text(share, b->crossings[0].share), curve->disagree ? "*" : "");
	else
		snprintf(buf, COLUMNS_NUMBER, "%s%s", b->verdict == BREAKEVEN_ALWAYS ? "always" :
			 b->verdict == BREAKEVEN_NEVER ? "never" : "-", curve->disagree ? "*" : "");
	return buf;
}

static void print_title(FILE *out, bool markdown, const struct curve *curve)
{
	const struct results_cell *cell = curve->cell;
	char size[TEXT_SIZE];

	fprintf(out, markdown ? "\n### `%s`, %s blocks\n" : "\n%s, %s blocks\n", curve->workload,
		text_size(size, cell->block_size));
	fprintf(out, "%s%s, %s, source %s, against %s", markdown ? "\n" : "",
		curve->counts ? "counts" : "time", tables_backend(cell), cell->source,
		curve->baseline);
	if (cell->threads > 1)
		fprintf(out, ", %" PRIu64 " threads", cell->threads);
	fputs(markdown ? "\n\n" : "\n", out);
}

static void machine(char *buf, size_t size, const struct curve *curve)
{
	snprintf(buf, size, "%s %s", curve->cell->place, curve->cell->arch);
}

/* The curve of row @e (the first entry of its row) in @column, or NULL. */
static const struct curve *in_column(const struct entry *e, const struct entry *end, size_t column)
{
	for (const struct entry *at = e; at < end; at++)
		if (at->column == column)
			return at->curve;
	return NULL;
}

/* End of the row that begins at @e. */
static const struct entry *row_end(const struct entry *e, const struct entry *end)
{
	const struct entry *at = e + 1;

	while (at < end && at->row == e->row && at->repeat == e->repeat)
		at++;
	return at;
}

struct columns {
	size_t *id;			/* of each, in the order of the files */
	const struct curve **example;
	size_t n;
};

/* Which time a row is measured, from the second on. */
static const char *repeat_text(char buf[COLUMNS_NUMBER], const struct entry *e)
{
	if (e->repeat == 0)
		return "";
	snprintf(buf, COLUMNS_NUMBER, ", repeat %zu", e->repeat + 1);
	return buf;
}

/* Line @i of a row, in the columns from @first on. */
static void print_line(FILE *out, bool markdown, const struct entry *e, const struct entry *end,
		       const struct columns *c, size_t first, size_t across, size_t i)
{
	const struct results_cell *cell = e->curve->cell;
	char share[COLUMNS_NUMBER], range[COLUMNS_TEXT], line[COLUMNS_NUMBER];
	char repeat[COLUMNS_NUMBER];
	char text[LABEL_COLUMNS + ACROSS * 5 * COLUMNS_NUMBER];
	int len = 0;

	if (markdown && i)
		fputs("| | | |", out);
	else if (markdown)
		fprintf(out, "| `%s`%s%s | `%s` | `%s` |", cell->target, repeat_text(repeat, e),
			tables_own_prefault(cell->target) ? " (own pre-fault)" : "",
			cell->layout, cell->strategy);
	else if (!i && strlen(cell->strategy) >= LABEL_COLUMNS)	/* has a line of its own */
		fprintf(out, " %s\n", cell->strategy);
	if (!markdown)
		len = snprintf(text, sizeof(text), " %-*s", LABEL_COLUMNS - 1,
			       i || strlen(cell->strategy) >= LABEL_COLUMNS ? "" : cell->strategy);
	for (size_t k = first; k < first + across; k++) {
		const struct curve *curve = in_column(e, end, c->id[k]);
		const char *a = curve ? pays(share, &curve->bend, i) : "";
		const char *b = curve ? shares(range, &curve->bend, i) : "";
		const char *l = curve ? ends(line, curve, i) : "";

		if (markdown)
			fprintf(out, " %s | %s | %s |", a, b, l);
		else
			len += snprintf(text + len, sizeof(text) - (size_t)len,
					" %-10s %-10s %-7s", a, b, l);
	}
	while (len && text[len - 1] == ' ')
		len--;
	fprintf(out, "%.*s\n", len, markdown ? "" : text);
}

static void print_heads(FILE *out, bool markdown, const struct columns *c, size_t first,
			size_t across)
{
	char name[2 * NAME_SIZE];
	const char *const heads[] = { "pays at %", "interval", "ends" };

	if (markdown) {
		fputs("| target | layout | strategy |", out);
		for (size_t k = first; k < first + across; k++) {
			machine(name, sizeof(name), c->example[k]);
			fprintf(out, " `%s` pays at %% | interval | ends |", name);
		}
		fputs("\n|---|---|---|", out);
		for (size_t k = first; k < first + across; k++)
			fputs("--:|--:|--:|", out);
		fputc('\n', out);
		return;
	}
	for (int line = 0; line < 3; line++) {
		fprintf(out, "%*s", LABEL_COLUMNS, "");
		for (size_t k = first; k < first + across; k++) {
			bool last = k + 1 == first + across;

			machine(name, sizeof(name), c->example[k]);
			if (line == 2)
				fprintf(out, " %-10s %-10s %-*s", heads[0], heads[1],
					last ? 0 : 7, heads[2]);
			else
				fprintf(out, " %-*.*s", last ? 0 : SHARE_COLUMNS - 1,
					SHARE_COLUMNS - 1,
					line ? c->example[k]->run->kernel : name);
		}
		fputc('\n', out);
	}
}

static void note(FILE *out, bool markdown, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void note(FILE *out, bool markdown, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (markdown)
		fprintf(out, "\n%s\n", text);
	else
		text_wrap(out, 2, text);
}

/* Shares that gave no point, by reason. */
static void print_left_out(FILE *out, bool markdown, const struct entry *e, const struct entry *end)
{
	for (const struct entry *at = e; at < end; at++) {
		const char *reason = at->curve->reason;
		size_t cells = 0, curves = 0;
		bool told = false;

		if (!reason)
			continue;
		for (const struct entry *other = e; other < end && !told; other++) {
			if (!other->curve->reason || strcmp(other->curve->reason, reason))
				continue;
			told = other < at;
			cells += other->curve->left_out;
			curves++;
		}
		if (!told)
			note(out, markdown, "%zu cells of %zu curves left out: %s", cells, curves, reason);
	}
}

/* What a reader of the section must know to judge it. */
static void print_notes(FILE *out, bool markdown, const struct entry *e, const struct entry *end)
{
	size_t curves = (size_t)(end - e), cells = 0, unsteady = 0, unverified = 0;
	size_t quartiles = 0, partial = 0, differ = 0, unsure = 0;

	for (const struct entry *at = e; at < end; at++) {
		const struct curve *curve = at->curve;
		const struct breakeven *b = &curve->bend;

		cells += curve->cells;
		unsteady += curve->unsteady;
		unverified += curve->unverified;
		quartiles += curve->n && curve->interval == BREAKEVEN_QUARTILES;
		partial += b->verdict != BREAKEVEN_NONE && (b->from > 0 || b->to < 1);
		differ += curve->disagree;
		unsure += b->undecided && (b->verdict == BREAKEVEN_ALWAYS ||
					   b->verdict == BREAKEVEN_NEVER);
	}
	if (differ)
		note(out, markdown, "* the ends alone give another answer: cost does not grow in a"
		     " straight line with the share");
	if (unsure)
		note(out, markdown, "? as far as the intervals tell, which hold 0 at some shares");
	if (partial)
		note(out, markdown, "%zu of %zu curves do not reach from 0 to 100 %% cold; beyond"
		     " them nothing is known", partial, curves);
	print_left_out(out, markdown, e, end);
	if (quartiles)
		note(out, markdown, "intervals of %zu of %zu curves are from quartiles: fewer than %d"
		     " arms repeat a strategy, so there is no resolution", quartiles, curves,
		     JOB_RESOLUTION_ARMS);
	if (unsteady)
		note(out, markdown, "%zu of %zu cells were not steady after warming up", unsteady,
		     cells);
	if (unverified)
		note(out, markdown, "data of %zu of %zu cells not verified", unverified, cells);
}

/* The columns of the entries from @e to @end, in the order of the files. */
static int find_columns(const struct entry *e, const struct entry *end, struct columns *c)
{
	size_t n = (size_t)(end - e);
	struct entry *sorted = malloc(n * sizeof(*sorted));

	c->n = 0;
	c->id = malloc(n * sizeof(*c->id));
	c->example = malloc(n * sizeof(*c->example));
	if (!sorted || !c->id || !c->example) {
		free(sorted);
		return -1;
	}
	memcpy(sorted, e, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), by_column_id);
	for (size_t i = 0; i < n; i++) {
		if (i && sorted[i].column == sorted[i - 1].column)
			continue;
		c->id[c->n] = sorted[i].column;
		c->example[c->n++] = sorted[i].curve;
	}
	free(sorted);
	return 0;
}

/* The rows of a section that have a curve in one of @across columns from @first on. */
static void print_rows(FILE *out, bool markdown, const struct entry *e, const struct entry *end,
		       const struct columns *c, size_t first, size_t across)
{
	const struct entry *last = NULL;	/* the last row printed */

	for (const struct entry *row = e, *next; row < end; row = next) {
		const struct results_cell *cell = row->curve->cell;
		char repeat[COLUMNS_NUMBER];
		size_t lines = 0;

		next = row_end(row, end);
		for (size_t k = first; k < first + across; k++) {
			const struct curve *one = in_column(row, next, c->id[k]);
			size_t needs = one && one->bend.n_crossings ? one->bend.n_crossings : one != NULL;

			lines = needs > lines ? needs : lines;
		}
		if (lines == 0)
			continue;
		if (!markdown && (!last || last->repeat != row->repeat ||
				  strcmp(last->curve->cell->target, cell->target) ||
				  strcmp(last->curve->cell->layout, cell->layout)))
			fprintf(out, "%s %s%s%s\n", cell->target, cell->layout,
				repeat_text(repeat, row),
				tables_own_prefault(cell->target) ? ", own pre-fault" : "");
		last = row;
		for (size_t i = 0; i < lines; i++)
			print_line(out, markdown, row, next, c, first, across, i);
	}
}

static int print_section(FILE *out, bool markdown, const struct entry *e, const struct entry *end)
{
	struct columns c;
	size_t across;
	int err = find_columns(e, end, &c);

	if (err)
		goto out;
	print_title(out, markdown, e->curve);
	for (size_t first = 0; first < c.n; first += across) {
		across = markdown || c.n - first < ACROSS ? c.n - first : ACROSS;
		if (first)
			fputc('\n', out);
		print_heads(out, markdown, &c, first, across);
		print_rows(out, markdown, e, end, &c, first, across);
	}
	print_notes(out, markdown, e, end);
out:
	free(c.id);
	free(c.example);
	return err;
}

/* Free text goes between backticks, where nothing but a backtick has a meaning. */
static void print_machine(FILE *out, bool markdown, const struct curve *curve)
{
	const struct results_run *run = curve->run;
	const char *cpu = run->cpu ? run->cpu : "", *command = run->command ? run->command : "";
	char *text;

	if (asprintf(&text, "%s %s: Linux %s%s%s%s%s", curve->cell->place, curve->cell->arch,
		     run->kernel, *cpu ? ", " : "", cpu, *command ? "; " : "", command) < 0)
		return;
	if (markdown) {
		for (char *t = text; (t = strchr(t, '`'));)
			*t = '\'';
		fprintf(out, "\n`%s`\n", text);
	} else {
		text_wrap(out, 0, text);
	}
	free(text);
}

int breakeven_tables(FILE *out, bool markdown, const struct curve *curves, size_t n)
{
	struct entry *entries = arrange(curves, n), *end;
	bool time = false, counts = false;
	int err = -1;

	if (!entries)
		return -1;
	end = entries + n;
	for (size_t i = 0; i < n; i++) {
		time |= !curves[i].counts;
		counts |= curves[i].counts;
	}
	text_wrap(out, 0, "At which shares of cold source pages a strategy pays, that is, costs"
		    " less than the baseline: below or above the break-even, in per cent. Interval:"
		    " shares at which it may be; ? where the sweep does not bound it. Ends: the same"
		    " from no page and every page cold alone; < is below.");
	if (time)
		text_wrap(out, 0, "Time, strategies switched inside one boot: 99 % intervals.");
	if (counts)
		text_wrap(out, 0, "Counts, instructions a page: intervals from the resolution. They"
			    " tell which path is longer, not which is slower.");
	for (struct entry *e = entries, *next; e < end; e = next) {
		for (next = e + 1; next < end && next->section == e->section; next++)
			;
		err = print_section(out, markdown, e, next);
		if (err)
			goto out;
	}
	if (!markdown)
		fputc('\n', out);
	/* Curves are in the order of the files, so those of a run are together. */
	for (size_t i = 0; i < n; i++)
		if (i == 0 || curves[i].run != curves[i - 1].run)
			print_machine(out, markdown, &curves[i]);
out:
	free(entries);
	return err;
}
