// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>

#include "analysis/verdict.h"

const char *const verdict_names[] = {
	[VERDICT_WITHIN] = "within the margin", [VERDICT_WORSE] = "slower or longer",
	[VERDICT_BETTER] = "faster or shorter", [VERDICT_UNDECIDED] = "inconclusive",
};

double verdict_margin_theta(double pct)
{
	return -log1p(-pct / 100);
}

double verdict_margin_counts(double pct, double cost)
{
	return fmax(1, cost * pct / 100);
}

enum verdict verdict_worse(enum tier tier, double change, bool significant, double upper, double margin)
{
	/* Estimates of time vary: of losses as large as the margin, half are below it. */
	const double least = tier == TIER_TIME ? margin / 2 : margin;

	if (significant && change >= least)
		return VERDICT_WORSE;
	return upper < margin ? VERDICT_WITHIN : VERDICT_UNDECIDED;
}

/* Judge @e either way. @above, @below: it is so, and not by chance. What is below @low and above @high is excluded. */
static enum verdict judge(enum tier tier, const struct verdict_effect *e, bool above, bool below, double low,
			  double high)
{
	const enum verdict up = verdict_worse(tier, e->value, above, high, e->margin);
	const enum verdict down = verdict_worse(tier, -e->value, below, -low, e->margin);

	if (up == VERDICT_WORSE)
		return VERDICT_WORSE;
	if (down == VERDICT_WORSE)
		return VERDICT_BETTER;
	return up == down ? up : VERDICT_UNDECIDED;
}

bool verdict_of(const struct figures *f, struct verdict_effect *e)
{
	const double few = VERDICT_FEW_ARMS * f->resolution;

	if (f->harness || f->cell == f->baseline || cells_is_repeat(f) || isnan(f->counts ? f->delta : f->low))
		return false;
	if (f->counts) {
		/* Without a resolution low and high are NAN, and nothing is decided. */
		*e = (struct verdict_effect){ f->delta, f->delta - f->resolution, f->delta + f->resolution,
					      verdict_margin_counts(VERDICT_MARGIN_COUNTS, f->baseline_cost),
					      VERDICT_UNDECIDED };
		e->verdict = judge(TIER_COUNTS, e, f->delta > few, -f->delta > few, e->low, e->high);
	} else {
		const struct verdict_effect theta = { f->theta, f->low, f->high,
						      verdict_margin_theta(VERDICT_MARGIN_TIME), VERDICT_UNDECIDED };

		*e = (struct verdict_effect){ cells_penalty_pct(f->theta), cells_penalty_pct(f->low),
					      cells_penalty_pct(f->high), VERDICT_MARGIN_TIME,
					      judge(TIER_TIME, &theta, f->low > 0, f->high < 0, f->bound_low,
						    f->bound_high) };
	}
	return true;
}
