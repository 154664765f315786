// SPDX-License-Identifier: GPL-2.0-or-later
/* The outcomes; which cells are compared, and whether they can be; the verdict of all. */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/gate_rules.h"
#include "base/text.h"

const struct gate_words gate_words[N_GATE_OUTCOMES] = {
	[GATE_PASS] = {
		.name = "PASS", .exit = { 0, 0, 0, 0 }, .ktap = "ok",
		.b4 = "pass", .lava = "pass", .kcidb = "PASS", .tmt = "pass",
	},
	[GATE_FAIL] = {
		.name = "FAIL", .exit = { 1, 1, 1, 1 }, .ktap = "not ok", .junit = "failure", .github = "error",
		.b4 = "fail", .lava = "fail", .kcidb = "FAIL", .tmt = "fail",
	},
	[GATE_INCONCLUSIVE] = {
		.name = "INCONCLUSIVE", .exit = { 3, 4, 250, 125 }, .ktap = "ok", .directive = "SKIP",
		.junit = "skipped", .github = "warning",
		.b4 = "warn", .lava = "unknown", .kcidb = "SKIP", .tmt = "warn",
	},
	[GATE_ERROR] = {
		.name = "ERROR", .exit = { 2, 1, 250, 125 }, .ktap = "not ok", .directive = "ERROR",
		.junit = "error", .github = "error",
		.b4 = "fail", .lava = "fail", .kcidb = "ERROR", .tmt = "error",
	},
	[GATE_NONE] = {
		.name = "NONE", .exit = { 4, 4, 250, 125 }, .ktap = "ok", .directive = "SKIP none",
		.junit = "skipped", .github = "warning",
		.b4 = "warn", .lava = "skip", .kcidb = "MISS", .tmt = "skip",
	},
};

const char *const gate_reader_names[N_GATE_READERS + 1] = {
	[GATE_PLAIN] = "plain", [GATE_KSFT] = "ksft", [GATE_NIPA] = "nipa", [GATE_BISECT] = "bisect",
};

static const char *reader_name(size_t i)
{
	return gate_reader_names[i];
}

const struct table gate_reader_table = { .what = "reader of the exit status", .name = reader_name };

int gate_margin_parse(const char *text, struct gate_margin *margin, struct reason *reason)
{
	char *end;
	double value = text_number(text, &end);

	margin->value = value;
	margin->instructions = !strcmp(end, "i");
	if (!isfinite(value) || !(value > 0) ||
	    !(margin->instructions || ((!*end || !strcmp(end, "%")) && value < 100)))
		return reason_fail(reason, -EINVAL, "'%s' is not a margin; give instructions per page, as in 1i, or per cent, "
				   "as in 0.5%%", text);
	return 0;
}

void gate_set(struct gate_cell *c, enum gate_outcome outcome, const char *format, ...)
{
	char text[REASON_SIZE];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	c->outcome = outcome;
	reason_set(&c->reason, "%s", text);
}

/* The number of a repeated arm: 2 of "native#2", 1 of "native". */
static unsigned long arm_number(const char *strategy)
{
	return strategy[name_stem(strategy)] ? strtoul(strategy + name_stem(strategy) + 1, NULL, 10) : 1;
}

/* Whether arms called @strategy are of side @head, 0 or 1. */
static bool is_side(const struct gate_plan *plan, const char *strategy, int head)
{
	const char *const *names = plan->strategies;

	if (!names[0])
		return !name_same_stem(strategy, "null");
	if (!name_same_stem(strategy, names[head]))
		return false;
	return !name_same_stem(names[0], names[1]) || (arm_number(strategy) % 2 == 0) == head;
}

/* An arm, while cells are found. */
struct arm {
	const struct results_cell *cell;
	int head;
	bool any_strategy;
};

/* The first of @n orders that is one. */
static int first_order(const int *orders, size_t n)
{
	size_t i = 0;

	while (i + 1 < n && !orders[i])
		i++;
	return orders[i];
}

/* The order of cells: what makes two arms the same cell is equal. */
static int compare_cells(const struct arm *a, const struct arm *b)
{
	const struct results_cell *x = a->cell, *y = b->cell;
	const bool same_strategy = a->any_strategy || name_same_stem(x->strategy, y->strategy);
	const int orders[] = {
		strcmp(x->place, y->place), (int)x->tier - (int)y->tier, strcmp(x->workload, y->workload),
		strcmp(x->target, y->target), strcmp(x->layout, y->layout),
		(x->cold_fraction > y->cold_fraction) - (x->cold_fraction < y->cold_fraction),
		(int)x->backend - (int)y->backend, same_strategy ? 0 : strcmp(x->strategy, y->strategy),
	};

	return first_order(orders, sizeof(orders) / sizeof(orders[0]));
}

/* Arms of a cell: of the base first, boot by boot, in the order of their numbers. */
static int by_cell(const void *pa, const void *pb)
{
	const struct arm *a = pa, *b = pb;
	const struct results_cell *x = a->cell, *y = b->cell;
	const unsigned long number_x = arm_number(x->strategy), number_y = arm_number(y->strategy);
	const int orders[] = {
		compare_cells(a, b), a->head - b->head, (x->group > y->group) - (x->group < y->group),
		(number_x > number_y) - (number_x < number_y),
		(x->repetition > y->repetition) - (x->repetition < y->repetition),
		(x->line > y->line) - (x->line < y->line),
	};

	return first_order(orders, sizeof(orders) / sizeof(orders[0]));
}

static void new_cell(struct gate_cell *c, const char *workload, const char *target, const char *layout,
		     const char *strategy, const char *place)
{
	*c = (struct gate_cell){
		.base = NAN, .head = NAN, .change = NAN, .median_change = NAN,
		.margin = NAN, .resolution = NAN, .theta = NAN, .se = NAN, .upper = NAN, .p = NAN,
		.autocorrelation = NAN, .statistic = "",
	};
	snprintf(c->workload, sizeof(c->workload), "%s", workload);
	snprintf(c->target, sizeof(c->target), "%s", target);
	snprintf(c->layout, sizeof(c->layout), "%s", layout);
	snprintf(c->strategy, sizeof(c->strategy), "%.*s", (int)name_stem(strategy), strategy);
	snprintf(c->place, sizeof(c->place), "%s", place);
}

static bool failed_in(const struct gate *g, const struct gate_cell *c, const struct results_failure *f)
{
	return !strcmp(c->workload, f->workload) && !strcmp(c->target, f->target) &&
	       !strcmp(c->layout, f->layout) && !strcmp(c->place, f->place) &&
	       (g->plan->strategies[0] || name_same_stem(c->strategy, f->strategy));
}

/* Why side @head of @c was not measured. */
static const char *why_missing(const struct gate *g, const struct gate_cell *c, int head)
{
	const struct results *r = g->results[head];

	for (size_t i = 0; i < r->n_failures; i++)
		if (failed_in(g, c, &r->failures[i]) && is_side(g->plan, r->failures[i].strategy, head))
			return r->failures[i].reason;
	return "it has no such cell";
}

static const struct results_cell *arm_of(const struct gate_cell *c, size_t i)
{
	assert(i < c->n_base + c->n_head && c->arms[i]);
	return c->arms[i];
}

/* Keys of the context that both sides must have alike, but for those of one_side(). */
static const char *const context_keys[] = {
	"place", "arch", "cpu", "cpus", "cpu_kind", "memory_bytes", "page_size", "emulator", "mitigations", "cmdline",
	"config_hash", "thp", "governor", "clock", "version", "compiler", "kernel", "image_hash", NULL,
};

/* Whether only the runs of one side must have @key alike. */
static bool one_side(const char *key)
{
	return !strcmp(key, "kernel") || !strcmp(key, "image_hash");
}

static const char *context_key(size_t i)
{
	return context_keys[i];
}

const struct table gate_field_table = { .what = "field of the context", .name = context_key };

enum { VALUE_SIZE = 4096 };

/* Take the words out of @cmdline that name an image or a disk: they do not count. */
static void strip_boot_words(char *cmdline)
{
	static const char *const names[] = { "BOOT_IMAGE=", "initrd=", "root=", NULL };

	for (char *word = cmdline; *word;) {
		const size_t len = strcspn(word, " ") + strspn(word + strcspn(word, " "), " ");
		size_t i = 0;

		while (names[i] && strncmp(word, names[i], strlen(names[i])) != 0)
			i++;
		if (names[i])
			memmove(word, word + len, strlen(word + len) + 1);
		else
			word += len;
	}
}

/* What field @key, which lines of @type have, is in @line: "unknown" where it is not there. Returns @out. */
static const char *value_of(enum result_type type, const char *key, const void *line, char out[VALUE_SIZE])
{
	const struct field *f = result_fields[type];
	const char *text = NULL;

	while (strcmp(f->key, key) != 0)
		f++;
	if (f->type == FIELD_NAME)
		text = field_of(f, line);
	else if (f->type == FIELD_TEXT)
		text = *(char *const *)field_of(f, line);
	if (f->type == FIELD_WHOLE)
		snprintf(out, VALUE_SIZE, "%" PRIu64, *(const uint64_t *)field_of(f, line));
	else if (f->type == FIELD_REAL && !isnan(*(const double *)field_of(f, line)))
		snprintf(out, VALUE_SIZE, "%.0f", *(const double *)field_of(f, line));
	else
		snprintf(out, VALUE_SIZE, "%s", text && *text ? text : "unknown");
	if (!strcmp(key, "cmdline"))
		strip_boot_words(out);
	return out;
}

/* Fields that must agree between all arms of a cell. */
static void check_fields(struct gate_cell *c)
{
	static const char *const keys[] = {
		"block_size", "page_size", "threads", "fill_size", "source", "device", "arch", NULL,
	};
	char a[VALUE_SIZE], b[VALUE_SIZE];

	for (size_t i = 1; i < c->n_base + c->n_head; i++)
		for (const char *const *key = keys; *key; key++) {
			value_of(RESULT_CELL, *key, arm_of(c, 0), a);
			value_of(RESULT_CELL, *key, arm_of(c, i), b);
			if (strcmp(a, b))
				gate_set(c, GATE_ERROR, "%s differs: %s and %s", *key, a, b);
		}
}

static void note(struct gate_cell *c, const char *text)
{
	if (!strstr(c->notes.text, text))
		reason_add(&c->notes, "%s", text);
}

/* What the arms of @c say of themselves. */
static void take_remarks(struct gate_cell *c)
{
	for (size_t i = 0; i < c->n_base + c->n_head; i++) {
		const struct results_cell *cell = arm_of(c, i);

		if (cell->verified == RESULTS_NO)
			gate_set(c, GATE_ERROR, "DATA WRONG: file and source differ in the %s",
				 i < c->n_base ? "base" : "head");
		if (cell->steady == RESULTS_NO && cell->rounds)
			note(c, "not steady after warm-up");
		for (size_t k = 0; k < cell->n_notes; k++)
			note(c, cell->notes[k]);
	}
}

/* A cell from its @n sorted arms. */
static void take_cell(struct gate *g, const struct arm *arms, size_t n, size_t first)
{
	struct gate_cell *c = &g->cells[g->n_cells++];
	const struct results_cell *cell = arms->cell;

	new_cell(c, cell->workload, cell->target, cell->layout, cell->strategy, cell->place);
	c->cold_fraction = cell->cold_fraction;
	c->tier = cell->tier;
	c->arms = g->arms + first;
	for (size_t i = 0; i < n; i++) {
		g->arms[first + i] = arms[i].cell;
		*(arms[i].head ? &c->n_head : &c->n_base) += 1;
	}
	check_fields(c);
	take_remarks(c);
	if (!c->n_base || !c->n_head)
		gate_set(c, GATE_ERROR, "not measured in the %s: %s", c->n_base ? "head" : "base",
			 why_missing(g, c, c->n_base > 0));
}

/* Cells that no side has: they failed on both, or in the only results. */
static void take_failures(struct gate *g, int head)
{
	const struct results *r = g->results[head];

	for (size_t i = 0; i < r->n_failures; i++) {
		const struct results_failure *f = &r->failures[i];
		bool known = !is_side(g->plan, f->strategy, head);

		for (size_t k = 0; k < g->n_cells && !known; k++)
			known = failed_in(g, &g->cells[k], f);
		if (known)
			continue;
		new_cell(&g->cells[g->n_cells], f->workload, f->target, f->layout, f->strategy, f->place);
		gate_set(&g->cells[g->n_cells++], GATE_NONE, "not measured: %s", f->reason);
	}
}

static int find_cells(struct gate *g)
{
	const size_t most = g->results[0]->n_cells + g->results[1]->n_cells;
	struct arm *arms = calloc(most + 1, sizeof(*arms));
	size_t n = 0;

	g->arms = calloc(most + 1, sizeof(*g->arms));
	g->cells = calloc(most + g->results[0]->n_failures + g->results[1]->n_failures + 1, sizeof(*g->cells));
	if (!arms || !g->arms || !g->cells) {
		free(arms);
		return -ENOMEM;
	}
	for (int head = 0; head < 2; head++)
		for (size_t i = 0; i < g->results[head]->n_cells; i++)
			if (is_side(g->plan, g->results[head]->cells[i].strategy, head))
				arms[n++] = (struct arm){ &g->results[head]->cells[i], head,
							  g->plan->strategies[0] != NULL };
	qsort(arms, n, sizeof(*arms), by_cell);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && !compare_cells(&arms[i], &arms[end]); end++)
			;
		take_cell(g, arms + i, end - i, i);
	}
	free(arms);
	for (int head = 0; head < 2; head++)
		take_failures(g, head);
	return 0;
}

static bool accepted(const char *list, const char *field)
{
	const size_t len = strlen(field);

	for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
		if (!strncmp(at, field, len) && (!at[len] || at[len] == ','))
			return true;
	return false;
}

/* The first field in which @a and @b must not differ but do; NULL: there is none. */
static const char *differing(const struct gate_plan *plan, const struct results_run *a,
			     const struct results_run *b, bool same_side, char va[VALUE_SIZE], char vb[VALUE_SIZE])
{
	for (const char *const *key = context_keys; *key; key++) {
		value_of(RESULT_CONTEXT, *key, a, va);
		value_of(RESULT_CONTEXT, *key, b, vb);
		if ((same_side || !one_side(*key)) && strcmp(va, vb) && !accepted(plan->accept, *key))
			return *key;
	}
	return NULL;
}

/* The first run of @r at the place of @run. */
static const struct results_run *first_at(const struct results *r, const struct results_run *run)
{
	for (size_t i = 0; i < r->n_runs; i++)
		if (!strcmp(r->runs[i].place, run->place))
			return &r->runs[i];
	return NULL;
}

/* Whether the runs were measured alike; else g->reason names what differs. */
static bool comparable(struct gate *g)
{
	char a[VALUE_SIZE], b[VALUE_SIZE];

	for (int head = 0; head < 2; head++)
		for (size_t i = 0; i < g->results[head]->n_runs; i++) {
			const struct results_run *run = &g->results[head]->runs[i];
			const struct results_run *own = first_at(g->results[head], run);
			const struct results_run *base = first_at(g->results[0], run);
			const char *field = differing(g->plan, own, run, true, a, b);

			if (field) {
				reason_set(&g->reason, "runs of the %s are mixed: %s differs: %s and %s",
					   head ? "head" : "base", field, a, b);
				return false;
			}
			if (!base && g->results[0]->n_runs)
				base = g->results[0]->runs;
			field = base ? differing(g->plan, base, run, false, a, b) : NULL;
			if (field) {
				reason_set(&g->reason, "not comparable: %s differs: %s and %s; measure both alike, or "
					   "--accept %s", field, a, b, field);
				return false;
			}
		}
	return true;
}

static void sum_up(struct gate *g)
{
	memset(g->n, 0, sizeof(g->n));
	for (size_t i = 0; i < g->n_cells; i++)
		g->n[g->cells[i].outcome]++;
	if (g->n[GATE_FAIL])
		g->outcome = GATE_FAIL;
	else if (g->n[GATE_ERROR])
		g->outcome = GATE_ERROR;
	else if (g->n[GATE_NONE] == g->n_cells)
		g->outcome = GATE_NONE;
	else if (g->n[GATE_INCONCLUSIVE] || g->n[GATE_NONE])
		g->outcome = GATE_INCONCLUSIVE;
	else
		g->outcome = GATE_PASS;
}

int gate_judge(const struct results *base, const struct results *head, const struct gate_plan *plan,
	       struct gate *g)
{
	int err;

	memset(g, 0, sizeof(*g));
	g->plan = plan;
	g->results[0] = base;
	g->results[1] = head;
	if (!comparable(g)) {
		g->outcome = GATE_ERROR;
		return 0;
	}
	err = find_cells(g);
	if (!err)
		err = gate_judge_counts(g);
	if (!err)
		err = gate_judge_time(g);
	if (err)
		return err;
	sum_up(g);
	if (g->outcome == GATE_NONE)
		reason_set(&g->reason, "%s", g->n_cells ? "no cell was measured" : "base and head have no cell in common");
	return 0;
}

void gate_free(struct gate *g)
{
	for (size_t i = 0; i < g->n_cells; i++) {
		for (size_t k = 0; k < g->cells[i].n_functions; k++)
			free(g->cells[i].functions[k]);
		free(g->cells[i].functions);
	}
	free(g->cells);
	free(g->arms);
	memset(g, 0, sizeof(*g));
}
