// SPDX-License-Identifier: GPL-2.0-or-later
/* Targets with options of their own: their names, and what a guest refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "disk/target.h"
#include "format/names.h"
#include "vm/image.h"
#include "vm/vm.h"

static void test_name_of_file(void **state)
{
	static const struct {
		const char *path, *name;
	} files[] = {
		{ "small.ini", "small" }, { "./small.ini", "small" }, { "/a/b.ini/plain", "plain" },
		{ "./.ini", ".ini" }, { "a/", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		size_t len;
		const char *name = name_of_file(files[i].path, &len);

		assert_true(name_is_file(files[i].path));
		assert_int_equal(len, strlen(files[i].name));
		assert_memory_equal(name, files[i].name, len);
	}
	assert_false(name_is_file("ext4"));
	assert_false(name_is_file(".ini"));
}

/* What vm_image_unsupported() says of target @name. */
static const char *refused(const char *name, struct reason *reason)
{
	const struct target *t = target_find(name, reason);

	assert_non_null(t);
	reason->text[0] = '\0';
	return vm_image_unsupported(t, reason);
}

/* An identity that a user gives would be joined with that of the image. Lists are joined on purpose. */
static void test_fixed_in_guests(void **state)
{
	static const char *const fixed[] = { "ext4+-U=random", "btrfs+-U=x", "gfs2+-J=16", "f2fs+-U=x" };
	static const char *const joined[] = { "ext4", "ext4+-b=1024", "xfs+-m=crc=0", "gfs2", "tmpfs+huge=always" };
	struct reason reason;

	(void)state;
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		assert_non_null(refused(fixed[i], &reason));
		assert_non_null(strstr(reason.text, "is fixed in a guest"));
	}
	for (size_t i = 0; i < sizeof(joined) / sizeof(joined[0]); i++) {
		/* A missing mkfs is another reason. */
		refused(joined[i], &reason);
		assert_null(strstr(reason.text, "is fixed in a guest"));
	}
}

/* What a run finds out is what the dry run says. */
static void test_obstacle_in_guests(void **state)
{
	struct item item = { .job = { .source = "resident", .threads = 1, .block_size = 4096, .file_size = 1 << 20 } };
	struct reason reason = { "" };

	(void)state;
	item.target = target_find("ext4+-U=random", &reason);
	assert_non_null(vm_obstacle(NULL, &item, &reason));
	assert_non_null(strstr(reason.text, "is fixed in a guest"));
	item.target = target_find("tmpfs", &reason);
	assert_null(vm_obstacle(NULL, &item, &reason));
	item.job.file_size = UINT64_C(1) << 30;
	assert_non_null(vm_obstacle(NULL, &item, &reason));
	assert_non_null(strstr(reason.text, "too large for a guest"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_name_of_file),
		cmocka_unit_test(test_fixed_in_guests),
		cmocka_unit_test(test_obstacle_in_guests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
