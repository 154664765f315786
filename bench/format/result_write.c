// SPDX-License-Identifier: GPL-2.0-or-later
/* Printing lines of a result file. */
#include <inttypes.h>
#include <math.h>

#include "format/result.h"

static void put_text(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text < 0x20 || *text > 0x7e ? '?' : *text, out);
	}
	fputc('"', out);
}

static void put_real(FILE *out, double value)
{
	if (isfinite(value))
		fprintf(out, "%.17g", value);
	else
		fputs("null", out);
}

static void put_counts(FILE *out, const struct results_counts *c)
{
	if (isnan(c->pages)) {
		fputs("null", out);
		return;
	}
	fprintf(out, "{\"pages\":%.17g,\"writes\":", c->pages);
	put_real(out, c->writes);
	for (int i = 0; i < N_COUNTERS; i++) {
		fprintf(out, ",\"%s\":", counter_names[i]);
		put_real(out, c->of[i]);
	}
	fputc('}', out);
}

static void put_reasons(FILE *out, char *const reasons[N_COUNTERS])
{
	const char *comma = "";

	fputc('{', out);
	for (int i = 0; i < N_COUNTERS; i++) {
		if (!reasons[i])
			continue;
		fprintf(out, "%s\"%s\":", comma, counter_names[i]);
		put_text(out, reasons[i]);
		comma = ",";
	}
	fputc('}', out);
}

static void put_notes(FILE *out, const struct results_cell *cell)
{
	fputc('[', out);
	for (size_t i = 0; i < cell->n_notes; i++) {
		if (i)
			fputc(',', out);
		put_text(out, cell->notes[i]);
	}
	fputc(']', out);
}

static void put_rounds(FILE *out, const double *values, uint64_t rounds)
{
	fputc('[', out);
	for (uint64_t i = 0; i < 2 * rounds; i++)
		fprintf(out, "%s%" PRIu64, i ? "," : "", (uint64_t)values[i]);
	fputc(']', out);
}

static void put_field(FILE *out, const struct field *f, const struct result *r)
{
	static const char *const judged[] = {
		[RESULTS_NO] = "false", [RESULTS_YES] = "true", [RESULTS_NOT_JUDGED] = "null",
	};
	const void *at = field_of(f, &r->run);
	const double *real = at;

	switch (f->type) {
	case FIELD_NAME:
		put_text(out, at);
		break;
	case FIELD_TEXT:
		if (*(char *const *)at)
			put_text(out, *(char *const *)at);
		else
			fputs("null", out);
		break;
	case FIELD_WORD:
		put_text(out, f->words->name(*(const unsigned *)at));
		break;
	case FIELD_JUDGED:
		fputs(judged[*(const enum results_judged *)at], out);
		break;
	case FIELD_WHOLE:
		fprintf(out, "%" PRIu64, *(const uint64_t *)at);
		break;
	case FIELD_REAL:
		put_real(out, *real);
		break;
	case FIELD_PAIR:
		fputc('[', out);
		put_real(out, real[0]);
		fputc(',', out);
		put_real(out, real[1]);
		fputc(']', out);
		break;
	case FIELD_ROUNDS:
		put_rounds(out, *(double *const *)at, r->cell.rounds);
		break;
	case FIELD_COUNTS:
		put_counts(out, &r->cell.counts);
		break;
	case FIELD_REASONS:
		put_reasons(out, r->cell.reasons);
		break;
	case FIELD_NOTES:
		put_notes(out, &r->cell);
		break;
	case FIELD_BOOL:	/* of jobs alone */
	case FIELD_UNSIGNED:
		break;
	}
}

void result_write(FILE *out, const struct result *r)
{
	fprintf(out, "{\"type\":\"%s\"", result_type_names[r->type]);
	for (const struct field *f = result_fields[r->type]; f->key; f++) {
		fprintf(out, ",\"%s\":", f->key);
		put_field(out, f, r);
	}
	fputs("}\n", out);
}
