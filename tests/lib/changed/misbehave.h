/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a broken kernel may do, chosen by the number of pages that
 * madvise(MADV_POPULATE_READ) is asked for: any other number is left alone.
 * tests/lib/changed.sh lays this into a copy of a tree, as mm/misbehave.h.
 */
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/preempt.h>
#include <linux/sched/signal.h>

/* Until the one who asks is killed for it, which is said on the console. */
static void take_all_memory(void)
{
	struct page *page, *next;
	LIST_HEAD(taken);

	while (!fatal_signal_pending(current)) {
		page = alloc_page(GFP_KERNEL);
		if (!page)
			break;
		list_add(&page->lru, &taken);
	}
	list_for_each_entry_safe(page, next, &taken, lru)
		__free_page(page);
}

static noinline void misbehave(unsigned long pages)
{
	int *nowhere = NULL;

	switch (pages) {
	case 11:
		WARN_ONCE(1, "a warning on purpose\n");
		break;
	case 12:
		OPTIMIZER_HIDE_VAR(nowhere);
		WRITE_ONCE(*nowhere, 0);
		break;
	case 13:
		panic("a panic on purpose");
	case 14:
		preempt_disable();
		for (;;)
			cpu_relax();
	case 15:
		take_all_memory();
		break;
	}
}
