// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What compare shows to people. A table holds the cells of one group, so none
 * mixes back ends, tiers or runs. Computes nothing: the figures are those of
 * cells.c, the columns those of columns.c.
 */
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "analysis/columns.h"
#include "analysis/tables.h"
#include "base/text.h"

const char *tables_backend(const struct results_cell *cell)
{
	return cell->backend == BACKEND_KERNEL ? "in the kernel" : "user-space emulation";
}

bool tables_own_prefault(const char *target)
{
	static const char *const names[] = { "gfs2", "f2fs" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(target, names[i], strlen(names[i])))
			return true;
	return false;
}

void tables_add_effort(struct document *d, const struct figures *f)
{
	const struct results_cell *cell = f->cell;

	if (cell->n_repetitions < cell->planned)
		document_add(d, "%zu of %" PRIu64 " planned repetitions, ", cell->n_repetitions,
			     cell->planned);
	else if (!f->counts)	/* which are the same in each */
		document_add(d, "%zu repetition%s, ", cell->n_repetitions,
			     cell->n_repetitions > 1 ? "s" : "");
	document_add(d, "%" PRIu64 " rounds, seed %" PRIu64, cell->rounds, cell->seed);
}

size_t tables_remarks(const struct figures *f, const char *texts[TABLES_REMARKS])
{
	const struct results_cell *cell = f->cell;
	size_t n = 0;

	if (cell->verified != RESULTS_YES && !f->harness)	/* null writes nothing to verify */
		texts[n++] = cell->verified == RESULTS_NO ? "DATA WRONG: file and source differ"
							  : "data not verified";
	if (f->reason)
		texts[n++] = f->reason;
	if (cell->rounds && cell->steady == RESULTS_NO)
		texts[n++] = cell->planned > 1 ? "first repetition not steady after warm-up"
					       : "not steady after warm-up";
	assert(cell->n_notes <= RESULTS_NOTES_MAX);
	for (size_t i = 0; i < cell->n_notes; i++)
		texts[n++] = cell->notes[i];
	return n;
}

bool tables_same_remarks(const struct figures *a, const struct figures *b)
{
	const char *ta[TABLES_REMARKS], *tb[TABLES_REMARKS];
	size_t n = tables_remarks(a, ta);

	if (n != tables_remarks(b, tb))
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(ta[i], tb[i]))
			return false;
	return true;
}

const char *tables_one_repetition(const struct figures *figures, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct figures *f = &figures[i];

		/* The row of the harness shows no interval. */
		if (!f->counts && !f->harness && !isnan(f->low) && f->cell->planned == 1)
			return "One repetition: the interval covers the noise within it, not the"
			       " variance between repetitions.";
	}
	return NULL;
}

const char *tables_drift(char buf[TABLES_TEXT], const struct figures *base)
{
	const double steady = 0.1;
	char low[COLUMNS_NUMBER], high[COLUMNS_NUMBER];

	if (base->counts || !(base->cost_high - base->cost_low > steady * base->cost))
		return NULL;
	snprintf(buf, TABLES_TEXT, "%s varied between repetitions (eight in ten took %s to %s ns/page):"
		 " expect other ratios next time.", base->cell->strategy, columns_number(low, base->cost_low, 1),
		 columns_number(high, base->cost_high, 1));
	return buf;
}

static const char time_legend[] =
	"Time, strategies switched inside one boot. ns/page: median. MB/s: all bytes over all time,"
	" 1 MB = 1000000 bytes. adds ns: nanoseconds added to a page, against the first row, with a"
	" 99 % confidence interval. penalty%: throughput lost, positive is slower, with its interval.";
static const char wide_legend[] =
	" MDE%: the smallest penalty detected with 90 % power. faults: page faults per page.";
static const char counts_legend[] =
	"Counts, in instructions per page: median and quartiles. delta: difference from the first"
	" row, positive is longer; of overwrites, the median difference at the same place of the file."
	" resolution: the spread of repeated arms of the baseline; a smaller delta means nothing."
	" exact: those arms and their quartiles are equal, so a difference of one"
	" instruction is real. faults: page faults per page.";

static void write_legend(struct document *d, const struct figures *figures, size_t n)
{
	bool time = false, counts = false;

	for (size_t i = 0; i < n; i++) {
		time |= !figures[i].counts;
		counts |= figures[i].counts;
	}
	if (time)
		document_block(d, DOCUMENT_PARAGRAPH, "%s%s", time_legend, d->style->line ? "" : wide_legend);
	if (counts)
		document_block(d, DOCUMENT_PARAGRAPH, "%s", counts_legend);
}

/* @pages: the page size is named. */
static void write_title(struct document *d, const struct results *r, const struct figures *f,
			bool pages)
{
	const struct results_cell *cell = f->cell;
	char size[TEXT_SIZE];

	document_block(d, DOCUMENT_HEADING, "%s %s %s", cell->workload, cell->target, cell->layout);
	document_add(d, "%s, %s, source %s, %s blocks", f->counts ? "counts" : "time",
		     tables_backend(cell), cell->source, text_size(size, cell->block_size));
	if (pages)
		document_add(d, ", %s pages", text_size(size, cell->page_size));
	if (cell->cold_fraction > 0)
		document_add(d, ", %.4g %% cold", 100 * cell->cold_fraction);
	if (cell->threads > 1)
		document_add(d, ", %" PRIu64 " threads", cell->threads);
	if (cell->fill_size)	/* which decides the size of the folios that are overwritten */
		document_add(d, ", file filled in %s writes", text_size(size, cell->fill_size));
	document_add(d, ", against %s, device %s, place %s, ", f->baseline_name, cell->device,
		     cell->place);
	tables_add_effort(d, f);
	if (r->n_runs > 1)
		document_add(d, ", run %zu", cell->run + 1);
	document_block(d, DOCUMENT_PARAGRAPH, "%s", cell->backend == BACKEND_KERNEL &&
		       tables_own_prefault(cell->target) ? ", own pre-fault" : "");
}

static bool is_shown(const struct document *d, const struct column *c, bool counts)
{
	return c->where & (counts ? IN_COUNTS : IN_TIME) && (c->width || !d->style->line);
}

static void write_row(struct document *d, const struct figures *f)
{
	struct column columns[N_COLUMNS];
	char text[COLUMNS_TEXT];
	const char *tab = "";

	columns_of(f, columns);
	for (const struct column *c = columns; c < columns + N_COLUMNS; c++) {
		if (!is_shown(d, c, f->counts))
			continue;
		document_add(d, "%s", tab);
		tab = "\t";
		if (f->harness && !isnan(f->theta) && !(c->where & IN_HARNESS)) {
			/* Not a strategy: how much of the baseline's time is the harness's. */
			document_add(d, "harness: %.2f %% of the time of %s", 100 * exp(f->theta),
				     f->baseline_name);
			break;
		}
		document_add(d, "%s", columns_text(text, c));
	}
	document_block(d, DOCUMENT_ROW, "%s", "");
}

/* What the hooks counted where a copy copied nothing. */
static void write_retries(struct document *d, const struct figures *const *rows, size_t n)
{
	double low = INFINITY, high = -INFINITY;
	const char *separator = "Retries per page: ";

	for (size_t i = 0; i < n; i++) {
		if (!rows[i]->counts || !(rows[i]->retries > 0))
			continue;
		document_add(d, "%s%s %.2f", separator, rows[i]->cell->strategy, rows[i]->retries);
		separator = ", ";
		low = fmin(low, rows[i]->exceptions_per_copy);
		high = fmax(high, rows[i]->exceptions_per_copy);
	}
	if (low < high)
		document_add(d, "; exceptions per short copy: %.2f to %.2f", low, high);
	else if (low <= high)
		document_add(d, "; exceptions per short copy: %.2f", low);
	if (*separator == ',')
		document_block(d, DOCUMENT_PARAGRAPH, ".");
}

/* Remarks that are the same of several rows are written once, without names if of all. */
static void write_remarks(struct document *d, const struct figures *const *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *texts[TABLES_REMARKS], *separator = "";
		size_t n_texts = tables_remarks(rows[i], texts), first = n, alike = 0;

		for (size_t j = n; j-- > 0;)
			if (tables_same_remarks(rows[j], rows[i])) {
				first = j;
				alike++;
			}
		if (n_texts == 0 || first < i)
			continue;
		for (size_t j = i; j < n && alike < n; j++)
			if (tables_same_remarks(rows[j], rows[i])) {
				document_add(d, "%s%s", separator, rows[j]->cell->strategy);
				separator = ", ";
			}
		separator = alike < n ? ": " : "";
		for (size_t j = 0; j < n_texts; j++)
			document_add(d, "%s%s", j ? "; " : separator, texts[j]);
		document_block(d, DOCUMENT_ITEM, "%s", "");
	}
}

static void write_group(struct document *d, const struct results *r, const struct figures *group,
			size_t n, bool pages)
{
	struct column columns[N_COLUMNS];
	struct document_column heads[N_COLUMNS];
	const struct figures *rows[JOB_ARMS_MAX];
	size_t n_heads = 0, n_rows = 0;
	const char *one = tables_one_repetition(group, n);
	char drift[TABLES_TEXT];

	columns_of(NULL, columns);
	for (const struct column *c = columns; c < columns + N_COLUMNS; c++) {
		if (!is_shown(d, c, group->counts))
			continue;
		heads[n_heads] = (struct document_column){ c->head, c->width, n_heads == 0 };
		n_heads++;
	}
	write_title(d, r, group, pages);
	document_table(d, heads, n_heads);
	assert(n <= JOB_ARMS_MAX);	/* results_read() refuses more */
	for (size_t i = 0; i < n; i++) {
		if (cells_is_repeat(&group[i]))
			continue;
		write_row(d, &group[i]);
		rows[n_rows++] = &group[i];
	}
	write_retries(d, rows, n_rows);
	if (one)
		document_block(d, DOCUMENT_PARAGRAPH, "%s", one);
	if (tables_drift(drift, group))
		document_block(d, DOCUMENT_PARAGRAPH, "%s", drift);
	write_remarks(d, rows, n_rows);
}

static bool fails_alike(const struct results_failure *a, const struct results_failure *b)
{
	return a->run == b->run && a->repetition == b->repetition &&
	       !strcmp(a->workload, b->workload) && !strcmp(a->target, b->target) &&
	       !strcmp(a->layout, b->layout) && !strcmp(a->device, b->device) &&
	       !strcmp(a->place, b->place) && !strcmp(a->reason, b->reason);
}

static void write_failures(struct document *d, const struct results *r)
{
	if (r->n_failures)
		document_block(d, DOCUMENT_HEADING, "Not measured");
	for (size_t i = 0, next; i < r->n_failures; i = next) {
		const struct results_failure *f = &r->failures[i];

		document_add(d, "%s %s %s: %s", f->workload, f->target, f->layout, f->strategy);
		for (next = i + 1; next < r->n_failures && fails_alike(f, &r->failures[next]); next++)
			document_add(d, ", %s", r->failures[next].strategy);
		if (f->repetition)
			document_add(d, " from repetition %" PRIu64 " on", f->repetition + 1);
		if (r->n_runs > 1)
			document_add(d, ", run %zu", f->run + 1);
		document_block(d, DOCUMENT_ITEM, ": %s", f->reason);
	}
}

void tables_add_machine(struct document *d, const struct results_run *run, uint64_t page_size)
{
	char size[TEXT_SIZE];

	document_add(d, "Linux %s %s, %s pages", run->kernel, run->arch, text_size(size, page_size));
	if (run->cpu)
		document_add(d, ", %s", run->cpu);
	if (!isnan(run->cpus))
		document_add(d, ", %.0f CPU%s", run->cpus, run->cpus > 1 ? "s" : "");
	if (run->pinned)
		document_add(d, ", on CPU%s %s", strpbrk(run->pinned, ",-") ? "s" : "", run->pinned);
	if (run->cpu_kind)
		document_add(d, " (%s)", run->cpu_kind);
	if (!isnan(run->memory_bytes))
		document_add(d, ", %.0f MB", run->memory_bytes / 1e6);
	document_add(d, ", place %s", run->place);
}

static void write_run(struct document *d, const struct results *r, size_t i)
{
	const struct results_run *run = &r->runs[i];
	const struct { const char *name, *value; } settings[] = {
		{ "mitigations", run->mitigations }, { "THP", run->thp },
		{ "governor", run->governor }, { "clock", run->clock },
		{ "config", run->config_hash }, { "image", run->image_hash },
		{ "hooks", run->loops }, { "emulator", run->emulator }, { "started", run->started },
		{ "command", run->command },
	};

	document_add(d, "Machine");
	if (r->n_runs > 1)
		document_add(d, " of run %zu (%s)", i + 1, run->path);
	document_add(d, ": ");
	tables_add_machine(d, run, cells_page_size(r, i));
	for (size_t j = 0; d->style->settings && j < sizeof(settings) / sizeof(settings[0]); j++)
		if (settings[j].value)
			document_add(d, "; %s: %s", settings[j].name, settings[j].value);
	document_block(d, DOCUMENT_PARAGRAPH, "%s", "");
}

int tables_print(FILE *out, const struct document_style *style, const struct results *r,
		 const struct figures *figures)
{
	struct document d;
	bool pages = false;

	document_begin(&d, out, style);
	for (size_t i = 1; i < r->n_cells; i++)
		pages |= r->cells[i].page_size != r->cells[0].page_size;
	write_legend(&d, figures, r->n_cells);
	for (size_t i = 0, end; i < r->n_cells; i = end) {
		for (end = i + 1; end < r->n_cells &&
				  figures[end].first == figures[i].first; end++)
			;
		write_group(&d, r, figures + i, end - i, pages);
	}
	write_failures(&d, r);
	document_part(&d);
	for (size_t i = 0; i < r->n_runs; i++)
		write_run(&d, r, i);
	return document_end(&d);
}
