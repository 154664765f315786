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

static void blocks(struct document *d)
{
	document_add(d, "A paragraph that is longer than the 72 columns of a line and has to be");
	document_block(d, DOCUMENT_PARAGRAPH, " broken");
	document_block(d, DOCUMENT_PARAGRAPH, "Next to it");
	document_block(d, DOCUMENT_HEADING, "%s %d", "Heading", 1);
	document_block(d, DOCUMENT_PARAGRAPH, "Below it");
	for (int i = 0; i < 2; i++)
		document_block(d, DOCUMENT_ITEM, "an item of a list that is longer than a line of 72"
			       " columns, number %d", i);
	document_part(d);
	document_block(d, DOCUMENT_PARAGRAPH, "A part");
	document_block(d, DOCUMENT_PARAGRAPH, "without a blank line");
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

static void rows(struct document *d, const char *const *texts)
{
	for (; *texts; texts++)
		document_block(d, DOCUMENT_ROW, "%s", *texts);
}

static void table(struct document *d)
{
	static const struct document_column columns[] = {
		{ .head = "name", .width = 8, .name = true },
		{ .head = "cost", .width = 6 },
		{ .head = "MB/s", .width = 6 },
		{ .head = "more", .width = 6 },
	};

	document_block(d, DOCUMENT_PARAGRAPH, "Table");
	document_table(d, columns, 4);
	rows(d, (const char *const[]){
		"native\t1.0\t22.0\t-", "eight888\t1\t2\t3", "nine99999\t1\t2\t3",
		"wide\t12345678\t2\t3", "eight888\t12345678\t22222\t3",	/* each moves the next */
		"few\t1\t\t", "\t\t\t3",
		"null\t5.0\tharness: much text in the rest of a row, which goes on in a line below its"
		" own first", NULL });
	document_block(d, DOCUMENT_ITEM, "note");
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
	      "| `few` | 1 |  |  |\n"
	      "|  |  |  | 3 |\n"
	      "| `null` | 5.0 | harness: much text in the rest of a row, which goes on in a line below"
	      " its own first | |\n"
	      "\n"
	      "- note\n");
}

static void titles(struct document *d)
{
	static const struct document_column columns[] = {
		{ .head = "name", .width = 6, .name = true }, { .head = "below", .width = 6 },
		{ .head = "above", .width = 6 },
	};

	/* The last name is by one too long for a line below a title. */
	document_table(d, columns, 3);
	rows(d, (const char *const[]){ "ext4 extend", "pre\t1\t2", "sixsix\t1\t2", NULL });
	document_part(d);
	document_table(d, columns, 2);
	document_block(d, DOCUMENT_ROW, "sixsix\t1");
}

static void test_titles(void **unused)
{
	(void)unused;
	shows(titles, &plain_style,
	      "name    below  above\n"
	      "ext4 extend\n"
	      " pre        1      2\n"
	      " sixsix\n"
	      "            1      2\n"
	      "\n"
	      "name    below\n"
	      "sixsix      1\n");
	shows(titles, &markdown_style,
	      "| name | below | above |\n"
	      "|---|--:|--:|\n"
	      "| ext4 extend | | |\n"
	      "| `pre` | 1 | 2 |\n"
	      "| `sixsix` | 1 | 2 |\n"
	      "\n"
	      "| name | below |\n"
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

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		document_block(d, DOCUMENT_ITEM, "%s", texts[i]);
	document_table(d, columns, 2);
	rows(d, (const char *const[]){ "`|`|\t|--|", "| x |", NULL });
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
		cmocka_unit_test(test_titles),
		cmocka_unit_test(test_nasty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
