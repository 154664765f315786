// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading and folding of profiles. What the compiler inlined is counted with
 * the function around it; instructions outside any function have their own row.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "vm/profile_table.h"

enum { LIST_MAX = 1 << 24 };	/* a power of two */

/* ---- reading ------------------------------------------------------------- */

/* Append @item, of @size bytes, to @list of *@n, which has room up to a power of two. Returns the list, or NULL. */
static void *append(void *list, size_t *n, const void *item, size_t size)
{
	if (!(*n & (*n - 1)))
		list = *n < LIST_MAX ? reallocarray(list, *n ? 2 * *n : 1, size) : NULL;
	if (list)
		memcpy((char *)list + (*n)++ * size, item, size);
	return list;
}

static const char *add_arm(struct profile *p, const char *line)
{
	struct profile_arm arm = { 0 }, *arms;
	int end = 0;

	if (sscanf(line, "arm %u %u slots %" SCNu64 " least %" SCNu64 " median %" SCNu64 " most %" SCNu64 " %n",
		   &arm.cell, &arm.arm, &arm.slots, &arm.least, &arm.median, &arm.most, &end) != 6 ||
	    !end || line[end])
		return "not an arm";
	arms = append(p->arms, &p->n, &arm, sizeof(arm));
	if (!arms)
		return "no room for so many arms";
	p->arms = arms;
	return NULL;
}

static const char *add_count(struct profile_arm *arm, const char *line)
{
	struct profile_count count, *counts;
	int end = 0;

	if (!arm || sscanf(line, "%" SCNx64 " %" SCNu64 " %n", &count.address, &count.count, &end) != 2 ||
	    !end || line[end] || count.count > UINT32_MAX)
		return "not a count";
	counts = append(arm->counts, &arm->n, &count, sizeof(count));
	if (!counts)
		return "no room for so many counts";
	arm->counts = counts;
	return NULL;
}

static const char *add_fault(struct profile_arm *arm, const char *line)
{
	struct profile_fault fault, *faults;
	int end = 0;

	if (!arm || sscanf(line, "fault %" SCNx64 " %" SCNu64 " %" SCNu64 " %n", &fault.address, &fault.fixed,
			   &fault.failed, &end) != 3 || !end || line[end])
		return "not a fault";
	faults = append(arm->faults, &arm->n_faults, &fault, sizeof(fault));
	if (!faults)
		return "no room for so many faults";
	arm->faults = faults;
	return NULL;
}

/* What was written before a guest died is whole arms, but for the last one. */
static const char *check_sum(const struct profile_arm *arm)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < arm->n; i++)
		sum += arm->counts[i].count;
	return sum == arm->median ? NULL : "the arm before does not add up";
}

int profile_read(struct profile *p, const char *path, struct reason *reason)
{
	const size_t before = p->n;
	const char *wrong = NULL;
	unsigned number = 1;
	char line[256];
	FILE *in = fopen(path, "re");

	if (!in)
		return reason_fail(reason, -EIO, "%s: %s", path, strerror(errno));
	if (!fgets(line, sizeof(line), in) || strncmp(line, "faultbench-profile 1 ", 21))
		wrong = "not a profile";
	while (!wrong && fgets(line, sizeof(line), in)) {
		struct profile_arm *last = p->n > before ? &p->arms[p->n - 1] : NULL;

		number++;
		if (!strncmp(line, "fault ", 6))
			wrong = add_fault(last, line);
		else if (strncmp(line, "arm ", 4))
			wrong = add_count(last, line);
		else if (!last || !(wrong = check_sum(last)))
			wrong = add_arm(p, line);
	}
	if (!wrong && p->n > before)
		wrong = check_sum(&p->arms[p->n - 1]);
	fclose(in);
	if (!wrong)
		return 0;
	return reason_fail(reason, -EINVAL, "%s: line %u: %s", path, number, wrong);
}

void profile_free(struct profile *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->arms[i].counts);
		free(p->arms[i].faults);
	}
	free(p->arms);
	*p = (struct profile){ 0 };
}

const struct profile_arm *profile_find(const struct profile *p, unsigned cell, unsigned arm)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->arms[i].cell == cell && p->arms[i].arm == arm)
			return &p->arms[i];
	return NULL;
}

int profile_faults(const struct symbols *s, const struct profile_arm *arm, struct fault_sites *sites)
{
	int err = 0;

	for (size_t i = 0; !err && i < arm->n_faults; i++) {
		const struct profile_fault *fault = &arm->faults[i];
		const struct symbol *in = symbols_at(s, fault->address);
		struct fault_site site = { .mapping = "-", .user = !fault->address, .exception = true };

		snprintf(site.function, sizeof(site.function), "%s", site.user ? "faultbench-measure" :
			 in ? in->name : "-");
		if (fault->fixed)
			err = fault_sites_add(sites, &site, fault->fixed);
		site.failed = true;
		if (!err && fault->failed)
			err = fault_sites_add(sites, &site, fault->failed);
	}
	return err;
}

/* ---- the table ----------------------------------------------------------- */

struct row {
	const char *name;
	int64_t base, side;	/* instructions a slot */
};

static uint64_t weight(const struct row *row)
{
	return (uint64_t)llabs(row->side - row->base);
}

static int by_weight(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (weight(x) != weight(y))
		return weight(x) < weight(y) ? 1 : -1;
	return strcmp(x->name, y->name);
}

/* A row per symbol, then these two. */
static struct row *fold(const struct symbols *s, const struct profile_arm *base, const struct profile_arm *side)
{
	struct row *rows = calloc(s->n + 2, sizeof(*rows));

	if (!rows)
		return NULL;
	for (size_t i = 0; i < s->n; i++)
		rows[i].name = s->list[i].name;
	rows[s->n].name = "(user space)";
	rows[s->n + 1].name = "(in no function)";
	for (int which = 0; which < 2; which++) {
		const struct profile_arm *arm = which ? side : base;

		for (size_t i = 0; i < arm->n; i++) {
			const struct symbol *in = symbols_at(s, arm->counts[i].address);
			struct row *row = &rows[!arm->counts[i].address ? s->n :
						in ? (size_t)(in - s->list) : s->n + 1];

			*(which ? &row->side : &row->base) += (int64_t)arm->counts[i].count;
		}
	}
	return rows;
}

static void print_row(FILE *out, const struct row *row, double pages)
{
	int digits = pages > 1 ? 2 : 0;		/* parts of a page come out whole */

	fprintf(out, "%12.*f %12.*f %+12.*f  %s\n", digits, (double)row->base / pages, digits,
		(double)row->side / pages, digits, (double)(row->side - row->base) / pages, row->name);
}

static void print_clock(FILE *out, const struct profile_side *base, const struct profile_side *side)
{
	int64_t base_extra = (int64_t)(base->arm->median - base->clock);
	int64_t side_extra = (int64_t)(side->arm->median - side->clock);

	if (!base->clock || !side->clock)
		return;
	if (base_extra == side_extra)
		fprintf(out, "The guest's clock shows the same difference; reading it takes %" PRId64
			"\nof the instructions of each slot.\n", base_extra);
	else
		fprintf(out, "The guest's clock shows %+" PRId64 " instructions a slot, not %+" PRId64 ".\n",
			(int64_t)(side->clock - base->clock), (int64_t)(side->arm->median - base->arm->median));
}

static void print_spread(FILE *out, const struct profile_side *side)
{
	fprintf(out, "%s: the median of %" PRIu64 " slots, which take %" PRIu64 " to %" PRIu64
		" instructions.\n", side->name, side->arm->slots, side->arm->least, side->arm->most);
}

int profile_table(FILE *out, const struct symbols *s, const struct profile_side *base,
		  const struct profile_side *side, double pages)
{
	struct row *rows = fold(s, base->arm, side->arm);
	struct row same = { .name = "(functions without a difference)" }, sum = { .name = "sum" };

	if (!rows)
		return -ENOMEM;
	qsort(rows, s->n + 2, sizeof(*rows), by_weight);
	fprintf(out, "%12.12s %12.12s %12s  instructions/page in\n", base->name, side->name, "difference");
	for (size_t i = 0; i < s->n + 2; i++) {
		sum.base += rows[i].base;
		sum.side += rows[i].side;
		if (weight(&rows[i])) {
			print_row(out, &rows[i], pages);
		} else {
			same.base += rows[i].base;
			same.side += rows[i].side;
		}
	}
	print_row(out, &same, pages);
	print_row(out, &sum, pages);
	print_spread(out, base);
	print_spread(out, side);
	print_clock(out, base, side);
	free(rows);
	return 0;
}

ssize_t profile_functions(const struct symbols *s, const struct profile_arm *arm, double pages,
			  struct function_count **counts)
{
	struct row *rows = fold(s, arm, arm);
	size_t n = 0;

	*counts = rows ? calloc(s->n + 2, sizeof(**counts)) : NULL;
	for (size_t i = 0; *counts && i < s->n + 2; i++)
		if (rows[i].base || (i < s->n && s->list[i].text))
			(*counts)[n++] = (struct function_count){ rows[i].name, (double)rows[i].base / pages };
	free(rows);
	return *counts ? (ssize_t)n : -ENOMEM;
}
