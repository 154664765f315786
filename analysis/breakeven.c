// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Break-even shares of cold pages. A point is the difference of cost between
 * a strategy and the baseline of its own rounds; between points the curve is
 * taken as straight, and nothing is said beyond the first and the last.
 *
 * The interval of a crossing is the set of shares at which the difference may
 * be zero: where the band of the points' intervals holds 0. That inverts the
 * test of "no difference at this share", as Fieller does for ratios (JRSS B
 * 16, 1954), so it needs no spread of the share itself, and it has open ends
 * where the sweep cannot tell.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/breakeven.h"

/* What the interval says: -1 cheaper, 1 dearer, 0 it holds zero. */
static int sure_sign(const struct breakeven_point *p)
{
	return p->high < 0 ? -1 : p->low > 0;
}

static int sign(double value)
{
	return (value > 0) - (value < 0);
}

/* Where the straight line from (x0, y0) to (x1, y1) is zero; the signs differ. */
static double zero_between(double x0, double y0, double x1, double y1)
{
	return x0 + (x1 - x0) * y0 / (y0 - y1);
}

/*
 * Where the estimates from point @a to point @b, of opposite signs, pass zero.
 * What noise makes of one crossing is an odd number of them; the middle one is
 * taken. Exact zeros count as crossed in the middle of them.
 */
static double estimate(const struct breakeven_point *p, size_t a, size_t b)
{
	double at[BREAKEVEN_POINTS_MAX] = { NAN };
	size_t n = 0, last = a;	/* the last point that is not zero */

	for (size_t i = a + 1; i <= b; i++) {
		if (sign(p[i].delta) == 0)
			continue;
		if (sign(p[i].delta) != sign(p[last].delta))
			at[n++] = last + 1 == i
				? zero_between(p[last].share, p[last].delta, p[i].share, p[i].delta)
				: (p[last + 1].share + p[i - 1].share) / 2;
		last = i;
	}
	return at[n / 2];
}

/*
 * One crossing between the points @a and @b, which differ in sign. Each of
 * them is sure of its sign, or is an end of the sweep, and then the crossing
 * may as well lie outside.
 */
static struct breakeven_crossing crossing(const struct breakeven_point *p, size_t a, size_t b)
{
	struct breakeven_crossing c = {
		.share = estimate(p, a, b), .low = NAN, .high = NAN,
		.below = p[a].delta < 0,
	};

	/* No point between them is sure, so the band reaches 0 next to each. */
	if (sure_sign(&p[a]))
		c.low = c.below ? zero_between(p[a].share, p[a].high, p[a + 1].share, p[a + 1].high)
				: zero_between(p[a].share, p[a].low, p[a + 1].share, p[a + 1].low);
	if (sure_sign(&p[b]))
		c.high = c.below ? zero_between(p[b - 1].share, p[b - 1].low, p[b].share, p[b].low)
				 : zero_between(p[b - 1].share, p[b - 1].high, p[b].share, p[b].high);
	return c;
}

void breakeven_find(const struct breakeven_point *p, size_t n, struct breakeven *out)
{
	size_t anchor = 0;
	int sure = 0;

	memset(out, 0, sizeof(*out));
	out->from = out->to = NAN;
	if (n < 2 || !(p[0].share < p[n - 1].share))
		return;
	out->from = p[0].share;
	out->to = p[n - 1].share;
	for (size_t i = 0; i < n; i++) {
		bool last = i == n - 1;
		int s = sure_sign(&p[i]);

		if (!s)
			out->undecided++;
		else
			sure = s;
		if (!s && !last)
			continue;
		/* From the last anchor, the first point or a sure one, to this. */
		if (i > anchor && sign(p[anchor].delta) * sign(p[i].delta) < 0)
			out->crossings[out->n_crossings++] = crossing(p, anchor, i);
		anchor = i;
	}
	if (!sure) {
		out->verdict = BREAKEVEN_UNDECIDED;
		out->n_crossings = 0;
	} else if (out->n_crossings) {
		out->verdict = BREAKEVEN_CROSSES;
	} else {
		out->verdict = sure < 0 ? BREAKEVEN_ALWAYS : BREAKEVEN_NEVER;
	}
}

/*
 * Whether @share lies in the interval of @c; an open end takes everything.
 * Exact counts have intervals of no width, so a page in ten thousand is let
 * go: less than any slot can set.
 */
static bool within(double share, const struct breakeven_crossing *c)
{
	const double slack = 1e-4;

	return !(share < c->low - slack) && !(share > c->high + slack);
}

/* Whether something in it may as well not be there, or be elsewhere. */
static bool unsure(const struct breakeven *b)
{
	if (b->verdict == BREAKEVEN_NONE || b->verdict == BREAKEVEN_UNDECIDED)
		return true;
	if (b->verdict != BREAKEVEN_CROSSES)
		return b->undecided > 0;
	for (size_t i = 0; i < b->n_crossings; i++)
		if (isnan(b->crossings[i].low) || isnan(b->crossings[i].high))
			return true;
	return false;
}

bool breakeven_disagree(const struct breakeven *curve, const struct breakeven *line)
{
	const struct breakeven_crossing *a = curve->crossings, *b = line->crossings;

	if (curve->n_crossings == 1 && line->n_crossings == 1 && a->below == b->below)
		return !within(a->share, b) && !within(b->share, a);
	if (curve->verdict == line->verdict && curve->verdict != BREAKEVEN_CROSSES)
		return false;
	return !unsure(curve) && !unsure(line);
}

const char *breakeven_baseline(enum backend backend)
{
	return backend == BACKEND_KERNEL ? "pre" : "touch";
}

/*
 * The n pages of a slot hold floor(n * cold_fraction) cold ones, by the rule
 * of drop() in bench/measure/source.c: 1069 pages at 0.005 hold 5. Each thread
 * has memory of its own.
 */
double breakeven_share(const struct results_cell *cell)
{
	double page = (double)cell->page_size;
	double pages = ceil((double)cell->bytes_per_slot / (double)cell->threads / page);

	if (cell->cold_fraction <= 0 || cell->cold_fraction >= 1)
		return cell->cold_fraction;
	if (!strcmp(cell->source, "huge") || pages < 1)
		return NAN;	/* dropped by whole huge pages, whose size is not known here */
	if (!strcmp(cell->source, "self"))
		return cell->cold_fraction;	/* goes on counting from slot to slot */
	return floor(pages * cell->cold_fraction) / pages;
}

/* A cell on its way into a curve. */
struct sample {
	const struct figures *f, *base;
	char workload[NAME_SIZE];
	double resolution;
};

static int compare_whole(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Whether two cells belong to one curve, as an order. */
static int compare_curve(const struct sample *a, const struct sample *b)
{
	static const size_t names[] = {
		offsetof(struct results_cell, target), offsetof(struct results_cell, layout),
		offsetof(struct results_cell, device), offsetof(struct results_cell, place),
		offsetof(struct results_cell, arch), offsetof(struct results_cell, source),
		offsetof(struct results_cell, strategy),
	};
	const struct results_cell *ca = a->f->cell, *cb = b->f->cell;
	int order = compare_whole(ca->run, cb->run);

	if (!order)
		order = strcmp(a->workload, b->workload);
	for (size_t i = 0; !order && i < sizeof(names) / sizeof(names[0]); i++)
		order = strcmp((const char *)ca + names[i], (const char *)cb + names[i]);
	if (!order)
		order = compare_whole(ca->backend, cb->backend);
	if (!order)
		order = compare_whole(ca->tier, cb->tier);
	if (!order)
		order = compare_whole(ca->page_size, cb->page_size);
	if (!order)
		order = compare_whole(ca->block_size, cb->block_size);
	if (!order)
		order = compare_whole(ca->threads, cb->threads);
	return order;
}

static int by_curve(const void *pa, const void *pb)
{
	const struct sample *a = pa, *b = pb;
	int order = compare_curve(a, b);

	if (!order)
		order = (a->f->cell->cold_fraction > b->f->cell->cold_fraction) -
			(a->f->cell->cold_fraction < b->f->cell->cold_fraction);
	return order ? order : compare_whole(a->f->cell->line, b->f->cell->line);
}

static int by_share(const void *pa, const void *pb)
{
	const struct breakeven_point *a = pa, *b = pb;

	if (a->share != b->share)
		return a->share < b->share ? -1 : 1;
	return (a->fraction > b->fraction) - (a->fraction < b->fraction);
}

static int by_cell(const void *pa, const void *pb)
{
	const struct curve *a = pa, *b = pb;

	/* Cells lie in one array, in the order of the files. */
	return (a->cell > b->cell) - (a->cell < b->cell);
}

/* Difference and interval of @s in the cell's unit. NULL, or why there is none. */
static const char *difference(const struct sample *s, struct breakeven_point *p,
			      enum breakeven_interval *interval)
{
	const struct figures *f = s->f;

	if (f->reason)
		return f->reason;
	p->cost = f->cost;
	p->baseline_cost = f->baseline_cost;
	if (!f->counts) {
		/*
		 * Costs grow in a straight line with the share, their logarithms
		 * do not. theta rather than the medians: it pairs rounds.
		 */
		p->delta = f->baseline_cost * expm1(f->theta);
		p->low = f->baseline_cost * expm1(f->low);
		p->high = f->baseline_cost * expm1(f->high);
		*interval = BREAKEVEN_RANKS;
		return NULL;
	}
	p->delta = f->delta;
	if (!isnan(s->resolution)) {
		p->low = f->delta - s->resolution;
		p->high = f->delta + s->resolution;
		*interval = BREAKEVEN_RESOLUTION;
	} else {
		p->low = f->cost_q1 - s->base->cost_q3;
		p->high = f->cost_q3 - s->base->cost_q1;
		*interval = BREAKEVEN_QUARTILES;
	}
	return NULL;
}

static void add_point(struct curve *curve, const struct sample *s)
{
	const struct results_cell *cell = s->f->cell;
	struct breakeven_point p = {
		.fraction = cell->cold_fraction, .share = breakeven_share(cell),
	};
	enum breakeven_interval interval;
	const char *reason = NULL;

	curve->cells++;
	curve->unsteady += cell->rounds && cell->steady == RESULTS_NO;
	curve->unverified += cell->verified != RESULTS_YES;
	if (cell->rounds && isnan(p.share))
		reason = "how many huge pages were cold is not known";
	else if (cell->rounds && p.share <= 0 && cell->cold_fraction > 0)
		reason = "their slots are too short to hold a cold page";
	else if (curve->n == BREAKEVEN_POINTS_MAX)
		reason = "more than a workload can have";
	else
		reason = difference(s, &p, &interval);
	if (reason) {
		curve->left_out++;
		if (!curve->reason)
			curve->reason = reason;
		return;
	}
	if (interval > curve->interval)
		curve->interval = interval;
	curve->points[curve->n++] = p;
}

static void finish(struct curve *curve)
{
	struct breakeven_point *p = curve->points, ends[2];
	size_t n = curve->n;

	qsort(p, n, sizeof(*p), by_share);
	breakeven_find(p, n, &curve->bend);
	breakeven_find(NULL, 0, &curve->line);
	if (n > 1 && p[0].share <= 0 && p[n - 1].share >= 1) {
		ends[0] = p[0];
		ends[1] = p[n - 1];
		breakeven_find(ends, 2, &curve->line);
		curve->disagree = breakeven_disagree(&curve->bend, &curve->line);
	}
}

/* From sorted samples to curves. Returns how many; @curves has room for all. */
static size_t make_curves(const struct sample *samples, size_t n, struct curve *curves)
{
	size_t made = 0;

	for (size_t i = 0, end; i < n; i = end) {
		const struct sample *s = &samples[i];
		struct curve *curve = &curves[made];

		for (end = i + 1; end < n && !compare_curve(s, &samples[end]); end++)
			;
		/* Sorted by it: all alike when the first and the last are. */
		if (!(s->f->cell->cold_fraction < samples[end - 1].f->cell->cold_fraction))
			continue;
		memset(curve, 0, sizeof(*curve));
		curve->cell = s->f->cell;
		curve->run = s->f->run;
		curve->counts = s->f->counts;
		strcpy(curve->workload, s->workload);
		strcpy(curve->baseline, s->f->baseline_name);
		for (size_t j = i; j < end; j++) {
			if (samples[j].f->cell < curve->cell)
				curve->cell = samples[j].f->cell;
			add_point(curve, &samples[j]);
		}
		finish(curve);
		made++;
	}
	return made;
}

/*
 * The resolution of each group, NAN where its baseline was not repeated often
 * enough: it belongs to the group, whatever is compared with what.
 */
static int resolutions(const struct results *r, double *resolution)
{
	struct figures *figures;
	int err = cells_figures(r, NULL, &figures);

	if (err)
		return err;
	for (size_t i = 0; i < r->n_groups; i++)
		resolution[i] = NAN;
	for (size_t i = 0; i < r->n_cells; i++)
		if (!isnan(figures[i].resolution))
			resolution[figures[i].cell->group] = figures[i].resolution;
	free(figures);
	return 0;
}

/* A second arm of what the run itself compared with: it is there for the resolution. */
static bool is_repeat(const struct results_cell *cell)
{
	return strcmp(cell->strategy, cell->baseline) &&
	       name_same_stem(cell->strategy, cell->baseline);
}

/* Samples of the cells of one backend. Returns how many. */
static size_t take_samples(const struct figures *figures, size_t n, enum backend backend,
			   const double *resolution, struct sample *samples)
{
	const struct figures *base = NULL;
	size_t taken = 0;

	for (size_t i = 0; i < n; i++) {
		const struct figures *f = &figures[i];
		struct sample *s = &samples[taken];

		if (f->cell == f->baseline)	/* the first of its group */
			base = f;
		if (f->cell->backend != backend || f->harness || is_repeat(f->cell) ||
		    name_same_stem(f->cell->strategy, f->baseline_name))
			continue;
		s->f = f;
		s->base = base;
		s->resolution = resolution[f->cell->group];
		strcpy(s->workload, f->cell->workload);
		s->workload[strcspn(s->workload, "@")] = '\0';
		taken++;
	}
	return taken;
}

int breakeven_curves(const struct results *r, const char *baseline, struct curve **out, size_t *n)
{
	static const enum backend backends[] = { BACKEND_KERNEL, BACKEND_USER };
	enum { N_BACKENDS = sizeof(backends) / sizeof(backends[0]) };
	struct figures *figures[N_BACKENDS] = { NULL };
	struct sample *samples = NULL;
	struct curve *curves = NULL;
	double *resolution = NULL;
	size_t n_samples = 0;
	int err = -ENOMEM;

	*out = NULL;
	*n = 0;
	if (r->n_cells == 0)
		return 0;
	samples = malloc(r->n_cells * sizeof(*samples));
	resolution = malloc(r->n_groups * sizeof(*resolution));
	if (!samples || !resolution)
		goto out;
	err = resolutions(r, resolution);
	if (err)
		goto out;
	for (int i = 0; i < N_BACKENDS; i++) {
		const char *name = baseline ? baseline : breakeven_baseline(backends[i]);

		err = cells_figures(r, name, &figures[i]);
		if (err)
			goto out;
		n_samples += take_samples(figures[i], r->n_cells, backends[i], resolution,
					  samples + n_samples);
	}
	qsort(samples, n_samples, sizeof(*samples), by_curve);
	/* A curve has two samples at least. */
	curves = calloc(n_samples / 2 + 1, sizeof(*curves));
	if (!curves) {
		err = -ENOMEM;
		goto out;
	}
	*n = make_curves(samples, n_samples, curves);
	qsort(curves, *n, sizeof(*curves), by_cell);
	*out = curves;
out:
	for (int i = 0; i < N_BACKENDS; i++)
		free(figures[i]);
	free(resolution);
	free(samples);
	return err;
}
