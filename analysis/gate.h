/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The gate: whether HEAD is slower than BASE, or its path longer. Judges results that
 * were measured, and prints the verdict; docs/method.md has the rules.
 */
#ifndef FAULTBENCH_GATE_H
#define FAULTBENCH_GATE_H

#include "analysis/document.h"
#include "format/results.h"

enum gate_outcome {
	GATE_PASS,
	GATE_FAIL,
	GATE_INCONCLUSIVE,
	GATE_ERROR,		/* harness or input at fault */
	GATE_NONE,		/* nothing compared */
	N_GATE_OUTCOMES
};

/* Who reads the exit status. */
enum gate_reader { GATE_PLAIN, GATE_KSFT, GATE_NIPA, GATE_BISECT, N_GATE_READERS };

/* An outcome in the words of other tools. */
struct gate_words {
	const char *name;
	int exit[N_GATE_READERS];
	const char *ktap;	/* "ok" or "not ok" */
	const char *directive;	/* of KTAP, behind the name; NULL: none */
	const char *junit;	/* the element; NULL: none */
	const char *github;	/* the command; NULL: none */
	const char *b4, *lava, *kcidb, *tmt;
};

extern const struct gate_words gate_words[N_GATE_OUTCOMES];
extern const char *const gate_reader_names[];
extern const struct table gate_reader_table;
extern const struct table gate_field_table;	/* fields of the context that both sides must have alike */

#define GATE_FALSE_ALARMS 0.01
#define GATE_POWER 0.90

/* Of a cell's cost. Not given: 0.2 % of the instructions, 1 % of the throughput. */
struct gate_margin {
	double value;		/* per cent, or instructions per page; 0: not given */
	bool instructions;
};

/* Whether the harness was checked against itself on this machine and at this place. */
struct gate_calibration {
	bool passed;
	bool waived;		/* an option says not to ask */
	double bias;		/* bound of the theta of A/A; 0: not known */
	const char *why;	/* it has not passed */
};

struct gate_plan {
	struct gate_margin margin;
	/*
	 * Strategies that are compared within each run. NULL: each strategy of the base
	 * results with the same of the head results. The same twice: A/A, odd arms
	 * against even ones.
	 */
	const char *strategies[2];
	const char *accept;	/* comma list of context fields that may differ; NULL: none */
	struct gate_calibration calibration;
	/* What is shown, and decides nothing. */
	const char *sides[2];	/* base and head, in words */
	const char *command;	/* that repeats it */
	const char *commit;	/* of a head that is a single commit on top of the base; NULL: it is not */
	bool regzbot;		/* a line for the regression tracker, if that commit fails */
	uint64_t budget_ns, seed;	/* 0: not given */
};

struct gate_cell {
	char workload[NAME_SIZE], target[NAME_SIZE], layout[NAME_SIZE];
	char strategy[NAME_SIZE];	/* of the base */
	char place[NAME_SIZE];
	double cold_fraction;
	enum tier tier;
	enum gate_outcome outcome;
	struct reason reason;	/* of the outcome, or empty */
	struct reason notes;	/* what a reader should know, or empty */
	/* ns or instructions per page; NAN: not measured. The change is positive when worse. */
	double base, head, change;
	double median_change;	/* of counts; the change may be that of a lower quantile */
	double margin;		/* as the change of this tier; at least the resolution */
	double resolution;	/* of counts, instructions per page; 0: exact */
	bool boots;		/* counts whose unit is the boot */
	const char *statistic;	/* what was compared */
	/* Time: ln(head / base), Hodges-Lehmann, one-sided 90 % bound; p of it being slower. */
	double theta, se, upper, p;
	double autocorrelation;	/* of repetitions, one after the other */
	size_t n;		/* repetitions, pairs of boots, or arms of a side */
	size_t needed;		/* of n, for a verdict; 0: enough, or not known */
	char **functions;	/* that gained or lost the instructions, a line each; owned */
	size_t n_functions;

	/* What it was judged on: arms of the base, then of the head. */
	const struct results_cell *const *arms;
	size_t n_base, n_head;
};

struct gate {
	const struct gate_plan *plan;
	const struct results *results[2];	/* base and head; the same for strategies */
	enum gate_outcome outcome;
	struct reason reason;	/* of GATE_ERROR and GATE_NONE that no cell has */
	struct gate_cell *cells;
	size_t n_cells;
	size_t n[N_GATE_OUTCOMES];	/* cells of each outcome */

	const struct results_cell **arms;	/* private: what the cells point to */
};

/* Read "1i", "0.5%" or "0.5". Returns 0 or -EINVAL with @reason. */
int gate_margin_parse(const char *text, struct gate_margin *margin, struct reason *reason);

/*
 * Judge @head against @base; the same pointer twice where plan->strategies are given.
 * What is at fault in the results is an outcome. Returns 0 or -ENOMEM. gate_free()
 * follows in either case. @g has pointers into plan and results.
 */
int gate_judge(const struct results *base, const struct results *head, const struct gate_plan *plan,
	       struct gate *g);
void gate_free(struct gate *g);

/*
 * Whether every timed cell of @g is precise enough for a verdict, from standard errors
 * alone: when to stop.
 */
bool gate_precise(const struct gate *g);

/* "seq-4k ext4 overwrite", with strategy and share of cold pages where they matter. Returns @buf. */
enum { GATE_NAME = 5 * NAME_SIZE };
const char *gate_cell_name(const struct gate *g, const struct gate_cell *c, char buf[GATE_NAME]);

/* The same without the parts that all cells of @g share, unless it has but one. Returns @buf. */
const char *gate_short_name(const struct gate *g, const struct gate_cell *c, char buf[GATE_NAME]);

/*
 * The parts that the cells of @in, a flag for each of @g's, share and others do not; of
 * NULL, those that short names leave out. Returns @buf.
 */
const char *gate_shared_name(const struct gate *g, const bool *in, char buf[GATE_NAME]);

/* "path longer in 1 of 6 cells" */
const char *gate_summary(const struct gate *g, struct reason *out);

/* "3163", "+15", "-0.25 %": a cell's figures as a table shows them. Return @buf. */
enum { GATE_NUMBER = 32 };
const char *gate_cost(char buf[GATE_NUMBER], double cost);
const char *gate_change(char buf[GATE_NUMBER], const struct gate_cell *c);
const char *gate_margin(char buf[GATE_NUMBER], const struct gate_cell *c);

/*
 * Print the verdict, the sides, every cell that changed or was not decided, and the
 * command that repeats it; with @style->settings the machine too. Returns 0 or -ENOMEM.
 */
int gate_print(FILE *out, const struct document_style *style, const struct gate *g);

/* What is compared and by which rules: printed before the first number. */
void gate_write_plan(struct document *d, const struct gate_plan *plan, bool counts, bool time, size_t cells);

#endif
