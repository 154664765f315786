// SPDX-License-Identifier: GPL-2.0-or-later
/* The difference of two profiles: by stem, the largest first, and nothing that did not change. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "analysis/functions.h"

/* A profile up to a name that is NULL. */
static size_t length(const struct function_count *list)
{
	size_t n = 0;

	while (list[n].name)
		n++;
	return n;
}

static void expect(const struct function_count *base, const struct function_count *head, const char *const *lines)
{
	char *got[FUNCTIONS_SHOWN + 1];
	int n = functions_differ(base, length(base), head, length(head), got);

	for (int i = 0; i < n; i++) {
		assert_non_null(lines[i]);
		assert_string_equal(got[i], lines[i]);
		free(got[i]);
	}
	assert_null(lines[n]);
}

static void test_sign_and_order(void **unused)
{
	static const struct function_count base[] = {
		{ "a", 10 }, { "b", 20 }, { "same", 30 }, { "(user space)", 5 }, { NULL, 0 } };
	static const struct function_count head[] = {
		{ "same", 30 }, { "b", 17 }, { "a", 11.25 }, { "(user space)", 6 }, { NULL, 0 } };
	static const char *const longer[] = { "-3 b", "+1.25 a", "+1 (user space)", NULL };
	static const char *const shorter[] = { "+3 b", "-1.25 a", "-1 (user space)", NULL };
	static const char *const equal[] = { NULL };

	(void)unused;
	expect(base, head, longer);
	expect(head, base, shorter);
	expect(base, base, equal);
}

static void test_stems(void **unused)
{
	static const struct function_count base[] = {
		{ "copy.isra.0", 10 }, { "copy_page", 4 }, { "split", 50 }, { "gone.constprop.0", 7 },
		{ "kept.part.0", 9 }, { "idle", 0 }, { NULL, 0 } };
	static const struct function_count head[] = {
		{ "copy.constprop.0", 26 }, { "copy_page", 4 }, { "split", 40 }, { "split.cold", 18 }, { "new", 6 },
		{ "kept.part.0", 14 }, { "idle", 4 }, { NULL, 0 } };
	static const char *const lines[] = {
		"+16 copy.constprop.0 (copy.isra.0 in base)",
		"+8 split (symbols in base: 1, in head: 2; cloned or split)",
		"-7 gone.constprop.0 (only in base: gone, or inlined in head)",
		"+6 new (only in head: new, or inlined in base)",
		"+5 kept.part.0", "+4 idle", NULL };

	(void)unused;
	expect(base, head, lines);
}

/* Ten functions, and one line for the others; none where they cancel out. */
static void test_limit(void **unused)
{
	char names[16][8];
	struct function_count base[17] = { { NULL, 0 } }, head[17] = { { NULL, 0 } };
	char *got[FUNCTIONS_SHOWN + 1];

	(void)unused;
	for (size_t i = 0; i < 12; i++) {
		snprintf(names[i], sizeof(names[i]), "f%02zu", i);
		base[i] = (struct function_count){ names[i], 100 };
		head[i] = (struct function_count){ names[i], 200 - (double)i };
	}
	assert_int_equal(functions_differ(base, 12, head, 12, got), 11);
	assert_string_equal(got[0], "+100 f00");
	assert_string_equal(got[9], "+91 f09");
	assert_string_equal(got[10], "+179 (others)");
	for (int i = 0; i < 11; i++)
		free(got[i]);
	head[10].per_page = 103;
	head[11].per_page = 97;
	assert_int_equal(functions_differ(base, 12, head, 12, got), 10);
	for (int i = 0; i < 10; i++)
		free(got[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sign_and_order),
		cmocka_unit_test(test_stems),
		cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
