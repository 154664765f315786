/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FAULTBENCH_FORMATS_H
#define FAULTBENCH_FORMATS_H

#include "analysis/document.h"

extern const struct document_style plain_style, markdown_style;

#endif
