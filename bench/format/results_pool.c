// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines become cells: a result file has a line for each repetition of a cell,
 * in the order of their measuring, those of one cell far apart.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "format/results.h"

/* Order of cells: those of one group together, equal strategies side by side. */
static int compare_identity(const struct results_cell *a, const struct results_cell *b,
			    bool strategy)
{
	static const size_t names[] = {
		offsetof(struct results_cell, workload), offsetof(struct results_cell, target),
		offsetof(struct results_cell, layout), offsetof(struct results_cell, device),
		offsetof(struct results_cell, place), offsetof(struct results_cell, arch),
		offsetof(struct results_cell, source),
	};
	const double numbers[][2] = {
		{ (double)a->run, (double)b->run }, { (double)a->seed, (double)b->seed },
		{ a->backend, b->backend }, { a->tier, b->tier },
		{ (double)a->page_size, (double)b->page_size },
		{ (double)a->block_size, (double)b->block_size },
		{ (double)a->fill_size, (double)b->fill_size },
		{ (double)a->threads, (double)b->threads }, { a->cold_fraction, b->cold_fraction },
	};
	int order = 0;

	for (size_t i = 0; !order && i < sizeof(numbers) / sizeof(numbers[0]); i++)
		order = (numbers[i][0] > numbers[i][1]) - (numbers[i][0] < numbers[i][1]);
	for (size_t i = 0; !order && i < sizeof(names) / sizeof(names[0]); i++)
		order = strcmp((const char *)a + names[i], (const char *)b + names[i]);
	if (!order && strategy)
		order = strcmp(a->strategy, b->strategy);
	return order;
}

static int by_identity(const void *pa, const void *pb)
{
	const struct results_cell *a = *(struct results_cell *const *)pa;
	const struct results_cell *b = *(struct results_cell *const *)pb;
	int order = compare_identity(a, b, true);

	if (!order)
		order = (a->repetitions->number > b->repetitions->number) -
			(a->repetitions->number < b->repetitions->number);
	return order ? order : (a->line > b->line) - (a->line < b->line);
}

static bool has_note(const struct results_cell *cell, const char *note)
{
	for (size_t i = 0; i < cell->n_notes; i++)
		if (!strcmp(cell->notes[i], note))
			return true;
	return false;
}

/* Move the notes of @from into @into; each text once. */
static int pool_notes(struct results_cell *into, struct results_cell *from)
{
	for (size_t i = 0; i < from->n_notes && into->n_notes < RESULTS_NOTES_MAX; i++) {
		char **notes;

		if (has_note(into, from->notes[i]))
			continue;
		notes = reallocarray(into->notes, into->n_notes + 1, sizeof(*notes));
		if (!notes)
			return -ENOMEM;
		into->notes = notes;
		notes[into->n_notes++] = from->notes[i];
		from->notes[i] = NULL;
	}
	return 0;
}

static void pool_judged(enum results_judged *into, enum results_judged from)
{
	if (*into == RESULTS_NOT_JUDGED || from == RESULTS_NO)
		*into = from;
}

/* Add @from, a single repetition, to @into, which has others of the same cell. */
static int pool_repetition(struct results_cell *into, struct results_cell *from)
{
	size_t have = 2 * (size_t)into->rounds, more = 2 * (size_t)from->rounds;
	struct results_repetition *repetitions;
	double *slots, scale = 1;

	repetitions = reallocarray(into->repetitions, into->n_repetitions + 1, sizeof(*repetitions));
	if (!repetitions)
		return -ENOMEM;
	into->repetitions = repetitions;
	repetitions[into->n_repetitions] = from->repetitions[0];
	repetitions[into->n_repetitions].first = into->rounds;
	into->n_repetitions++;
	if (have + more) {
		slots = reallocarray(into->slots, have + more, sizeof(*slots));
		if (!slots)
			return -ENOMEM;
		into->slots = slots;
	}
	/* Slots of two repetitions need not be of one size. */
	if (have && more)
		scale = (double)into->bytes_per_slot / (double)from->bytes_per_slot;
	else if (more)
		into->bytes_per_slot = from->bytes_per_slot;
	for (size_t i = 0; i < more; i++)
		into->slots[have + i] = scale * from->slots[i];
	into->rounds += from->rounds;
	/* The first repetition counts for all, as a rule. */
	if (isnan(into->counts.pages))
		into->counts = from->counts;
	pool_judged(&into->steady, from->steady);
	pool_judged(&into->verified, from->verified);
	return pool_notes(into, from);
}

int results_pool(struct results *r, unsigned long *number, struct reason *why)
{
	const size_t first = r->n_pooled, n = r->n_cells - first;
	struct results_cell **sorted, *cell = NULL;
	size_t kept = first;
	int err = 0, arms = 0;

	if (n == 0)
		return 0;
	sorted = malloc(n * sizeof(*sorted));
	if (!sorted)
		return reason_fail(why, -ENOMEM, "not enough memory");
	for (size_t i = 0; i < n; i++)
		sorted[i] = &r->cells[first + i];
	qsort(sorted, n, sizeof(*sorted), by_identity);
	for (size_t i = 0; i < n && !err; i++) {
		struct results_cell *next = sorted[i];

		*number = next->line;
		if (!cell || compare_identity(cell, next, false)) {
			r->n_groups++;
			arms = 0;
		} else if (!strcmp(cell->strategy, next->strategy)) {
			if (cell->repetitions[cell->n_repetitions - 1].number == next->repetitions->number)
				err = reason_fail(why, -EINVAL, "the same cell as in line %lu",
						  sorted[i - 1]->line);
			else
				err = pool_repetition(cell, next);
			next->n_repetitions = 0;	/* part of another */
			continue;
		}
		if (++arms > JOB_ARMS_MAX)
			err = reason_fail(why, -EINVAL, "more than %d arms in the same rounds", JOB_ARMS_MAX);
		next->group = r->n_groups - 1;
		cell = next;
	}
	free(sorted);
	if (err)
		return err;
	for (size_t i = first; i < r->n_cells; i++) {
		if (r->cells[i].n_repetitions)
			r->cells[kept++] = r->cells[i];
		else
			result_free(&(struct result){ .type = RESULT_CELL, .cell = r->cells[i] });
	}
	r->n_cells = r->n_pooled = kept;
	return 0;
}
