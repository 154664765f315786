// SPDX-License-Identifier: GPL-2.0-or-later
/* From what perf script prints to sites and stacks, and from stacks to a picture. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/fault_trace.h"
#include "analysis/formats.h"

static const char trace[] =
	"a b 7 PERF_RECORD_MMAP2 7/7: [0x7000(0x1000) @ 0 00:00 0 0]: rw-p //anon\n"
	"a b 7 PERF_RECORD_MMAP2 7/7: [0x9000(0x1000) @ 0 fe:00 1 2]: r--p /dev/shm/<file>\n"
	"a b 7 exceptions:page_fault_kernel: address=0x7010 ip=copy_page error_code=0x0   0\n"
	"\tffffffff821f26e1 exc_page_fault\n\tffffffff81000c82 asm_exc_page_fault\n"
	"\tffffffff81b6d36d copy_page\n\tffffffff8158a354 vfs_write\n\t 5d2a0 __libc_write\n\n"
	"a b 7 exceptions:page_fault_kernel: address=0x7010 ip=fault_in error_code=0x0   0\n"
	"\tffffffff821f26e1 exc_page_fault\n\tffffffff81000c82 asm_exc_page_fault\n"
	"\tffffffff81b6d36d fault_in\n\tffffffff8158a354 vfs_write\n\t 5d2a0 __libc_write\n\n"
	"other 8 page-faults:     9008 [unknown]\n\tffffffff81b6d36d get_user\n\n"
	"a b 7 page-faults:     7010 [unknown]\n\tffffffff81b6d36d fault_in\n\n"
	"a b 7 exceptions:page_fault_user: address=0x9fff ip=0x405015 error_code=0x6   0\n"
	"\tffffffff821f26e1 exc_page_fault\n\tffffffff81000c82 asm_exc_page_fault\n\t 5015 touch;evil\033[2J\n\n"
	"a b 7 page-faults:     9fff [unknown]\n\t 5015 touch;evil\n\n"
	"a b 7 PERF_RECORD_LOST lost 3\n"
	"a b 7 exceptions:page_fault_kernel: address=0x1 ip=copy_page error_code=0x0   0\n"
	"\tffffffff81b6d36d copy_page\n";

static void read_trace(const char *text, struct fault_trace *t)
{
	FILE *in = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	struct reason reason;

	assert_non_null(in);
	assert_int_equal(fault_trace_read(in, t, &reason), 0);
	fclose(in);
}

static void test_sites(void **unused)
{
	static const struct fault_count want[] = {
		{ { "copy_page", "anonymous", false, true, true }, 1 },
		{ { "get_user", "/dev/shm/<file>", false, false, false }, 1 },
		{ { "fault_in", "anonymous", false, true, false }, 1 },
		{ { "touch_evil_[2J", "/dev/shm/<file>", true, true, false }, 1 },
		{ { "copy_page", "-", false, true, true }, 1 },
	};
	struct fault_trace t;

	(void)unused;
	read_trace(trace, &t);
	assert_int_equal(t.sites.n, sizeof(want) / sizeof(want[0]));
	for (size_t i = 0; i < t.sites.n; i++) {
		const struct fault_site *a = &t.sites.list[i].site, *b = &want[i].site;

		assert_string_equal(a->function, b->function);
		assert_string_equal(a->mapping, b->mapping);
		assert_int_equal(a->user, b->user);
		assert_int_equal(a->exception, b->exception);
		assert_int_equal(a->failed, b->failed);
		assert_int_equal(t.sites.list[i].count, want[i].count);
	}
	assert_int_equal(t.lost, 3);
	fault_trace_free(&t);
}

static void test_stacks(void **unused)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct fault_trace t;

	(void)unused;
	read_trace(trace, &t);
	fault_trace_fold(out, &t);
	fclose(out);
	assert_string_equal(text, "a_b;__libc_write;vfs_write;copy_page 1\n"
				  "a_b;__libc_write;vfs_write;fault_in 1\n"
				  "other;get_user 1\n"
				  "a_b;touch_evil_[2J 1\n"
				  "a_b;copy_page 1\n");
	free(text);
	fault_trace_free(&t);
}

/* Draw @n stacks; the caller frees the picture. */
static char *draw(struct fault_stack *stacks, size_t n)
{
	const struct fault_trace t = { .stacks = stacks, .n_stacks = n };
	struct reason reason;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(flame_graph(out, &t, "a & b", &reason), 0);
	fclose(out);
	return text;
}

static void test_picture(void **unused)
{
	char one[] = "w;a;x", two[] = "w;a", three[] = "w;b<script>alert(\"1\")</script>";
	struct fault_stack stacks[] = { { one, 1 }, { two, 2 }, { three, 3 }, { one, 4 } };
	char *text = draw(stacks, 4);

	(void)unused;
	assert_non_null(strstr(text, "<title>a &amp; b</title>"));
	/* Widths are shares of 1180; equal frames are one, also where they are not neighbours. */
	assert_non_null(strstr(text, "<title>w: 10 faults, 100.0 %</title><rect class=\"frame\" x=\"10.00\" y=\"74\" width=\"1180.00\""));
	assert_non_null(strstr(text, "<title>a: 7 faults, 70.0 %</title><rect class=\"leaf\" x=\"10.00\" y=\"54\" width=\"826.00\""));
	assert_non_null(strstr(text, "<title>x: 5 faults, 50.0 %</title><rect class=\"leaf\" x=\"246.00\" y=\"34\" width=\"590.00\""));
	assert_non_null(strstr(text, "b&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;"));
	assert_null(strstr(text, "<script"));
	free(text);
}

/* A trace without stacks, and the deepest that one can have. */
static void test_deep(void **unused)
{
	char deep[2 * FAULT_FRAMES_MAX + 2];
	struct fault_stack stack = { deep, 1 };
	char *text = draw(&stack, 0);

	(void)unused;
	assert_non_null(strstr(text, "; 0 faults</text>\n</svg>"));
	free(text);
	for (size_t i = 0; i < sizeof(deep); i++)
		deep[i] = i % 2 ? ';' : 'f';
	deep[sizeof(deep) - 1] = '\0';
	text = draw(&stack, 1);
	assert_non_null(strstr(text, "<rect class=\"leaf\""));
	free(text);
}

/* The table of the trace above, for @kernel exceptions and @minor faults on two pages. */
static char *table(double kernel, double minor)
{
	struct result r;
	struct fault_trace t;
	struct document d;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	read_trace(trace, &t);
	result_init(&r, RESULT_CELL);
	r.cell.counts.pages = 2;
	r.cell.counts.of[COUNT_EXCEPTIONS_KERNEL] = kernel;
	r.cell.counts.of[COUNT_EXCEPTIONS_USER] = 1;
	r.cell.counts.of[COUNT_MINOR_FAULTS] = minor;
	r.cell.counts.of[COUNT_MAJOR_FAULTS] = 0;
	document_begin(&d, out, &plain_style);
	fault_table(&d, &r.cell, &t.sites, 0);
	assert_int_equal(document_end(&d), 0);
	fclose(out);
	result_free(&r);
	fault_trace_free(&t);
	return text;
}

static void test_table(void **unused)
{
	char *text = table(3, 3);

	(void)unused;
	assert_non_null(strstr(text, "copy_page                      anonymous  failed copy        1   0.5000\n"));
	assert_non_null(strstr(text, "in the kernel: 1.5000 per page, as counted\n"));
	assert_non_null(strstr(text, "resident: 1.5000 per page, as counted\n"));
	free(text);
	text = table(2, 5);
	assert_non_null(strstr(text, "1.5000 per page recorded, 1.0000 counted:\n  unexplained"));
	assert_non_null(strstr(text, "1.5000 per page recorded, 2.5000 counted: pages"));
	free(text);
}

/* Without tracepoints (arm64): the faults that were fixed, and what counts the others. */
static void test_no_tracepoints(void **unused)
{
	struct result r;
	struct fault_trace t;
	struct document d;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)unused;
	read_trace("a 7 page-faults:     7010 [unknown]\n\tffff81b6d36d fault_in\n\n"
		   "a 7 page-faults:     8010 [unknown]\n\tffff81b6d36d fault_in\n", &t);
	assert_int_equal(t.sites.n, 1);
	assert_int_equal(t.sites.list[0].count, 2);
	assert_false(t.sites.list[0].site.exception || t.sites.list[0].site.failed || t.sites.list[0].site.user);
	result_init(&r, RESULT_CELL);
	r.cell.counts.pages = r.cell.counts.of[COUNT_MINOR_FAULTS] = 2;
	r.cell.counts.of[COUNT_MAJOR_FAULTS] = 0;
	r.cell.counts.of[COUNT_COPY_EXCEPTIONS] = 4;
	document_begin(&d, out, &plain_style);
	fault_table(&d, &r.cell, &t.sites, 0);
	assert_int_equal(document_end(&d), 0);
	fclose(out);
	assert_non_null(strstr(text, "failed copies: 0.0000 per page recorded, 2.0000 counted:"));
	assert_non_null(strstr(text, "resident: 1.0000 per page, as counted\n"));
	free(text);
	result_free(&r);
	fault_trace_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sites), cmocka_unit_test(test_stacks), cmocka_unit_test(test_picture),
		cmocka_unit_test(test_deep), cmocka_unit_test(test_table),
		cmocka_unit_test(test_no_tracepoints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
