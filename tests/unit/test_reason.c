// SPDX-License-Identifier: GPL-2.0-or-later
/* Texts that are too long for their buffer end after a whole word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/reason.h"

/* The words of @reason, after @lead, are all @word, but for the end that says that more is missing. */
static void assert_whole(const struct reason *reason, const char *lead, const char *word)
{
	const char *at = reason->text + strlen(lead);

	assert_true(strlen(reason->text) < REASON_SIZE);
	assert_memory_equal(reason->text, lead, strlen(lead));
	while (!strncmp(at, word, strlen(word)))
		at += strlen(word);
	assert_string_equal(at, " ...");
}

static void test_long(void **unused)
{
	static char words[2 * REASON_SIZE];
	struct reason reason;

	(void)unused;
	/* Of every length of the word some end in the last byte of the buffer, some before it. */
	for (size_t len = 1; len < 20; len++) {
		char word[24] = " abcdefghijklmnopqrs";

		word[len + 1] = '\0';
		words[0] = '\0';
		for (size_t n = 0; n + len + 1 < sizeof(words) - 1; n += len + 1)
			strcpy(words + n, word);
		reason_set(&reason, "%s", words);
		assert_whole(&reason, "", word);
		reason_set(&reason, "first");
		reason_add(&reason, "second%s", words);
		assert_whole(&reason, "first; second", word);
	}
}

/* A word that no line has room for hides neither itself nor what is before it. */
static void test_long_word(void **unused)
{
	static char word[2 * REASON_SIZE];
	struct reason reason;

	(void)unused;
	memset(word, 'x', sizeof(word) - 1);
	reason_set(&reason, "--option %s: is wrong", word);
	assert_non_null(strstr(reason.text, "--option xxxx"));
	assert_string_equal(reason.text + strlen(reason.text) - 5, "x ...");
}

static void test_fits(void **unused)
{
	struct reason reason = { "" };

	(void)unused;
	reason_add(&reason, "one");
	reason_add(&reason, "two");
	assert_string_equal(reason.text, "one; two");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_long_word),
		cmocka_unit_test(test_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
