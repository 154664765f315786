// SPDX-License-Identifier: GPL-2.0-or-later
/* Documents: the same contents as plain text and as Markdown, character by character. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/document.h"
#include "analysis/formats.h"

/* What @write makes of a document must be @want. */
static void shows(void (*write)(struct document *d), const struct document_style *style,
		  const char *want)
{
	struct document d;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	document_begin(&d, out, style);
	write(&d);
	assert_int_equal(document_end(&d), 0);
	fclose(out);
	assert_string_equal(text, want);
	free(text);
}

static void row(struct document *d, const char *const *cells, const char *rest)
{
	for (; *cells; cells++) {
		document_add(d, "%s", *cells);
		document_cell(d);
	}
	if (rest) {
		document_add(d, "%s", rest);
		document_rest(d);
	}
	document_row(d);
}

#define ROW(d, rest, ...) row(d, (const char *const[]){ __VA_ARGS__, NULL }, rest)

static void blocks(struct document *d)
{
	document_add(d, "A paragraph that is longer than the 72 columns of a line and has to be");
	document_add(d, " broken");
	document_paragraph(d);
	document_add(d, "Next to it");
	document_paragraph(d);
	document_add(d, "%s %d", "Heading", 1);
	document_heading(d);
	document_add(d, "Below it");
	document_paragraph(d);
	for (int i = 0; i < 2; i++) {
		document_add(d, "an item of a list that is longer than a line of 72 columns, number %d", i);
		document_item(d);
	}
	document_part(d);
	document_add(d, "A part");
	document_paragraph(d);
	document_add(d, "without a blank line");
	document_paragraph(d);
}

static void test_blocks(void **unused)
{
	(void)unused;
	shows(blocks, &plain_style,
	      "A paragraph that is longer than the 72 columns of a line and has to be\n"
	      "broken\n"
	      "Next to it\n"
	      "\n"
	      "Heading 1\n"
	      "Below it\n"
	      "  an item of a list that is longer than a line of 72 columns, number 0\n"
	      "  an item of a list that is longer than a line of 72 columns, number 1\n"
	      "\n"
	      "A part\n"
	      "without a blank line\n");
	shows(blocks, &markdown_style,
	      "A paragraph that is longer than the 72 columns of a line and has to be broken\n"
	      "\n"
	      "Next to it\n"
	      "\n"
	      "### Heading 1\n"
	      "\n"
	      "Below it\n"
	      "\n"
	      "- an item of a list that is longer than a line of 72 columns, number 0\n"
	      "- an item of a list that is longer than a line of 72 columns, number 1\n"
	      "\n"
	      "A part\n"
	      "\n"
	      "without a blank line\n");
}

static void table(struct document *d)
{
	static const struct document_column columns[] = {
		{ .head = "name", .width = 8, .name = true },
		{ .head = "cost", .width = 6 },
		{ .head = "MB/s", .width = 6 },
		{ .head = "more", .width = 6 },
	};

	document_add(d, "Table");
	document_paragraph(d);
	document_table(d, columns, 4);
	ROW(d, NULL, "native", "1.0", "22.0", "-");
	ROW(d, NULL, "eight888", "1", "2", "3");
	ROW(d, NULL, "nine99999", "1", "2", "3");
	ROW(d, NULL, "wide", "12345678", "2", "3");
	ROW(d, NULL, "eight888", "12345678", "22222", "3");	/* each moves the next */
	ROW(d, NULL, "few", "1");
	ROW(d, NULL, "", "", "", "3");
	ROW(d, "harness: much text in the rest of a row, which goes on in a line below its own first",
	    "null", "5.0");
	document_add(d, "note");
	document_item(d);
}

static void test_table(void **unused)
{
	(void)unused;
	shows(table, &plain_style,
	      "Table\n"
	      "name       cost   MB/s   more\n"
	      "native      1.0   22.0      -\n"
	      "eight888      1      2      3\n"
	      "nine99999\n"
	      "              1      2      3\n"
	      "wide   12345678      2      3\n"
	      "eight888 12345678 22222     3\n"
	      "few           1\n"
	      "                            3\n"
	      "null        5.0 harness: much text in the rest of a row, which goes on\n"
	      "                in a line below its own first\n"
	      "  note\n");
	shows(table, &markdown_style,
	      "Table\n"
	      "\n"
	      "| name | cost | MB/s | more |\n"
	      "|---|--:|--:|--:|\n"
	      "| `native` | 1.0 | 22.0 | - |\n"
	      "| `eight888` | 1 | 2 | 3 |\n"
	      "| `nine99999` | 1 | 2 | 3 |\n"
	      "| `wide` | 12345678 | 2 | 3 |\n"
	      "| `eight888` | 12345678 | 22222 | 3 |\n"
	      "| `few` | 1 | | |\n"
	      "|  |  |  | 3 |\n"
	      "| `null` | 5.0 | harness: much text in the rest of a row, which goes on in a line below"
	      " its own first | |\n"
	      "\n"
	      "- note\n");
}

static const char machine[] = "vm:arm64 aarch64, Linux 6.6.51+rpt";

static void groups(struct document *d)
{
	static const char long_word[] = "a0123456789b0123456789";
	static const struct document_column columns[] = {
		{ .head = "name", .width = 6, .name = true },
		{ .group = machine, .head = "below", .width = 6 },
		{ .group = machine, .head = "above", .width = 9 },
		{ .head = "own", .width = 4 },
		{ .group = long_word, .head = "ends", .width = 10 },
	};

	document_table(d, columns, 5);
	ROW(d, "ext4 extend", NULL);
	ROW(d, NULL, "pre", "1", "2", "3", "4");
	ROW(d, NULL, "sixsix", "1", "2", "3", "4");	/* one more than fits below a title */
	document_table(d, columns, 2);
	ROW(d, NULL, "sixsix", "1");
}

static void test_groups(void **unused)
{
	(void)unused;
	shows(groups, &plain_style,
	      "       vm:arm64              a012345678\n"
	      "       aarch64, Linux        9b01234567\n"
	      "       6.6.51+rpt            89\n"
	      "name    below     above  own       ends\n"
	      "ext4 extend\n"
	      " pre        1         2    3          4\n"
	      " sixsix\n"
	      "            1         2    3          4\n"
	      "       vm:arm\n"
	      "       64\n"
	      "       aarch6\n"
	      "       4,\n"
	      "       Linux\n"
	      "       6.6.51\n"
	      "       +rpt\n"
	      "name    below\n"
	      "sixsix      1\n");
	shows(groups, &markdown_style,
	      "| name | vm:arm64 aarch64, Linux 6.6.51+rpt: below | above | own |"
	      " a0123456789b0123456789: ends |\n"
	      "|---|--:|--:|--:|--:|\n"
	      "| ext4 extend | | | | |\n"
	      "| `pre` | 1 | 2 | 3 | 4 |\n"
	      "| `sixsix` | 1 | 2 | 3 | 4 |\n"
	      "\n"
	      "| name | vm:arm64 aarch64, Linux 6.6.51+rpt: below |\n"
	      "|---|--:|\n"
	      "| `sixsix` | 1 |\n");
}

/* Free text of a file that somebody made up to be shown. */
static void nasty(struct document *d)
{
	static const char *const texts[] = {
		"<script>alert(1)</script> & `code` *bold* _it_ [link](x) a|b \\ ~gone~ $x$",
		"# heading", "- item", "+ item", "=", "12. item", "3) item", "a - b = 1. + #2",
		"   indented", "12", "> quoted", "see https://a.b and www.a.b",
	};
	static const struct document_column columns[] = {
		{ .head = "a|b", .width = 9, .name = true }, { .head = "c", .width = 9 },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		document_add(d, "%s", texts[i]);
		document_item(d);
	}
	document_table(d, columns, 2);
	ROW(d, NULL, "`|`|", "|--|");
	ROW(d, "| x |", NULL);
}

static void test_nasty(void **unused)
{
	(void)unused;
	shows(nasty, &markdown_style,
	      "- &lt;script\\>alert(1)&lt;/script\\> &amp; \\`code\\` \\*bold\\* \\_it\\_ \\[link\\](x)"
	      " a\\|b \\\\ \\~gone\\~ \\$x\\$\n"
	      "- \\# heading\n"
	      "- \\- item\n"
	      "- \\+ item\n"
	      "- \\=\n"
	      "- 12\\. item\n"
	      "- 3\\) item\n"
	      "- a - b = 1. + #2\n"
	      "- indented\n"
	      "- 12\n"
	      "- \\> quoted\n"
	      "- see https\\://a.b and www\\.a.b\n"
	      "\n"
	      "| a\\|b | c |\n"
	      "|---|--:|\n"
	      "| `'\\|'\\|` | \\|--\\| |\n"
	      "| \\| x \\| | |\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_nasty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
