// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/fault_trace.h"
#include "base/say.h"

static int by_count(const void *a, const void *b)
{
	const struct fault_count *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return strcmp(x->site.function, y->site.function);
}

/* What was recorded: all exceptions in the kernel, in user space, and the pages that came in. */
struct recorded {
	double kernel, user, fixed;
	bool exceptions;	/* they can be seen here */
};

static struct recorded add_up(const struct fault_sites *sites)
{
	struct recorded r = { 0 };

	for (size_t i = 0; i < sites->n; i++) {
		const struct fault_site *site = &sites->list[i].site;
		const double count = (double)sites->list[i].count;

		r.exceptions |= site->exception;
		r.kernel += site->exception && !site->user ? count : 0;
		r.user += site->exception && site->user ? count : 0;
		r.fixed += site->failed ? 0 : count;
	}
	return r;
}

static void write_sites(struct document *d, struct fault_sites *sites, double pages)
{
	static const struct document_column columns[] = {
		{ "function", 30, true }, { "on", 10, true }, { "outcome", 11, true },
		{ "faults", 8, false }, { "per page", 8, false },
	};
	char function[2 * FAULT_NAME], mapping[2 * FAULT_NAME];

	qsort(sites->list, sites->n, sizeof(*sites->list), by_count);
	document_table(d, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < sites->n; i++) {
		const struct fault_site *site = &sites->list[i].site;
		const char *name = strrchr(site->mapping, '/');

		say_escape(function, sizeof(function), site->function);
		say_escape(mapping, sizeof(mapping), name ? name + 1 : site->mapping);
		document_block(d, DOCUMENT_ROW, "%s%s\t%s\t%s\t%llu\t%.4f", function, site->user ? " (user)" : "",
			       mapping, site->failed ? "failed copy" : "fixed",
			       (unsigned long long)sites->list[i].count, (double)sites->list[i].count / pages);
	}
}

/* One comparison; @why explains a count above what was recorded. */
static void compare(struct document *d, const char *what, double recorded, double counted, double pages,
		    const char *why)
{
	if (isnan(counted))
		document_block(d, DOCUMENT_ITEM, "%s: %.4f per page recorded, not counted here", what, recorded / pages);
	else if (recorded == counted)
		document_block(d, DOCUMENT_ITEM, "%s: %.4f per page, as counted", what, counted / pages);
	else
		document_block(d, DOCUMENT_ITEM, "%s: %.4f per page recorded, %.4f counted: %s", what, recorded / pages,
			       counted / pages, recorded < counted && why ? why : "unexplained; record again");
}

void fault_table(struct document *d, const struct results_cell *cell, struct fault_sites *sites, uint64_t lost)
{
	const struct results_counts *c = &cell->counts;
	const struct recorded r = add_up(sites);
	const char *missing = lost ? "perf lost records" : NULL;

	document_block(d, DOCUMENT_HEADING, "%s %s %s, %s, %s (%s): %.0f pages", cell->workload, cell->target,
		       cell->layout, cell->place, cell->strategy,
		       cell->backend == BACKEND_USER ? "user space" : "in the kernel", c->pages);
	if (sites->n)
		write_sites(d, sites, c->pages);
	else
		document_block(d, DOCUMENT_PARAGRAPH, "No faults.");
	if (r.exceptions || !sites->n) {
		compare(d, "exceptions in the kernel", r.kernel, c->of[COUNT_EXCEPTIONS_KERNEL], c->pages, missing);
		compare(d, "exceptions in user space", r.user, c->of[COUNT_EXCEPTIONS_USER], c->pages, missing);
	} else {
		document_block(d, DOCUMENT_ITEM, "failed copies: this architecture has no tracepoint for them; "
			       "%s", isnan(c->of[COUNT_COPY_EXCEPTIONS]) ? "a kernel with the switch counts them" :
			       "the kernel's switch counted");
		if (!isnan(c->of[COUNT_COPY_EXCEPTIONS]))
			compare(d, "failed copies", 0, c->of[COUNT_COPY_EXCEPTIONS], c->pages, "counted by the hooks");
	}
	compare(d, "pages made resident", r.fixed, c->of[COUNT_MINOR_FAULTS] + c->of[COUNT_MAJOR_FAULTS], c->pages,
		missing ? missing : "pages that come in without an access, as by get_user_pages(), raise no exception");
	if (lost)
		document_block(d, DOCUMENT_ITEM, "perf lost %llu records", (unsigned long long)lost);
}
