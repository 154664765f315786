// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A submission in KCIDB's format 5.3: a checkout and a build per run, a test per cell.
 * A figure without a verdict is DONE; verdicts of gate are tests of the head. Without memory
 * a constructor returns NULL, and so does one that is given NULL.
 */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "analysis/columns.h"
#include "analysis/formats.h"
#include "analysis/formats/json.h"

#define ORIGIN "faultbench"

enum { ID_SIZE = 512 };

/* Append a part of a path, which has letters, digits, - and _ only. */
static void add_part(char *path, const char *name)
{
	size_t n = strlen(path);

	n += (size_t)snprintf(path + n, ID_SIZE - n, ".%s", name);
	for (char *at = path + n - strlen(name); *at; at++)
		if (!isalnum((unsigned char)*at) && *at != '-' && *at != '_')
			*at = '-';
}

static void set_path(char path[ID_SIZE], const char *const *names, size_t n)
{
	strcpy(path, ORIGIN);
	for (size_t i = 0; i < n; i++)
		add_part(path, names[i]);
}

/* The same for the same run, whatever file it is in. */
static void set_run_id(char id[ID_SIZE], const struct results_run *run)
{
	snprintf(id, ID_SIZE, ORIGIN ":%s-%s-%.32s-%llu", run->place, run->arch, run->started ? run->started : "",
		 (unsigned long long)run->seed);
}

static json_t *test(const struct results_run *run, const char *kind, size_t number, const char *const *names,
		    size_t n, const char *status, json_t *misc)
{
	char build[ID_SIZE], id[ID_SIZE + 64], path[ID_SIZE];

	set_run_id(build, run);
	set_path(path, names, n);
	snprintf(id, sizeof(id), "%s-%s%zu", build, kind, number);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "id", id, "build_id", build, "origin", ORIGIN, "path", path,
			 "status", status, "misc", misc);
}

/* @test with its cost, if it has one. */
static json_t *with_cost(json_t *test, double cost, bool counts)
{
	if (isnan(cost) || !json_object_set_new(test, "number", json_pack("{s:f, s:s}", "value", cost, "unit",
							counts ? "instructions/page" : "ns/page")))
		return test;
	json_decref(test);
	return NULL;
}

static json_t *cell_test(const struct figures *f, size_t number)
{
	const char *const names[] = { f->cell->workload, f->cell->target, f->cell->layout, f->cell->strategy };
	json_t *misc = json_object();
	struct column columns[N_COLUMNS];

	columns_of(f, columns);
	for (const struct column *c = columns; c < columns + N_COLUMNS; c++)
		if (c->where & IN_JSON && c->value.type == VALUE_REAL &&
		    json_object_set_new(misc, c->key, json_real(c->value.real))) {
			json_decref(misc);
			misc = NULL;
		}
	return with_cost(test(f->run, "", number, names, 4, f->cell->verified == RESULTS_NO ? "FAIL" : "DONE", misc),
			 f->cost, f->counts);
}

static json_t *failure_test(const struct results *r, const struct results_failure *f, size_t number)
{
	const char *const names[] = { f->workload, f->target, f->layout, f->strategy };

	return test(&r->runs[f->run], "", number, names, 4, "SKIP", json_pack("{s:s}", "reason", f->reason));
}

/* Print a submission of the runs of @r with @tests, which it takes over; @err: some are missing. Returns 0 or -ENOMEM. */
static int submit(FILE *out, const struct results *r, json_t *tests, int err)
{
	json_t *checkouts = json_array(), *builds = json_array(), *all;

	for (size_t i = 0; i < r->n_runs; i++) {
		const struct results_run *run = &r->runs[i];
		char id[ID_SIZE], arch[NAME_SIZE];

		set_run_id(id, run);
		strcpy(arch, run->arch);
		for (char *at = arch; *at; at++)
			*at = islower((unsigned char)*at) || isdigit((unsigned char)*at) ? *at : '_';
		err |= json_array_append_new(checkouts, json_pack("{s:s, s:s, s:{s:s}}", "id", id, "origin", ORIGIN,
								  "misc", "kernel", run->kernel));
		err |= json_array_append_new(builds, json_pack("{s:s, s:s, s:s, s:s, s:{s:s*}}", "id", id, "checkout_id", id,
							       "origin", ORIGIN, "architecture", arch,
							       "misc", "config_hash", run->config_hash));
	}
	all = json_pack("{s:{s:i, s:i}, s:o, s:o, s:o}", "version", "major", 5, "minor", 3, "checkouts", checkouts,
			"builds", builds, "tests", tests);
	if (!err)
		return json_print(out, all);
	json_decref(all);
	return -ENOMEM;
}

static int cells(FILE *out, const struct results *r, const struct figures *figures)
{
	json_t *tests = json_array();
	int err = 0;

	for (size_t i = 0; i < r->n_cells; i++)
		err |= json_array_append_new(tests, cell_test(&figures[i], i));
	for (size_t i = 0; i < r->n_failures; i++)
		err |= json_array_append_new(tests, failure_test(r, &r->failures[i], r->n_cells + i));
	return submit(out, r, tests, err);
}

/* The run of the head that @c is about: of its cell, or the first where it has none. */
static const struct results_run *head_of(const struct gate *g, const struct gate_cell *c)
{
	return &g->results[1]->runs[c->n_head ? c->arms[c->n_base]->run : 0];
}

static json_t *verdict_test(const struct gate *g, const struct gate_cell *c, size_t number)
{
	const char *const names[] = { "gate", c->workload, c->target, c->layout, c->strategy };
	char change[GATE_NUMBER], margin[GATE_NUMBER];
	json_t *misc = json_pack("{s:s, s:s, s:s*}", "change", gate_change(change, c), "margin", gate_margin(margin, c),
				 "reason", c->reason.text[0] ? c->reason.text : NULL);

	return with_cost(test(head_of(g, c), "gate-", number, names, 5, gate_words[c->outcome].kcidb, misc), c->head,
			 c->tier == TIER_COUNTS);
}

/* What was not measured, as for equal images, has no run that a test could be of. */
static int verdict(FILE *out, const struct gate *g)
{
	const struct results *head = g->results[1];
	json_t *tests = json_array();
	int err = 0;

	if (head->n_runs) {
		const char *const names[] = { "gate" };
		struct reason summary;
		json_t *misc = json_pack("{s:s}", "summary", gate_summary(g, &summary));

		err |= json_array_append_new(tests, test(&head->runs[0], "gate", 0, names, 1,
							 gate_words[g->outcome].kcidb, misc));
	}
	for (size_t i = 0; head->n_runs && i < g->n_cells; i++)
		err |= json_array_append_new(tests, verdict_test(g, &g->cells[i], i + 1));
	return submit(out, head, tests, err);
}

const struct format format_kcidb = {
	"kcidb", "a submission to KCIDB 5.3, a test per cell", .cells = cells, .verdict = verdict,
};
