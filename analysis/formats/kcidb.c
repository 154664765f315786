// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A submission in KCIDB's format 5.3: a checkout and a build per run, a test per cell.
 * A figure without a verdict is DONE. Without memory a constructor returns NULL, and
 * so does one that is given NULL.
 */
#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/columns.h"
#include "analysis/formats.h"

#define ORIGIN "faultbench"

enum { ID_SIZE = 512, DIGITS = 9 };

/* Append a part of a path, which has letters, digits, - and _ only. */
static void add_part(char *path, const char *name)
{
	size_t n = strlen(path);

	n += (size_t)snprintf(path + n, ID_SIZE - n, ".%s", name);
	for (char *at = path + n - strlen(name); *at; at++)
		if (!isalnum((unsigned char)*at) && *at != '-' && *at != '_')
			*at = '-';
}

static void set_path(char path[ID_SIZE], const char *const names[4])
{
	strcpy(path, ORIGIN);
	for (int i = 0; i < 4; i++)
		add_part(path, names[i]);
}

/* The same for the same run, whatever file it is in. */
static void set_run_id(char id[ID_SIZE], const struct results_run *run)
{
	snprintf(id, ID_SIZE, ORIGIN ":%s-%s-%.32s-%llu", run->place, run->arch, run->started ? run->started : "",
		 (unsigned long long)run->seed);
}

static json_t *test(const struct results_run *run, size_t number, const char *const names[4], const char *status)
{
	char build[ID_SIZE], id[ID_SIZE + 32], path[ID_SIZE];

	set_run_id(build, run);
	set_path(path, names);
	snprintf(id, sizeof(id), "%s-%zu", build, number);
	return json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", id, "build_id", build, "origin", ORIGIN, "path", path,
			 "status", status);
}

static json_t *cell_test(const struct figures *f, size_t number)
{
	const char *const names[] = { f->cell->workload, f->cell->target, f->cell->layout, f->cell->strategy };
	json_t *made = test(f->run, number, names, f->cell->verified == RESULTS_NO ? "FAIL" : "DONE");
	json_t *misc = json_object();
	struct column columns[N_COLUMNS];
	int err = 0;

	columns_of(f, columns);
	for (const struct column *c = columns; c < columns + N_COLUMNS; c++)
		if (c->where & IN_JSON && c->value.type == VALUE_REAL)
			err |= json_object_set_new(misc, c->key, json_real(c->value.real));
	if (!isnan(f->cost))
		err |= json_object_set_new(made, "number", json_pack("{s:f, s:s}", "value", f->cost, "unit", f->counts
							? "instructions/page" : "ns/page"));
	err |= json_object_set_new(made, "misc", misc);
	if (!err)
		return made;
	json_decref(made);
	return NULL;
}

static json_t *failure_test(const struct results *r, const struct results_failure *f, size_t number)
{
	const char *const names[] = { f->workload, f->target, f->layout, f->strategy };
	json_t *made = test(&r->runs[f->run], number, names, "SKIP");

	if (!json_object_set_new(made, "misc", json_pack("{s:s}", "reason", f->reason)))
		return made;
	json_decref(made);
	return NULL;
}

static int cells(FILE *out, const struct results *r, const struct figures *figures)
{
	json_t *checkouts = json_array(), *builds = json_array(), *tests = json_array(), *all;
	int err = 0;

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
	for (size_t i = 0; i < r->n_cells; i++)
		err |= json_array_append_new(tests, cell_test(&figures[i], i));
	for (size_t i = 0; i < r->n_failures; i++)
		err |= json_array_append_new(tests, failure_test(r, &r->failures[i], r->n_cells + i));
	all = json_pack("{s:{s:i, s:i}, s:o, s:o, s:o}", "version", "major", 5, "minor", 3, "checkouts", checkouts,
			"builds", builds, "tests", tests);
	if (err || !all || json_dumpf(all, out, JSON_INDENT(2) | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(DIGITS)))
		err = -ENOMEM;
	fputc('\n', out);
	json_decref(all);
	return err;
}

const struct format format_kcidb = { "kcidb", "a submission to KCIDB 5.3, a test per cell", .cells = cells };
