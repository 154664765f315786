// SPDX-License-Identifier: GPL-2.0-or-later
#include "analysis/formats.h"

const struct format *const formats[] = {
	&format_plain,
	&format_mail,
	&format_markdown,
	&format_csv,
	&format_json,
	NULL,
};
