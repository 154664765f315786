/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sites of recorded faults as a table, and how they agree with the counting pass. */
#ifndef FAULTBENCH_FAULT_TABLE_H
#define FAULTBENCH_FAULT_TABLE_H

#include "analysis/document.h"
#include "format/fault_sites.h"
#include "format/result.h"

/*
 * Write the sites of @cell's faults, per page, most first, and the comparison with
 * its counts. @lost: records that are missing from @sites. Sorts @sites.
 */
void fault_table(struct document *d, const struct results_cell *cell, struct fault_sites *sites, uint64_t lost);

#endif
