// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Break-even shares of cold pages. A point is the difference of cost between a
 * strategy and the baseline in the same rounds. The curve is linear between points
 * and not defined beyond the first and the last.
 *
 * The interval of a crossing is the set of shares at which the difference may be
 * zero: where the band of the points' intervals contains 0. This inverts the test of
 * "no difference at this share", as Fieller does for ratios (JRSS B 16, 1954), so it
 * needs no spread of the share itself, and is open where the sweep does not bound it.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/breakeven.h"

/* -1: the whole interval is below 0, the strategy costs less; 1: above; 0: it contains 0. */
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
 * Where the estimates from point @a to point @b, of opposite signs, cross zero.
 * Noise may turn one crossing into an odd number: the middle one is taken.
 * Neighbours that are exactly zero are crossed at their middle.
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
 * One crossing between the points @a and @b, which differ in sign. The sign of each
 * is sure, or it is an end of the sweep: then the crossing may be outside.
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
 * Whether @share is in the interval of @c, which may be open. Exact counts have
 * intervals of width 0, so one page in 10000 is ignored: no slot can set so few.
 */
static bool within(double share, const struct breakeven_crossing *c)
{
	const double slack = 1e-4;

	return !(share < c->low - slack) && !(share > c->high + slack);
}

/* Whether a crossing may be missing, or be elsewhere. */
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

/*
 * Of the n pages of a slot floor(n * cold_fraction) are cold, by the rule of drop() in
 * bench/measure/source.c: 5 of 1069 at 0.005. Each thread has memory of its own.
 */
double breakeven_share(const struct results_cell *cell)
{
	double page = (double)cell->page_size;
	double pages = ceil((double)cell->bytes_per_slot / (double)cell->threads / page);

	if (cell->cold_fraction <= 0 || cell->cold_fraction >= 1)
		return cell->cold_fraction;
	if (!strcmp(cell->source, "huge") || pages < 1)
		return NAN;	/* drops whole huge pages, whose size is not known here */
	if (!strcmp(cell->source, "self"))
		return cell->cold_fraction;	/* drop() counts on from slot to slot */
	return floor(pages * cell->cold_fraction) / pages;
}

/* A cell on its way into a curve. */
struct sample {
	const struct figures *f, *base;
	double resolution;
	char *key;	/* the same for all cells of a curve, and for them alone */
};

/* Bytes of a workload's name without the share behind @. */
static int stem_length(const char *workload)
{
	return (int)strcspn(workload, "@");
}

/* Names have no blanks, so keys of different cells differ. NULL without memory. */
static char *curve_key(const struct results_cell *c)
{
	char *key;

	if (asprintf(&key, "%zu %.*s %s %s %s %s %s %s %s %s %s %" PRIu64 " %" PRIu64 " %" PRIu64
		     " %" PRIu64,
		     c->run, stem_length(c->workload), c->workload, c->target, c->layout, c->device,
		     c->place, c->arch, backend_names[c->backend], c->source, tier_names[c->tier],
		     c->strategy, c->page_size, c->block_size, c->fill_size, c->threads) < 0)
		return NULL;
	return key;
}

static int by_curve(const void *pa, const void *pb)
{
	const struct sample *a = pa, *b = pb;
	const struct results_cell *ca = a->f->cell, *cb = b->f->cell;
	int order = strcmp(a->key, b->key);

	if (!order)
		order = (ca->cold_fraction > cb->cold_fraction) -
			(ca->cold_fraction < cb->cold_fraction);
	return order ? order : (ca > cb) - (ca < cb);	/* in the order of the files */
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

	/* Cells are in one array, in the order of the files. */
	return (a->f.cell > b->f.cell) - (a->f.cell < b->f.cell);
}

/*
 * Difference and interval of @s in the cell's unit; @confidence is that of an interval
 * of ranks. Returns 0 with why there is none in *@reason, or NULL; or -ENOMEM.
 */
static int difference(const struct sample *s, double confidence, struct breakeven_point *p,
		      enum breakeven_interval *interval, const char **reason)
{
	const struct figures *f = s->f;
	struct cells_interval ranks;
	int err;

	*reason = f->reason;
	if (f->reason)
		return 0;
	p->cost = f->cost;
	p->baseline_cost = f->baseline_cost;
	p->delta = f->delta;
	if (!f->counts) {
		/* Costs are linear in the share, their logarithms are not. */
		err = cells_interval(f->baseline, f->cell, CELLS_NS, confidence, &ranks);
		if (!err && isnan(ranks.low))
			*reason = "too few repetitions for intervals that hold for all shares together";
		p->low = ranks.low;
		p->high = ranks.high;
		*interval = BREAKEVEN_RANKS;
		return err;
	}
	if (!isnan(s->resolution)) {
		p->low = f->delta - s->resolution;
		p->high = f->delta + s->resolution;
		*interval = BREAKEVEN_RESOLUTION;
	} else {
		p->low = f->cost_q1 - s->base->cost_q3;
		p->high = f->cost_q3 - s->base->cost_q1;
		*interval = BREAKEVEN_QUARTILES;
	}
	return 0;
}

/* Add @s, one of the @n points asked for, to @curve. Returns 0 or -ENOMEM. */
static int add_point(struct curve *curve, const struct sample *s, size_t n)
{
	/* Bonferroni: a curve without any difference has a sure point, and so a verdict, in 1 %. */
	const double confidence = 1 - (1 - CELLS_CONFIDENCE) / (double)n;

	const struct results_cell *cell = s->f->cell;
	struct breakeven_point p = {
		.fraction = cell->cold_fraction, .share = breakeven_share(cell),
	};
	enum breakeven_interval interval;
	const char *reason = NULL;
	int err = 0;

	curve->cells++;
	curve->unsteady += cell->rounds && cell->steady == RESULTS_NO;
	curve->unverified += cell->verified == RESULTS_NOT_JUDGED;
	curve->wrong += cell->verified == RESULTS_NO;
	if (cell->rounds && isnan(p.share))
		reason = "the number of cold huge pages is not known";
	else if (cell->rounds && p.share <= 0 && cell->cold_fraction > 0)
		reason = "slots too short to contain a cold page";
	else if (curve->n == BREAKEVEN_POINTS_MAX)
		reason = "more shares than a workload can have";
	else
		err = difference(s, confidence, &p, &interval, &reason);
	if (err)
		return err;
	if (reason) {
		curve->left_out++;
		if (!curve->reason)
			curve->reason = reason;
		return 0;
	}
	if (interval > curve->interval)
		curve->interval = interval;
	curve->points[curve->n++] = p;
	return 0;
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

/* From sorted samples to curves, *@made of them; there is room for all. Returns 0 or -ENOMEM. */
static int make_curves(const struct sample *samples, size_t n, struct curve *curves, size_t *made)
{
	int err = 0;

	for (size_t i = 0, end; i < n && !err; i = end) {
		const struct sample *s = &samples[i];
		struct curve *curve = &curves[*made];

		for (end = i + 1; end < n && !strcmp(s->key, samples[end].key); end++)
			;
		/* Sorted by it: no sweep when the first and the last are equal. */
		if (!(s->f->cell->cold_fraction < samples[end - 1].f->cell->cold_fraction))
			continue;
		memset(curve, 0, sizeof(*curve));
		curve->f = *s->f;
		snprintf(curve->workload, sizeof(curve->workload), "%.*s",
			 stem_length(s->f->cell->workload), s->f->cell->workload);
		for (size_t j = i; j < end && !err; j++) {
			if (samples[j].f->cell < curve->f.cell)
				curve->f = *samples[j].f;
			err = add_point(curve, &samples[j], end - i);
		}
		finish(curve);
		++*made;
	}
	return err;
}

/*
 * The resolution of each group, NAN where its own baseline was not repeated often
 * enough. It holds for the group, whatever the baseline of the curves is.
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

/* Another arm of the run's own baseline, measured for the resolution. */
static bool is_repeat(const struct results_cell *cell)
{
	return strcmp(cell->strategy, cell->baseline) &&
	       name_same_stem(cell->strategy, cell->baseline);
}

/* Append samples of the cells of one backend to the @taken of @samples. Returns 0 or -ENOMEM. */
static int take_samples(const struct figures *figures, size_t n, enum backend backend,
			const double *resolution, struct sample *samples, size_t *taken)
{
	const struct figures *base = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct figures *f = &figures[i];
		struct sample *s = &samples[*taken];

		if (f->cell == f->baseline)	/* the first of its group */
			base = f;
		if (f->cell->backend != backend || f->harness || is_repeat(f->cell) ||
		    name_same_stem(f->cell->strategy, f->baseline_name))
			continue;
		s->f = f;
		s->base = base;
		s->resolution = resolution[f->cell->group];
		s->key = curve_key(f->cell);
		if (!s->key)
			return -ENOMEM;
		++*taken;
	}
	return 0;
}

int breakeven_curves(const struct results *r, const char *baseline, struct curve **out, size_t *n)
{
	static const char *const baselines[] = { [BACKEND_USER] = "touch", [BACKEND_KERNEL] = "pre" };
	struct figures *figures[2] = { NULL };
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
	for (int i = 0; i < 2; i++) {
		err = cells_figures(r, baseline ? baseline : baselines[i], &figures[i]);
		if (!err)
			err = take_samples(figures[i], r->n_cells, (enum backend)i, resolution,
					   samples, &n_samples);
		if (err)
			goto out;
	}
	qsort(samples, n_samples, sizeof(*samples), by_curve);
	/* A curve has two samples at least. */
	curves = calloc(n_samples / 2 + 1, sizeof(*curves));
	if (!curves) {
		err = -ENOMEM;
		goto out;
	}
	err = make_curves(samples, n_samples, curves, n);
	qsort(curves, *n, sizeof(*curves), by_cell);
	*out = curves;
out:
	for (int i = 0; i < 2; i++)
		free(figures[i]);
	for (size_t i = 0; i < n_samples; i++)
		free(samples[i].key);
	free(resolution);
	free(samples);
	return err;
}
