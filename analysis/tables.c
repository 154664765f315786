// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tables for people: plain, for a mail, and Markdown. A block holds the cells
 * of one group, so none mixes back ends, tiers or runs. Computes nothing.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/tables.h"
#include "base/text.h"

enum { NAME_COLUMNS = 13 };

const char *tables_backend(const char *backend)
{
	return strcmp(backend, "user") ? "in the kernel" : "user-space emulation";
}

bool tables_own_prefault(const char *target)
{
	static const char *const names[] = { "gfs2", "f2fs" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(target, names[i], strlen(names[i])))
			return true;
	return false;
}

const char *tables_number(char buf[TABLES_NUMBER], double value, int digits)
{
	if (isnan(value))
		return strcpy(buf, "-");
	/* Beyond 10000 digits behind the point are noise and cost width. */
	snprintf(buf, TABLES_NUMBER, "%.*f", fabs(value) < 10000 ? digits : 0, value);
	return buf;
}

const char *tables_penalty(char buf[TABLES_NUMBER], double theta)
{
	double value = cells_penalty_pct(theta);

	return tables_number(buf, value, fabs(value) < 100 ? 2 : 1);
}

const char *tables_range(char buf[2 * TABLES_NUMBER], const char *low, const char *high)
{
	snprintf(buf, 2 * TABLES_NUMBER, "%s..%s", low, high);
	return buf;
}

const char *tables_interval(char buf[2 * TABLES_NUMBER], const struct figures *f)
{
	char low[TABLES_NUMBER], high[TABLES_NUMBER];

	if (isnan(f->low))
		return strcpy(buf, "-");
	return tables_range(buf, tables_penalty(low, f->low), tables_penalty(high, f->high));
}

/* What has to be said about a cell, NULL when nothing; the caller frees it. */
static char *remarks(const struct figures *f)
{
	const struct results_cell *cell = f->cell;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	const char *comma = "";

	if (!out)
		return NULL;
	if (f->reason) {
		fprintf(out, "%s (%s)", f->reason, f->baseline_name);
		comma = "; ";
	}
	if (cell->rounds && cell->steady == RESULTS_NO) {
		fprintf(out, "%s%snot steady after warming up", comma,
			cell->planned > 1 ? "first repetition " : "");
		comma = "; ";
	}
	if (cell->verified != RESULTS_YES && !f->harness) {	/* null writes nothing to verify */
		fprintf(out, "%sdata not verified", comma);
		comma = "; ";
	}
	for (size_t i = 0; i < cell->n_notes; i++) {
		fprintf(out, "%s%s", comma, cell->notes[i]);
		comma = "; ";
	}
	fclose(out);
	if (text && *text)
		return text;
	free(text);
	return NULL;
}

/*
 * Markdown gets free text as text: what could start a span, a link, a tag or
 * a column is escaped.
 */
static void put_markdown(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			fputs("&lt;", out);
		else if (*text == '&')
			fputs("&amp;", out);
		else if (strchr("\\`*_{}[]()#+!|>~", *text))
			fprintf(out, "\\%c", *text);
		else
			fputc(*text, out);
	}
}

/* @mark: the number that stands behind the rows it is about; 0: about all of them. */
static void print_remark(FILE *out, enum table_style style, size_t mark, const char *text)
{
	char number[32] = "", *line = NULL;

	if (mark)
		snprintf(number, sizeof(number), "[%zu] ", mark);
	if (style == TABLE_MARKDOWN) {
		fprintf(out, "%s%s", mark <= 1 ? "\n" : "  \n", number);
		put_markdown(out, text);
	} else if (asprintf(&line, "%s%s", number, text) >= 0) {
		text_wrap(out, 2, line);
		free(line);
	}
}

void tables_effort(FILE *out, const struct figures *f)
{
	const struct results_cell *cell = f->cell;

	if (cell->n_repetitions < cell->planned)
		fprintf(out, "%zu of %" PRIu64 " repetitions, ", cell->n_repetitions, cell->planned);
	else if (!f->counts)	/* which repeat */
		fprintf(out, "%zu repetition%s, ", cell->n_repetitions, cell->n_repetitions > 1 ? "s" : "");
	fprintf(out, "%" PRIu64 " rounds, seed %" PRIu64, cell->rounds, cell->seed);
}

static void print_title(FILE *out, enum table_style style, const struct results *r,
			const struct figures *f)
{
	const struct results_cell *cell = f->cell;
	char *text = NULL, size_text[TEXT_SIZE];
	size_t size;
	FILE *line;

	if (style == TABLE_MARKDOWN)
		fprintf(out, "\n### `%s` `%s` `%s`\n\n", cell->workload, cell->target, cell->layout);
	else
		fprintf(out, "\n%s  %s  %s\n", cell->workload, cell->target, cell->layout);
	line = open_memstream(&text, &size);
	if (!line)
		return;
	fprintf(line, "%s, %s, source %s, ", f->counts ? "counts" : "time",
		tables_backend(cell->backend), cell->source);
	fprintf(line, "%s blocks", text_size(size_text, cell->block_size));
	if (cell->cold_fraction > 0)
		fprintf(line, ", %.4g %% cold", 100 * cell->cold_fraction);
	if (cell->threads > 1)
		fprintf(line, ", %" PRIu64 " threads", cell->threads);
	fprintf(line, ", device %s, place %s, ", cell->device, cell->place);
	tables_effort(line, f);
	if (r->n_runs > 1)
		fprintf(line, ", run %zu", cell->run + 1);
	if (!strcmp(cell->backend, "kernel") && tables_own_prefault(cell->target))
		fputs(", own pre-fault", line);
	fclose(line);
	if (style == TABLE_MARKDOWN)
		fprintf(out, "%s\n\n", text);	/* of names and numbers alone */
	else if (text)
		text_wrap(out, 0, text);
	free(text);
}

static void print_heads(FILE *out, enum table_style style, bool counts)
{
	if (style == TABLE_MARKDOWN && counts)
		fputs("| strategy | instr/page | q1 | q3 | delta | resolution | faults/page |\n"
		      "|---|--:|--:|--:|--:|--:|--:|\n", out);
	else if (style == TABLE_MARKDOWN)
		fputs("| strategy | ns/page | MB/s | MB/s, 99 % | penalty % | 99 % interval | MDE % | faults/page |\n"
		      "|---|--:|--:|--:|--:|--:|--:|--:|\n", out);
	else if (counts)
		fprintf(out, "%-13s %10s %9s %9s %9s %9s %6s\n", "strategy", "instr/page", "q1",
			"q3", "delta", "resolut.", "flt/pg");
	else
		fprintf(out, "%-13s %9s %8s %8s %15s %6s %6s\n", "strategy", "ns/page", "MB/s",
			"penalty%", "99% interval", "MDE%", "flt/pg");
}

static void print_row(FILE *out, enum table_style style, const struct figures *f, size_t mark)
{
	const struct results_cell *cell = f->cell;
	bool markdown = style == TABLE_MARKDOWN;
	char a[TABLES_NUMBER], b[TABLES_NUMBER], c[TABLES_NUMBER], d[TABLES_NUMBER];
	char e[TABLES_NUMBER];
	char range[2 * TABLES_NUMBER], rates[2 * TABLES_NUMBER], name[JOB_NAME_MAX + 32];
	char share[TABLES_NUMBER + 2 * JOB_NAME_MAX];
	const char *tick = markdown ? "`" : "";

	if (mark)
		snprintf(name, sizeof(name), "%s%s%s [%zu]", tick, cell->strategy, tick, mark);
	else
		snprintf(name, sizeof(name), "%s%s%s", tick, cell->strategy, tick);
	if (markdown)
		fprintf(out, "| %s |", name);
	else if (strlen(name) > NAME_COLUMNS)	/* has a line of its own */
		fprintf(out, "%s\n%*s", name, NAME_COLUMNS, "");
	else
		fprintf(out, "%-*s", NAME_COLUMNS, name);

	if (f->counts) {
		fprintf(out, markdown ? " %s | %s | %s |" : " %10s %9s %9s", tables_number(a, f->cost, 1),
			tables_number(b, f->cost_q1, 1), tables_number(c, f->cost_q3, 1));
		fprintf(out, markdown ? " %s | %s | %s |\n" : " %9s %9s %6s\n",
			tables_number(a, f->delta, 1),
			f->exact ? "exact" : tables_number(b, f->resolution, 1),
			tables_number(c, f->faults, 2));
		return;
	}
	if (f->harness && !isnan(f->theta)) {
		/* Not a strategy: what of the baseline's time is the harness's own. */
		snprintf(share, sizeof(share), "harness: %.2f %% of the time of %s%s%s",
			 100 * exp(f->theta), tick, f->baseline_name, tick);
		if (markdown)
			fprintf(out, " %s | - | - | %s | | | |\n", tables_number(a, f->cost, 1), share);
		else
			fprintf(out, " %9s %8s %s\n", tables_number(a, f->cost, 1), "-", share);
		return;
	}
	tables_range(rates, tables_number(a, f->mb_low, 0), tables_number(b, f->mb_high, 0));
	if (markdown)
		fprintf(out, " %s | %s | %s | %s | %s | %s | %s |\n", tables_number(a, f->cost, 1),
			tables_number(b, f->mb_per_s, 1), isnan(f->mb_low) ? "-" : rates,
			tables_penalty(c, f->theta), tables_interval(range, f), tables_penalty(d, f->mde),
			tables_number(e, f->faults, 2));
	else
		fprintf(out, " %9s %8s %8s %15s %6s %6s\n", tables_number(a, f->cost, 1),
			tables_number(b, f->mb_per_s, 1), tables_penalty(c, f->theta),
			tables_interval(range, f), tables_penalty(d, f->mde),
			tables_number(e, f->faults, 2));
}

/* Repeated arms of the baseline are there for the resolution, which the others show. */
static bool is_repeat(const struct figures *f)
{
	return f->counts && f->cell != f->baseline && !isnan(f->resolution) &&
	       cells_same_strategy(f->cell->strategy, f->baseline_name);
}

/* @text, of names and numbers alone, below a table; NULL: nothing. */
static void print_below(FILE *out, enum table_style style, const char *text)
{
	if (text && style == TABLE_MARKDOWN)
		fprintf(out, "\n%s\n", text);
	else if (text)
		text_wrap(out, 0, text);
}

/* What the hooks counted, where a copy copied nothing. */
static void print_retries(FILE *out, enum table_style style, const struct figures *group, size_t n)
{
	char *text = NULL;
	size_t size;
	FILE *line = open_memstream(&text, &size);
	const char *comma = "";
	double low = INFINITY, high = -INFINITY;

	if (!line)
		return;
	fputs("Retries a page: ", line);
	for (size_t i = 0; i < n; i++) {
		const struct figures *f = &group[i];

		if (!(f->retries > 0) || is_repeat(f))
			continue;
		fprintf(line, "%s%s %.2f", comma, f->cell->strategy, f->retries);
		comma = ", ";
		low = fmin(low, f->exceptions_per_copy);
		high = fmax(high, f->exceptions_per_copy);
	}
	fprintf(line, low == high ? "; exceptions a short copy: %.2f." : "; exceptions a short copy: "
		"%.2f to %.2f.", low, high);
	fclose(line);
	if (*comma)
		print_below(out, style, text);
	free(text);
}

const char *tables_one_repetition(const struct figures *figures, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct figures *f = &figures[i];

		/* The row of the harness shows no interval. */
		if (!f->counts && !f->harness && !isnan(f->low) && f->cell->planned == 1)
			return "One repetition: the interval covers its own noise, not what differs"
			       " between runs.";
	}
	return NULL;
}

char *tables_drift(const struct figures *base)
{
	const double steady = 0.1;
	char *text = NULL, low[TABLES_NUMBER], high[TABLES_NUMBER];

	if (base->counts || !(base->cost_high - base->cost_low > steady * base->cost) ||
	    asprintf(&text, "Repetitions differ: %s took %s to %s ns/page in one or another. The next"
		     " run may find other ratios.", base->cell->strategy,
		     tables_number(low, base->cost_low, 1),
		     tables_number(high, base->cost_high, 1)) < 0)
		return NULL;
	return text;
}

/* What is said of every row of a group alike; NULL when there is no such text. */
static char *common_remark(const struct figures *group, size_t n)
{
	char *common = NULL;

	for (size_t i = 0; i < n; i++) {
		char *text;
		bool same;

		if (is_repeat(&group[i]))
			continue;
		text = remarks(&group[i]);
		same = text && (!common || !strcmp(text, common));
		free(common);
		common = text;
		if (!same) {
			free(common);
			return NULL;
		}
	}
	return common;
}

static void print_group(FILE *out, enum table_style style, const struct results *r,
			const struct figures *group, size_t n)
{
	char *texts[JOB_ARMS_MAX];	/* remarks, each once; the reader bounds the arms */
	char *common = common_remark(group, n), *drift = tables_drift(group);
	size_t n_texts = 0, mark;

	print_title(out, style, r, group);
	print_heads(out, style, group->counts);
	for (size_t i = 0; i < n; i++) {
		char *text;

		if (is_repeat(&group[i]))
			continue;
		text = common ? NULL : remarks(&group[i]);
		mark = 0;
		if (text) {
			for (mark = 0; mark < n_texts && strcmp(texts[mark], text); mark++)
				;
			if (mark == n_texts)
				texts[n_texts++] = text;
			else
				free(text);
			mark++;
		}
		print_row(out, style, &group[i], mark);
	}
	if (group->counts)
		print_retries(out, style, group, n);
	print_below(out, style, tables_one_repetition(group, n));
	print_below(out, style, drift);
	free(drift);
	if (common)
		print_remark(out, style, 0, common);
	for (mark = 0; mark < n_texts; mark++) {
		print_remark(out, style, mark + 1, texts[mark]);
		free(texts[mark]);
	}
	if ((n_texts || common) && style == TABLE_MARKDOWN)
		fputc('\n', out);
	free(common);
}

static bool fails_alike(const struct results_failure *a, const struct results_failure *b)
{
	return a->run == b->run && a->repetition == b->repetition && !strcmp(a->workload, b->workload) &&
	       !strcmp(a->target, b->target) && !strcmp(a->layout, b->layout) &&
	       !strcmp(a->device, b->device) && !strcmp(a->place, b->place) &&
	       !strcmp(a->reason, b->reason);
}

static void print_failures(FILE *out, enum table_style style, const struct results *r)
{
	if (r->n_failures == 0)
		return;
	fputs(style == TABLE_MARKDOWN ? "\n### Not measured\n\n" : "\nNot measured:\n", out);
	for (size_t i = 0, end; i < r->n_failures; i = end) {
		const struct results_failure *f = &r->failures[i];
		char *text = NULL;
		size_t size;
		FILE *line;

		for (end = i + 1; end < r->n_failures && fails_alike(f, &r->failures[end]); end++)
			;
		line = open_memstream(&text, &size);
		if (!line)
			return;
		fprintf(line, "%s %s %s:", f->workload, f->target, f->layout);
		for (size_t j = i; j < end; j++)
			fprintf(line, "%s %s", j > i ? "," : "", r->failures[j].strategy);
		if (f->repetition)
			fprintf(line, " from repetition %" PRIu64 " on", f->repetition + 1);
		fprintf(line, ": %s", f->reason);
		fclose(line);
		if (style == TABLE_MARKDOWN && text) {
			fputs("- ", out);
			put_markdown(out, text);
			fputc('\n', out);
		} else if (text) {
			text_wrap(out, 2, text);
		}
		free(text);
	}
}

static void print_run(FILE *out, enum table_style style, const struct results *r, size_t i)
{
	const struct results_run *run = &r->runs[i];
	const struct { const char *name, *value; } rest[] = {
		{ "mitigations", run->mitigations }, { "THP", run->thp },
		{ "governor", run->governor }, { "clock", run->clock },
		{ "config", run->config_hash }, { "image", run->image_hash },
		{ "emulator", run->emulator }, { "started", run->started },
		{ "command", run->command },
	};
	char *text = NULL;
	size_t size;
	FILE *line = open_memstream(&text, &size);

	if (!line)
		return;
	fputs("Machine", line);
	if (r->n_runs > 1)
		fprintf(line, " of run %zu (%s)", i + 1, run->path);
	fprintf(line, ": Linux %s %s", run->kernel, run->arch);
	if (run->cpu)
		fprintf(line, ", %s", run->cpu);
	if (!isnan(run->cpus))
		fprintf(line, ", %.0f CPUs", run->cpus);
	if (!isnan(run->memory_bytes))
		fprintf(line, ", %.0f MB", run->memory_bytes / 1e6);
	fprintf(line, ", place %s", run->place);
	for (size_t j = 0; style == TABLE_MAIL && j < sizeof(rest) / sizeof(rest[0]); j++)
		if (rest[j].value)
			fprintf(line, "; %s: %s", rest[j].name, rest[j].value);
	fclose(line);
	if (style == TABLE_MARKDOWN && text) {
		fputc('\n', out);
		put_markdown(out, text);
		fputc('\n', out);
	} else if (text) {
		text_wrap(out, 0, text);
	}
	free(text);
}

void tables_print(FILE *out, enum table_style style, const struct results *r,
		  const struct figures *figures)
{
	bool time = false, counts = false;

	for (size_t i = 0; i < r->n_cells; i++) {
		time |= !figures[i].counts;
		counts |= figures[i].counts;
	}
	if (time) {
		fputs("Penalty: throughput lost against the first row; positive is slower.\n", out);
		text_wrap(out, 0, "Time, strategies switched inside one boot. ns/page: median."
			    " MB/s: all bytes over all time, 1 MB = 1000000 bytes. MDE: the"
			    " smallest penalty that is found 9 times in 10.");
	}
	if (counts) {
		fputs("Delta: instructions a page beyond the first row's; positive is longer.\n", out);
		text_wrap(out, 0, "Counts: medians, with quartiles. A delta below the resolution,"
			    " the spread of repeated arms of the baseline, says nothing. Exact:"
			    " those arms and their quartiles are equal, so one instruction counts.");
	}
	for (size_t i = 0, end; i < r->n_cells; i = end) {
		for (end = i + 1; end < r->n_cells &&
				  figures[end].cell->group == figures[i].cell->group; end++)
			;
		print_group(out, style, r, figures + i, end - i);
	}
	print_failures(out, style, r);
	if (style != TABLE_MARKDOWN)
		fputc('\n', out);
	for (size_t i = 0; i < r->n_runs; i++)
		print_run(out, style, r, i);
}
