// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The strategies of user space: which pages of a cold map they make resident,
 * which bytes they read, which they write; and what their names mean.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <cmocka.h>

#include "measure/measure.h"

enum { PAGES = 8 };

static size_t page;
static char *map;

static int set_up(void **state)
{
	char *twice;

	(void)state;
	page = (size_t)sysconf(_SC_PAGESIZE);
	twice = mmap(NULL, 2 * PAGES * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (twice == MAP_FAILED)
		return -1;
	/* Strides count from address 0: here multiples of 8 pages are those of the map too. */
	map = twice + (-(uintptr_t)twice & (PAGES * page - 1));
	return madvise(map, PAGES * page, MADV_NOHUGEPAGE);
}

/* Two @vectors in the map: from the middle of page 1 into page 4, and all of page 6. */
static void lay_out(struct iovec vectors[2])
{
	vectors[0] = (struct iovec){ map + page + page / 2, 3 * page };
	vectors[1] = (struct iovec){ map + 6 * page, page };
}

static const struct strategy *find(const char *name, size_t *stride)
{
	const struct strategy *s = strategy_find(BACKEND_USER, name, stride);

	assert_non_null(s);
	return s;
}

/* Pages that @name leaves in the page table of a cold map, an x each. */
static void pages_of(const char *name, bool for_writing, char got[PAGES + 1])
{
	unsigned char there[PAGES];
	struct iovec vectors[2];
	size_t stride;
	const struct strategy *s = find(name, &stride);

	lay_out(vectors);
	assert_int_equal(madvise(map, PAGES * page, MADV_DONTNEED), 0);
	(for_writing ? s->for_writing : s->for_reading)(vectors, 2, stride);
	assert_int_equal(mincore(map, PAGES * page, there), 0);
	for (int i = 0; i < PAGES; i++)
		got[i] = there[i] & 1 ? 'x' : '.';
	got[PAGES] = '\0';
}

static void test_pages(void **state)
{
	static const struct {
		const char *name, *pages;
		size_t stride;	/* pages; 0: as the name has it */
	} cases[] = {
		{ "native", "........", 0 },
		{ "null", "........", 0 },
		{ "touch", ".xxxx.x.", 0 },
		{ "touch#2", ".xxxx.x.", 0 },
		{ "touch:16", ".xxxx.x.", 0 },
		/* The first byte of a vector, then multiples of the stride alone. */
		{ "touch", ".xx.x.x.", 2 },
		{ "touch", ".x..x.x.", 4 },
		{ "touch-first", ".x......", 0 },
		{ "populate", ".xxxx.x.", 0 },
	};
	char name[32], got[PAGES + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t unused;

		if (cases[i].stride)
			snprintf(name, sizeof(name), "%s:%zu", cases[i].name, cases[i].stride * page);
		else
			snprintf(name, sizeof(name), "%s", cases[i].name);
		const struct strategy *s = find(name, &unused);

		if (s->unsupported && s->unsupported()) {
			print_message("skip %s: %s\n", name, s->unsupported());
			continue;
		}
		for (int writing = 0; writing < 2; writing++) {
			pages_of(name, writing, got);
			if (strcmp(got, cases[i].pages))
				print_message("%s for %s: %s, not %s\n", name,
					      writing ? "writing" : "reading", got, cases[i].pages);
			assert_string_equal(got, cases[i].pages);
		}
	}
}

/* Whether a strategy with @stride accesses byte @at of the map, by what docs/method.md says. */
static bool expected(size_t stride, size_t at)
{
	struct iovec vectors[2];

	lay_out(vectors);
	for (int i = 0; i < 2; i++) {
		size_t from = (size_t)((char *)vectors[i].iov_base - map);

		if (at == from)
			return true;
		if (at > from && at < from + vectors[i].iov_len && !(at % stride))
			return true;
	}
	return false;
}

static void compare(const char *name, size_t stride, const bool *accessed)
{
	for (size_t at = 0; at < PAGES * page; at++) {
		bool want = strcmp(name, "touch-first") ? expected(stride, at) : at == page + page / 2;

		if (accessed[at] != want)
			print_message("%s: byte %zu\n", name, at);
		assert_int_equal(accessed[at], want);
	}
}

static const char *const touching[] = { "touch", "touch:16", "touch:64", "touch-first", NULL };
static bool accessed[PAGES << 16];	/* pages have 64 KiB at most */

static void test_bytes_written(void **state)
{
	(void)state;
	for (const char *const *name = touching; *name; name++) {
		struct iovec vectors[2];
		size_t stride;
		const struct strategy *s = find(*name, &stride);

		memset(map, 0xff, PAGES * page);
		lay_out(vectors);
		s->for_writing(vectors, 2, stride);
		for (size_t at = 0; at < PAGES * page; at++)
			accessed[at] = !map[at];
		compare(*name, stride, accessed);
	}
}

/*
 * Reads leave no trace, so each is let through alone: it faults, is noted, runs
 * as a single step with the map open, and the map is closed again.
 */
#if defined(__x86_64__)
enum { TRAP_FLAG = 0x100 };

static void on_fault(int signal, siginfo_t *info, void *context)
{
	ucontext_t *c = context;
	size_t at = (size_t)((char *)info->si_addr - map);

	if (at >= PAGES * page)
		_exit(128 + signal);
	accessed[at] = true;
	mprotect(map, PAGES * page, PROT_READ);
	c->uc_mcontext.gregs[REG_EFL] |= TRAP_FLAG;
}

static void on_step(int signal, siginfo_t *info, void *context)
{
	ucontext_t *c = context;

	(void)signal;
	(void)info;
	mprotect(map, PAGES * page, PROT_NONE);
	c->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
}

static void test_bytes_read(void **state)
{
	const struct sigaction fault = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };
	const struct sigaction step = { .sa_sigaction = on_step, .sa_flags = SA_SIGINFO };
	struct sigaction fault_before, step_before;

	(void)state;
	for (const char *const *name = touching; *name; name++) {
		struct iovec vectors[2];
		size_t stride;
		const struct strategy *s = find(*name, &stride);

		memset(accessed, 0, sizeof(accessed));
		lay_out(vectors);
		assert_int_equal(mprotect(map, PAGES * page, PROT_NONE), 0);
		sigaction(SIGSEGV, &fault, &fault_before);
		sigaction(SIGTRAP, &step, &step_before);
		s->for_reading(vectors, 2, stride);
		sigaction(SIGTRAP, &step_before, NULL);
		sigaction(SIGSEGV, &fault_before, NULL);
		assert_int_equal(mprotect(map, PAGES * page, PROT_READ | PROT_WRITE), 0);
		compare(*name, stride, accessed);
	}
}
#else
static void test_bytes_read(void **state)
{
	(void)state;
	print_message("skip: a single step within a process is x86_64's\n");
	skip();
}
#endif

static void test_names(void **state)
{
	static const char *const bad[] = {
		"touch:", "touch:0", "touch:3", "touch:24", "touch:16x", "touch:-16", "touch:+16",
		"touch:2147483648", "touch-", "touc", "post", "",
	};
	size_t stride;

	(void)state;
	find("touch:16#3", &stride);
	assert_int_equal(stride, 16);
	find("touch", &stride);
	assert_int_equal(stride, page);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_null(strategy_find(BACKEND_USER, bad[i], &stride));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_bytes_written),
		cmocka_unit_test(test_bytes_read),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
