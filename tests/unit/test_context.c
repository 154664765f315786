// SPDX-License-Identifier: GPL-2.0-or-later
/* The hash of a file, whatever it is called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "format/context.h"

static void test_file_hash(void **state)
{
	/* sha256sum escapes a line with such a name, and takes the second for an option. */
	static const char *const names[] = { "plain", "-c", "back\\slash", "new\nline" };
	char dir[] = "/tmp/test_context.XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		FILE *out = fopen(names[i], "w");
		char *hash;

		assert_non_null(out);
		fputs("abc", out);
		fclose(out);
		hash = context_file_hash(names[i]);
		assert_non_null(hash);
		/* FIPS 180-2, B.1 */
		assert_string_equal(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
		free(hash);
		unlink(names[i]);
	}
	assert_null(context_file_hash("none"));
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
