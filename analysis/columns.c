// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of columns. Computes nothing: the figures are those of cells.c. */
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/columns.h"

static const struct value null = { .type = VALUE_NULL };

static struct value text(const char *t)
{
	return t ? (struct value){ .type = VALUE_TEXT, .text = t } : null;
}

static struct value whole(uint64_t w)
{
	return (struct value){ .type = VALUE_WHOLE, .whole = w };
}

static struct value real(double r)
{
	return isfinite(r) ? (struct value){ .type = VALUE_REAL, .real = r } : null;
}

static struct value range(double low, double high)
{
	if (!isfinite(low) || !isfinite(high))
		return null;
	return (struct value){ .type = VALUE_RANGE, .real = low, .high = high };
}

static struct value flag(bool f)
{
	return (struct value){ .type = VALUE_FLAG, .flag = f };
}

static struct value judged(enum results_judged j)
{
	return j == RESULTS_NOT_JUDGED ? null : flag(j == RESULTS_YES);
}

#define GET(name, expression) \
	static struct value get_##name(const struct figures *f) { return expression; }
GET(workload, text(f->cell->workload))
GET(target, text(f->cell->target))
GET(layout, text(f->cell->layout))
GET(device, text(f->cell->device))
GET(place, text(f->cell->place))
GET(arch, text(f->cell->arch))
GET(page_size, whole(f->cell->page_size))
GET(backend, text(backend_names[f->cell->backend]))
GET(source, text(f->cell->source))
GET(block_size, whole(f->cell->block_size))
GET(cold_fraction, real(f->cell->cold_fraction))
GET(threads, whole(f->cell->threads))
GET(strategy, text(f->cell->strategy))
GET(baseline, text(f->baseline_name))
GET(run, whole(f->cell->run + 1))
GET(kernel, text(f->run->kernel))
GET(cpu, text(f->run->cpu))
GET(started, text(f->run->started))
GET(seed, whole(f->cell->seed))
GET(tier, text(tier_names[f->cell->tier]))
GET(unit, text(f->counts ? "instructions/page" : "ns/page"))
GET(baseline_cost, real(f->baseline_cost))
GET(cost, real(f->cost))
GET(cost_q1, real(f->cost_q1))
GET(cost_q3, real(f->cost_q3))
GET(baseline_mb_per_s, real(f->baseline_mb_per_s))
GET(mb_per_s, real(f->mb_per_s))
GET(mb_low, real(f->mb_low))
GET(mb_high, real(f->mb_high))
GET(mb_range, range(f->mb_low, f->mb_high))
GET(penalty, real(cells_penalty_pct(f->theta)))
GET(low, real(cells_penalty_pct(f->low)))
GET(high, real(cells_penalty_pct(f->high)))
GET(interval, range(cells_penalty_pct(f->low), cells_penalty_pct(f->high)))
GET(confidence, isnan(f->low) ? null : real(CELLS_CONFIDENCE))
GET(mde, real(cells_penalty_pct(f->mde)))
GET(delta, real(f->delta))
GET(resolution, real(f->resolution))
GET(exact, isnan(f->resolution) ? null : flag(f->exact))
GET(resolution_text, f->exact ? text("exact") : real(f->resolution))
GET(rounds, whole(f->cell->rounds))
GET(repetitions, whole(f->cell->n_repetitions))
GET(planned, whole(f->cell->planned))
GET(steady, judged(f->cell->steady))
GET(verified, f->harness ? null : judged(f->cell->verified))	/* null writes nothing to verify */
GET(faults, real(f->faults))
GET(exceptions, real(f->exceptions))
GET(short_copies, real(f->short_copies))
GET(retries, real(f->retries))

enum {
	FILES = IN_CSV | IN_JSON,
	TIME = IN_TIME | FILES,
	COUNTS = IN_COUNTS | FILES,
};

/*
 * Widths of what a table shows, and a blank between two, add up to 72 at most:
 * tests/unit/test_columns.c. Programs rely on the keys: none goes or changes its meaning.
 */
const struct column cell_columns[] = {
	{ "workload", NULL, 0, 0, get_workload, FILES },
	{ "target", NULL, 0, 0, get_target, FILES },
	{ "layout", NULL, 0, 0, get_layout, FILES },
	{ "device", NULL, 0, 0, get_device, FILES },
	{ "place", NULL, 0, 0, get_place, FILES },
	{ "arch", NULL, 0, 0, get_arch, FILES },
	{ "page_size", NULL, 0, 0, get_page_size, FILES },
	{ "backend", NULL, 0, 0, get_backend, FILES },
	{ "source", NULL, 0, 0, get_source, FILES },
	{ "block_size", NULL, 0, 0, get_block_size, FILES },
	{ "cold_fraction", NULL, 0, 0, get_cold_fraction, FILES },
	{ "threads", NULL, 0, 0, get_threads, FILES },
	{ "strategy", "strategy", 13, 0, get_strategy, TIME | IN_COUNTS | IN_HARNESS },
	{ "baseline", NULL, 0, 0, get_baseline, FILES },
	{ "run", NULL, 0, 0, get_run, FILES },
	{ "kernel", NULL, 0, 0, get_kernel, FILES },
	{ "cpu", NULL, 0, 0, get_cpu, IN_CSV },
	{ "started", NULL, 0, 0, get_started, FILES },
	{ "seed", NULL, 0, 0, get_seed, FILES },
	{ "tier", NULL, 0, 0, get_tier, FILES },
	{ "unit", NULL, 0, 0, get_unit, FILES },
	{ "baseline_cost", NULL, 0, 0, get_baseline_cost, FILES },
	{ "cost", "ns/page", 9, 1, get_cost, TIME | IN_HARNESS },
	{ NULL, "instr/page", 10, 1, get_cost, IN_COUNTS },
	{ "cost_q1", "q1", 9, 1, get_cost_q1, COUNTS },
	{ "cost_q3", "q3", 9, 1, get_cost_q3, COUNTS },
	{ "baseline_mb_per_s", NULL, 0, 0, get_baseline_mb_per_s, FILES },
	{ "mb_per_s", "MB/s", 8, 1, get_mb_per_s, TIME },
	{ "mb_per_s_low", NULL, 0, 0, get_mb_low, FILES },
	{ "mb_per_s_high", NULL, 0, 0, get_mb_high, FILES },
	{ NULL, "MB/s, 99%", 0, 0, get_mb_range, IN_TIME },
	{ "penalty_pct", "penalty%", 8, 2, get_penalty, TIME },
	{ "ci_low_pct", NULL, 0, 0, get_low, FILES },
	{ "ci_high_pct", NULL, 0, 0, get_high, FILES },
	{ NULL, "99% interval", 15, 2, get_interval, IN_TIME },
	{ "confidence", NULL, 0, 0, get_confidence, FILES },
	{ "mde_pct", "MDE%", 6, 2, get_mde, TIME },
	{ "delta_per_page", "delta", 9, 1, get_delta, COUNTS },
	{ "resolution", NULL, 0, 0, get_resolution, FILES },
	{ "exact", NULL, 0, 0, get_exact, FILES },
	{ NULL, "resolution", 10, 1, get_resolution_text, IN_COUNTS },
	{ "rounds", NULL, 0, 0, get_rounds, FILES },
	{ "repetitions", NULL, 0, 0, get_repetitions, FILES },
	{ "repetitions_planned", NULL, 0, 0, get_planned, FILES },
	{ "steady", NULL, 0, 0, get_steady, FILES },
	{ "verified", NULL, 0, 0, get_verified, FILES },
	{ "faults_per_page", "faults", 6, 2, get_faults, TIME | IN_COUNTS },
	{ "exceptions_per_page", NULL, 0, 0, get_exceptions, FILES },
	{ "short_copies_per_page", NULL, 0, 0, get_short_copies, FILES },
	{ "retries_per_page", NULL, 0, 0, get_retries, FILES },
	{ NULL, NULL, 0, 0, NULL, 0 },
};

const char *columns_number(char buf[COLUMNS_NUMBER], double value, int digits)
{
	if (isnan(value))
		return strcpy(buf, "-");
	/* More digits than these are noise and cost width. */
	if (fabs(value) >= 10000)
		digits = 0;
	else if (fabs(value) >= 100 && digits > 1)
		digits = 1;
	snprintf(buf, COLUMNS_NUMBER, "%.*f", digits, value);
	return buf;
}

const char *columns_range(char buf[COLUMNS_TEXT], double low, double high, int digits)
{
	char a[COLUMNS_NUMBER], b[COLUMNS_NUMBER];

	if (isnan(low) || isnan(high))
		return strcpy(buf, "-");
	snprintf(buf, COLUMNS_TEXT, "%s..%s", columns_number(a, low, digits),
		 columns_number(b, high, digits));
	return buf;
}

const char *columns_text(char buf[COLUMNS_TEXT], const struct column *c, const struct figures *f)
{
	struct value v = c->get(f);

	switch (v.type) {
	case VALUE_NULL:
		return strcpy(buf, "-");
	case VALUE_TEXT:
		snprintf(buf, COLUMNS_TEXT, "%s", v.text);
		return buf;
	case VALUE_WHOLE:
		snprintf(buf, COLUMNS_TEXT, "%" PRIu64, v.whole);
		return buf;
	case VALUE_REAL:
		return columns_number(buf, v.real, c->digits);
	case VALUE_RANGE:
		return columns_range(buf, v.real, v.high, c->digits);
	case VALUE_FLAG:
		return strcpy(buf, v.flag ? "yes" : "no");
	}
	return buf;
}

void columns_run_texts(const struct results_run *run, struct columns_run_text texts[COLUMNS_RUN_TEXTS])
{
	const struct columns_run_text rows[] = {
		{ "kernel", NULL, run->kernel },
		{ "cpu", NULL, run->cpu },
		{ "cmdline", NULL, run->cmdline },
		{ "mitigations", "mitigations", run->mitigations },
		{ "thp", "THP", run->thp },
		{ "governor", "governor", run->governor },
		{ "clock", "clock", run->clock },
		{ "config_hash", "config", run->config_hash },
		{ "image_hash", "image", run->image_hash },
		{ "emulator", "emulator", run->emulator },
		{ "started", "started", run->started },
		{ "command", "command", run->command },
	};

	static_assert(sizeof(rows) == COLUMNS_RUN_TEXTS * sizeof(rows[0]), "a row for each text");
	memcpy(texts, rows, sizeof(rows));
}
