/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a reader wants to know first: what each strategy costs, in a table per run. */
#ifndef FAULTBENCH_SUMMARY_H
#define FAULTBENCH_SUMMARY_H

#include "analysis/cells.h"
#include "analysis/document.h"

/* Print what @figures, r->n_cells of them as cells_figures() gives them, say in short. Returns 0 or -ENOMEM. */
int summary_print(FILE *out, const struct document_style *style, const struct results *r,
		  const struct figures *figures);

#endif
