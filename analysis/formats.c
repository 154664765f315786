// SPDX-License-Identifier: GPL-2.0-or-later
#include "analysis/formats.h"

#define FORMAT_POINTER(name) &format_##name,
const struct format *const formats[] = { FORMATS(FORMAT_POINTER) NULL };
