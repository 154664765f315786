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
		document_add(d, "%zu of %" PRIu64 " repetitions, ", cell->n_repetitions, cell->planned);
	else if (!f->counts)	/* which are the same in each */
		document_add(d, "%zu repetition%s, ", cell->n_repetitions,
			     cell->n_repetitions > 1 ? "s" : "");
	document_add(d, "%" PRIu64 " rounds, seed %" PRIu64, cell->rounds, cell->seed);
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
	snprintf(buf, TABLES_TEXT, "%s varied between repetitions (%s to %s ns/page): expect other"
		 " ratios next time.", base->cell->strategy, columns_number(low, base->cost_low, 1),
		 columns_number(high, base->cost_high, 1));
	return buf;
}

/* Repeated arms of the baseline are there for the resolution, which the others show. */
static bool is_repeat(const struct figures *f)
{
	return f->counts && f->cell != f->baseline && !isnan(f->resolution) &&
	       name_same_stem(f->cell->strategy, f->baseline_name);
}

static void write_legend(struct document *d, const struct figures *figures, size_t n)
{
	bool time = false, counts = false;

	for (size_t i = 0; i < n; i++) {
		time |= !figures[i].counts;
		counts |= figures[i].counts;
	}
	if (time) {
		document_add(d, "Time, strategies switched inside one boot. ns/page: median. MB/s: all"
			     " bytes over all time, 1 MB = 1000000 bytes. penalty%%: throughput lost"
			     " against the first row, positive is slower, with its 99 %% confidence"
			     " interval. MDE%%: the smallest penalty detected with 90 %% power. faults:"
			     " page faults per page.");
		document_paragraph(d);
	}
	if (counts) {
		document_add(d, "Counts, in instructions per page: median and quartiles. delta:"
			     " difference from the first row, positive is longer. resolution: the spread"
			     " of repeated arms of the baseline; a smaller delta means nothing. exact:"
			     " those arms and their quartiles are equal, so one instruction counts."
			     " faults: page faults per page.");
		document_paragraph(d);
	}
}

/* @pages: the page size is named. */
static void write_title(struct document *d, const struct results *r, const struct figures *f,
			bool pages)
{
	const struct results_cell *cell = f->cell;
	char size[TEXT_SIZE];

	document_add(d, "%s %s %s", cell->workload, cell->target, cell->layout);
	document_heading(d);
	document_add(d, "%s, %s, source %s, %s blocks", f->counts ? "counts" : "time",
		     tables_backend(cell), cell->source, text_size(size, cell->block_size));
	if (pages)
		document_add(d, ", %s pages", text_size(size, cell->page_size));
	if (cell->cold_fraction > 0)
		document_add(d, ", %.4g %% cold", 100 * cell->cold_fraction);
	if (cell->threads > 1)
		document_add(d, ", %" PRIu64 " threads", cell->threads);
	document_add(d, ", device %s, place %s, ", cell->device, cell->place);
	tables_add_effort(d, f);
	if (r->n_runs > 1)
		document_add(d, ", run %zu", cell->run + 1);
	if (cell->backend == BACKEND_KERNEL && tables_own_prefault(cell->target))
		document_add(d, ", own pre-fault");
	document_paragraph(d);
}

static bool is_shown(const struct document *d, const struct column *c, bool counts)
{
	return c->where & (counts ? IN_COUNTS : IN_TIME) && (c->width || !d->style->line);
}

static void write_heads(struct document *d, struct document_column *heads, size_t max, bool counts)
{
	struct column columns[N_COLUMNS];
	size_t n = 0;

	columns_of(NULL, columns);
	for (const struct column *c = columns; c < columns + N_COLUMNS; c++) {
		if (!is_shown(d, c, counts))
			continue;
		assert(n < max);
		heads[n] = (struct document_column){ .head = c->head, .width = c->width, .name = n == 0 };
		n++;
	}
	document_table(d, heads, n);
}

/* @mark: number of the remark about this row, 0: none. */
static void write_row(struct document *d, const struct figures *f, size_t mark)
{
	struct column columns[N_COLUMNS];
	char text[COLUMNS_TEXT];

	columns_of(f, columns);
	for (const struct column *c = columns; c < columns + N_COLUMNS; c++) {
		if (!is_shown(d, c, f->counts))
			continue;
		if (f->harness && !isnan(f->theta) && !(c->where & IN_HARNESS)) {
			/* Not a strategy: the share of the baseline's time that is the harness's own. */
			document_add(d, "harness: %.2f %% of the time of %s", 100 * exp(f->theta),
				     f->baseline_name);
			document_rest(d);
			break;
		}
		document_add(d, "%s", columns_text(text, c));
		if (mark)
			document_add(d, " [%zu]", mark);
		mark = 0;
		document_cell(d);
	}
	document_row(d);
}

static bool is_unsteady(const struct figures *f)
{
	return f->cell->rounds && f->cell->steady == RESULTS_NO;
}

static bool is_unverified(const struct figures *f)
{
	return f->cell->verified != RESULTS_YES && !f->harness;	/* null writes nothing to verify */
}

static bool has_remark(const struct figures *f)
{
	return f->reason || is_unsteady(f) || is_unverified(f) || f->cell->n_notes;
}

/* Whether the same has to be said of two cells of a group. */
static bool same_remark(const struct figures *a, const struct figures *b)
{
	const struct results_cell *ca = a->cell, *cb = b->cell;

	if (strcmp(a->reason ? a->reason : "", b->reason ? b->reason : "") ||
	    is_unsteady(a) != is_unsteady(b) || is_unverified(a) != is_unverified(b) ||
	    (is_unverified(a) && ca->verified != cb->verified) || ca->n_notes != cb->n_notes)
		return false;
	for (size_t i = 0; i < ca->n_notes; i++)
		if (strcmp(ca->notes[i], cb->notes[i]))
			return false;
	return true;
}

static void add_remark(struct document *d, const struct figures *f)
{
	const struct results_cell *cell = f->cell;
	const char *separator = "";

	if (is_unverified(f)) {
		document_add(d, cell->verified == RESULTS_NO ? "DATA WRONG: file and source differ"
							     : "data not verified");
		separator = "; ";
	}
	if (f->reason) {
		document_add(d, "%s%s (baseline %s)", separator, f->reason, f->baseline_name);
		separator = "; ";
	}
	if (is_unsteady(f)) {
		document_add(d, "%s%snot steady after warm-up", separator,
			     cell->planned > 1 ? "first repetition " : "");
		separator = "; ";
	}
	for (size_t i = 0; i < cell->n_notes; i++) {
		document_add(d, "%s%s", separator, cell->notes[i]);
		separator = "; ";
	}
}

/* What has to be said of the rows of a group, each remark once. */
struct remarks {
	const struct figures *example[JOB_ARMS_MAX];	/* a row that has remark i + 1 */
	size_t n;
	size_t of[JOB_ARMS_MAX];	/* each row's, 0: none */
	bool common;			/* all rows have the only one */
};

static void find_remarks(const struct figures *group, size_t n, struct remarks *r)
{
	memset(r, 0, sizeof(*r));
	r->common = true;
	assert(n <= JOB_ARMS_MAX);	/* or results_read() refuses the file */
	for (size_t i = 0; i < n; i++) {
		size_t mark = 0;

		if (is_repeat(&group[i]))
			continue;
		if (!has_remark(&group[i])) {
			r->common = false;
			continue;
		}
		while (mark < r->n && !same_remark(r->example[mark], &group[i]))
			mark++;
		if (mark == r->n)
			r->example[r->n++] = &group[i];
		r->of[i] = mark + 1;
	}
	r->common &= r->n == 1;
}

/* What the hooks counted where a copy copied nothing. */
static void write_retries(struct document *d, const struct figures *group, size_t n)
{
	double low = INFINITY, high = -INFINITY;
	const char *separator = "Retries per page: ";

	for (size_t i = 0; i < n; i++) {
		const struct figures *f = &group[i];

		if (!(f->retries > 0) || is_repeat(f))
			continue;
		document_add(d, "%s%s %.2f", separator, f->cell->strategy, f->retries);
		separator = ", ";
		low = fmin(low, f->exceptions_per_copy);
		high = fmax(high, f->exceptions_per_copy);
	}
	if (*separator != ',')
		return;
	if (low < high)
		document_add(d, "; exceptions per short copy: %.2f to %.2f", low, high);
	else if (low <= high)
		document_add(d, "; exceptions per short copy: %.2f", low);
	document_add(d, ".");
	document_paragraph(d);
}

static void write_group(struct document *d, const struct results *r, const struct figures *group,
			size_t n, bool pages)
{
	struct document_column heads[16];
	struct remarks remarks;
	char drift[TABLES_TEXT];
	const char *below[2] = { tables_one_repetition(group, n), tables_drift(drift, group) };

	find_remarks(group, n, &remarks);
	write_title(d, r, group, pages);
	write_heads(d, heads, sizeof(heads) / sizeof(heads[0]), group->counts);
	for (size_t i = 0; i < n; i++)
		if (!is_repeat(&group[i]))
			write_row(d, &group[i], remarks.common ? 0 : remarks.of[i]);
	if (group->counts)
		write_retries(d, group, n);
	for (int i = 0; i < 2; i++) {
		if (!below[i])
			continue;
		document_add(d, "%s", below[i]);
		document_paragraph(d);
	}
	for (size_t i = 0; i < remarks.n; i++) {
		if (!remarks.common)
			document_add(d, "[%zu] ", i + 1);
		add_remark(d, remarks.example[i]);
		document_item(d);
	}
}

static bool fails_alike(const struct results_failure *a, const struct results_failure *b)
{
	return a->run == b->run && a->repetition == b->repetition && !strcmp(a->workload, b->workload) &&
	       !strcmp(a->target, b->target) && !strcmp(a->layout, b->layout) &&
	       !strcmp(a->device, b->device) && !strcmp(a->place, b->place) &&
	       !strcmp(a->reason, b->reason);
}

static void write_failures(struct document *d, const struct results *r)
{
	if (r->n_failures == 0)
		return;
	document_add(d, "Not measured");
	document_heading(d);
	for (size_t i = 0, end; i < r->n_failures; i = end) {
		const struct results_failure *f = &r->failures[i];

		for (end = i + 1; end < r->n_failures && fails_alike(f, &r->failures[end]); end++)
			;
		document_add(d, "%s %s %s:", f->workload, f->target, f->layout);
		for (size_t j = i; j < end; j++)
			document_add(d, "%s %s", j > i ? "," : "", r->failures[j].strategy);
		if (f->repetition)
			document_add(d, " from repetition %" PRIu64 " on", f->repetition + 1);
		document_add(d, ": %s", f->reason);
		document_item(d);
	}
}

static void write_run(struct document *d, const struct results *r, size_t i, uint64_t page_size)
{
	const struct results_run *run = &r->runs[i];
	const struct { const char *name, *value; } settings[] = {
		{ "mitigations", run->mitigations }, { "THP", run->thp },
		{ "governor", run->governor }, { "clock", run->clock },
		{ "config", run->config_hash }, { "image", run->image_hash },
		{ "emulator", run->emulator }, { "started", run->started },
		{ "command", run->command },
	};
	char size[TEXT_SIZE];

	document_add(d, "Machine");
	if (r->n_runs > 1)
		document_add(d, " of run %zu (%s)", i + 1, run->path);
	document_add(d, ": Linux %s %s, %s pages", run->kernel, run->arch, text_size(size, page_size));
	if (run->cpu)
		document_add(d, ", %s", run->cpu);
	if (!isnan(run->cpus))
		document_add(d, ", %.0f CPUs", run->cpus);
	if (!isnan(run->memory_bytes))
		document_add(d, ", %.0f MB", run->memory_bytes / 1e6);
	document_add(d, ", place %s", run->place);
	for (size_t j = 0; d->style->settings && j < sizeof(settings) / sizeof(settings[0]); j++)
		if (settings[j].value)
			document_add(d, "; %s: %s", settings[j].name, settings[j].value);
	document_paragraph(d);
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
				  figures[end].cell->group == figures[i].cell->group; end++)
			;
		write_group(&d, r, figures + i, end - i, pages);
	}
	write_failures(&d, r);
	document_part(&d);
	for (size_t i = 0, cell = 0; i < r->n_runs; i++)
		write_run(&d, r, i, cells_page_size(r, i, &cell));
	return document_end(&d);
}
