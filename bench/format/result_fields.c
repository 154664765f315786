// SPDX-License-Identifier: GPL-2.0-or-later
/* What lines of a result file are made of. Adding a field is adding a row. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "format/result.h"

/* Above it doubles do not hold every whole number; no count comes near it. */
#define WHOLE_MAX 0x1p53
#define SLOT_MAX 1e15		/* eleven days in ns */
#define PAGE_MIN 512
#define PAGE_MAX (1 << 20)

/* A field of STRUCT that is called like its member. */
#define ROW(member, kind, ...) \
	{ .key = #member, .type = kind, .offset = offsetof(STRUCT, member), __VA_ARGS__ }
#define NAME(member) ROW(member, FIELD_NAME, .required = true)
#define TEXT(member, ...) ROW(member, FIELD_TEXT, __VA_ARGS__)
#define WORD(member, table) ROW(member, FIELD_WORD, .required = true, .words = &(table))
#define JUDGED(member) ROW(member, FIELD_JUDGED, .required = true)
#define WHOLE(member, low, high) ROW(member, FIELD_WHOLE, .required = true, .min = low, .max = high)
#define REAL(member) ROW(member, FIELD_REAL, .max = WHOLE_MAX)

#define STRUCT struct results_run
static const struct field run_fields[] = {
	WHOLE(schema, RESULTS_SCHEMA, RESULTS_SCHEMA),
	TEXT(command),
	WHOLE(seed, 0, WHOLE_MAX),
	NAME(place),
	NAME(arch),
	WHOLE(page_size, PAGE_MIN, PAGE_MAX),
	TEXT(kernel, .required = true),
	TEXT(loops),
	TEXT(cmdline),
	TEXT(config_hash),
	TEXT(image_hash),
	TEXT(emulator),
	TEXT(cpu),
	REAL(cpus),
	TEXT(pinned),
	TEXT(cpu_kind),
	REAL(memory_bytes),
	TEXT(mitigations),
	TEXT(thp),
	TEXT(governor),
	TEXT(clock),
	TEXT(version),
	TEXT(compiler),
	TEXT(started),
	TEXT(boot),
	{ .key = NULL },
};
#undef STRUCT

/* What a cell and a failure have in common. */
#define IDENTITY NAME(workload), NAME(target), NAME(layout), NAME(device), NAME(place), NAME(strategy)

#define STRUCT struct results_cell
static const struct field cell_fields[] = {
	IDENTITY,
	NAME(arch),
	WHOLE(page_size, PAGE_MIN, PAGE_MAX),
	WORD(backend, backend_table),
	NAME(source),
	WHOLE(block_size, 1, (double)JOB_BLOCK_MAX),
	ROW(fill_size, FIELD_WHOLE, .max = (double)JOB_FILL_MAX),
	ROW(file_size, FIELD_WHOLE, .max = (double)JOB_FILE_MAX),
	ROW(cold_fraction, FIELD_REAL, .required = true, .max = 1),
	WHOLE(threads, 1, JOB_THREADS_MAX),
	NAME(baseline),
	WORD(tier, tier_table),
	WORD(unit, unit_table),
	WHOLE(seed, 0, WHOLE_MAX),
	{ "repetitions", FIELD_WHOLE, offsetof(STRUCT, planned), false, 1, JOB_REPETITIONS_MAX, NULL },
	{ "repetition", FIELD_WHOLE, offsetof(STRUCT, repetition), false, 0, JOB_REPETITIONS_MAX - 1, NULL },
	JUDGED(steady),
	JUDGED(verified),
	WHOLE(writes_per_slot, 0, WHOLE_MAX),
	WHOLE(bytes_per_slot, 0, WHOLE_MAX),
	WHOLE(rounds, 0, JOB_ROUNDS_MAX),
	/* After the rounds, which tell how many. */
	ROW(slots, FIELD_ROUNDS, .required = true, .min = 1, .max = SLOT_MAX),
	ROW(order, FIELD_ROUNDS, .required = true, .max = 2 * JOB_ARMS_MAX - 1),
	ROW(counts, FIELD_COUNTS),
	ROW(reasons, FIELD_REASONS),
	REAL(involuntary_switches),
	REAL(steal_ms),
	REAL(passes_ns),
	REAL(warmup_ns),
	REAL(rounds_ns),
	REAL(round_ns),
	ROW(cpu_khz, FIELD_PAIR, .max = WHOLE_MAX),
	ROW(millicelsius, FIELD_PAIR, .max = WHOLE_MAX),
	ROW(notes, FIELD_NOTES),
	{ .key = NULL },
};
#undef STRUCT

#define STRUCT struct results_failure
static const struct field failure_fields[] = {
	IDENTITY,
	ROW(repetition, FIELD_WHOLE, .max = JOB_REPETITIONS_MAX - 1),
	TEXT(reason, .required = true),
	{ .key = NULL },
};
#undef STRUCT

#define STRUCT struct results_calibration
static const struct field calibration_fields[] = {
	WORD(tier, tier_table),
	JUDGED(passed),
	WHOLE(runs, 0, WHOLE_MAX),
	WHOLE(repetitions, 0, WHOLE_MAX),
	REAL(false_alarms),
	REAL(ks_p),
	REAL(sd),
	REAL(mde),
	REAL(bias),
	REAL(found_half),
	REAL(found_margin),
	REAL(found_double),
	REAL(found_1),
	REAL(found_8),
	REAL(found_64),
	{ .key = NULL },
};
#undef STRUCT

const struct field *const result_fields[N_RESULT_TYPES] = {
	[RESULT_CONTEXT] = run_fields, [RESULT_CELL] = cell_fields, [RESULT_FAILURE] = failure_fields,
	[RESULT_CALIBRATION] = calibration_fields,
};

void result_init(struct result *r, enum result_type type)
{
	memset(r, 0, sizeof(*r));
	r->type = type;
	for (const struct field *f = result_fields[type]; f->key; f++) {
		double *real = field_at(f, &r->run);

		if (f->type == FIELD_REAL || f->type == FIELD_PAIR)
			real[0] = NAN;
		if (f->type == FIELD_PAIR)
			real[1] = NAN;
	}
	if (type == RESULT_CONTEXT)
		r->run.schema = RESULTS_SCHEMA;
	if (type != RESULT_CELL)
		return;
	r->cell.planned = 1;
	r->cell.steady = r->cell.verified = RESULTS_NOT_JUDGED;
	r->cell.counts.pages = r->cell.counts.writes = NAN;
	for (int i = 0; i < N_COUNTERS; i++)
		r->cell.counts.of[i] = NAN;
}

void result_for_job(struct result *r, const struct job *job, const char *strategy)
{
	struct results_failure *failure = &r->failure;
	struct results_cell *cell = &r->cell;

	if (r->type == RESULT_FAILURE) {
		strcpy(failure->workload, job->workload);
		strcpy(failure->target, job->target);
		strcpy(failure->layout, layout_names[job->layout]);
		strcpy(failure->device, job->device);
		strcpy(failure->place, job->place);
		strcpy(failure->strategy, strategy);
		failure->repetition = job->repetition;
		return;
	}
	strcpy(cell->workload, job->workload);
	strcpy(cell->target, job->target);
	strcpy(cell->layout, layout_names[job->layout]);
	strcpy(cell->device, job->device);
	strcpy(cell->place, job->place);
	strcpy(cell->source, job->source);
	strcpy(cell->strategy, strategy);
	strcpy(cell->baseline, job->baseline);
	cell->backend = job->backend;
	cell->tier = job->tier;
	cell->unit = job->tier == TIER_COUNTS ? UNIT_INSTRUCTIONS : UNIT_NS;
	cell->block_size = job->block_size;
	cell->fill_size = job->layout == LAYOUT_OVERWRITE ? job->fill_size : 0;
	cell->file_size = job->file_size;
	cell->cold_fraction = job->cold_fraction;
	cell->threads = job->threads;
	cell->seed = job->seed;
	cell->planned = job->repetitions;
	cell->repetition = job->repetition;
}

void result_set_text(char **field, const char *text)
{
	free(*field);
	*field = text && *text ? strndup(text, RESULTS_TEXT_MAX) : NULL;
}

void result_free(struct result *r)
{
	for (const struct field *f = result_fields[r->type]; f->key; f++)
		if (f->type == FIELD_TEXT)
			free(*(char **)field_at(f, &r->run));
	if (r->type == RESULT_CONTEXT)
		free(r->run.path);
	if (r->type == RESULT_CELL) {
		free(r->cell.slots);
		free(r->cell.order);
		free(r->cell.repetitions);
		for (int i = 0; i < N_COUNTERS; i++)
			free(r->cell.reasons[i]);
		for (size_t i = 0; i < r->cell.n_notes; i++)
			free(r->cell.notes[i]);
		free(r->cell.notes);
	}
	result_init(r, r->type);
}
