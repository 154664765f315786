// SPDX-License-Identifier: GPL-2.0-or-later
/* Plain text for a mail: a reader who has nothing else is given settings and commands too. */
#include "analysis/formats.h"
#include "analysis/gate_table.h"
#include "analysis/tables.h"

static int cells(FILE *out, const struct results *r, const struct figures *figures)
{
	struct document_style style = plain_style;

	style.settings = true;
	return tables_print(out, &style, r, figures);
}

static int verdict(FILE *out, const struct gate *g)
{
	struct document_style style = plain_style;

	style.settings = true;
	return gate_print(out, &style, g);
}

const struct format format_mail = {
	"mail", "plain tables, then settings and command", .cells = cells, .verdict = verdict,
};
