// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of cases, and two that the host must survive. */
#include "guest.h"

static void run_hang(struct cell *c)
{
	c->report->hang = true;
}

/* The end of the first process is a panic. */
static void run_panic(struct cell *c)
{
	c->report->panic = true;
}

#define HOLES		(PREFIX | NOTHING | PAGES | CHUNKS | BOUNDED)
#define TEST(name_, run_, rules_, ...) \
	{ .name = name_, .run = run_, .rules = rules_, __VA_ARGS__ }
/* Endless is what makes no progress for much longer than a whole write takes. */
#define TAGS(name_, mode_, size_, unit_, ...) \
	{ .name = name_, .run = run_tags, .rules = WHOLE | HOLES, .patience = 6, \
	  .mode = mode_, .size = size_, .unit = unit_, __VA_ARGS__ }

const struct test tests[] = {
	TEST("hole-cached", run_hole, HOLES, .layout = CACHED),
	TEST("hole-uncached", run_hole, HOLES, .layout = UNCACHED),
	TEST("hole-extend", run_hole, HOLES, .layout = EXTEND),
	TEST("hole-cold", run_hole, HOLES, .layout = CACHED, .cold = true),
	TEST("write-only", run_write_only, WHOLE | NOTHING),
	TEST("aged", run_aged, WHOLE | NOTHING | BOUNDED, .aged = true,
	     .patience = 15),
	TEST("segments", run_segments, WHOLE | NOTHING | BOUNDED),
	TEST("segments-cold", run_segments, WHOLE | NOTHING | BOUNDED, .cold = true),
	TEST("segments-hole", run_segments, HOLES, .hole = true),
	TEST("part-direct", run_part, WHOLE | REFUSED, .direct = true),
	TEST("self", run_self, WHOLE),
	TEST("self-shifted", run_self_shifted, WHOLE),
	TEST("self-direct", run_self_direct, WHOLE | REFUSED, .direct = true),
	TEST("self-shifted-direct", run_shifted_direct, WHOLE | REFUSED, .direct = true),
	TEST("read-self", run_read_self, WHOLE),
	TEST("read-self-direct", run_read_direct, WHOLE | REFUSED, .direct = true,
	     .patience = 50),
	TEST("drop", run_drop, WHOLE | BOUNDED),
	TEST("remap", run_remap, BOUNDED | SPILT),
	TEST("truncate", run_truncate, BOUNDED | SPILT),
	TEST("kill", run_kill, KILLED),
	TEST("starve", run_starve, KILLED | DEAF, .patience = 500),
	TEST("cgroup", run_cgroup, WHOLE, .patience = 1000),
	TAGS("tags-4k-sync", TAGS_SYNC, PAGE, PAGE),
	TAGS("tags-4k-async", TAGS_ASYNC, PAGE, PAGE),
	TAGS("tags-4k-asymm", TAGS_ASYMM, PAGE, PAGE),
	TAGS("tags-64k-sync", TAGS_SYNC, 16 * PAGE, PAGE),
	TAGS("tags-64k-async", TAGS_ASYNC, 16 * PAGE, PAGE),
	TAGS("tags-64k-asymm", TAGS_ASYMM, 16 * PAGE, PAGE),
	TAGS("granules-4k-sync", TAGS_SYNC, PAGE, 16),
	TAGS("granules-4k-async", TAGS_ASYNC, PAGE, 16),
	TAGS("granules-4k-asymm", TAGS_ASYMM, PAGE, 16),
	TAGS("granules-64k-sync", TAGS_SYNC, 16 * PAGE, 16),
	TAGS("granules-64k-async", TAGS_ASYNC, 16 * PAGE, 16),
	TAGS("granules-64k-asymm", TAGS_ASYMM, 16 * PAGE, 16),
	TAGS("stripes-4k-cached", TAGS_SYNC, PAGE, 16, .stripes = true),
	TAGS("stripes-4k-extend", TAGS_SYNC, PAGE, 16, .stripes = true, .layout = EXTEND),
	TAGS("read-tags-4k", TAGS_SYNC, PAGE, PAGE, .reads = true),
	TAGS("read-tags-64k", TAGS_SYNC, 16 * PAGE, PAGE, .reads = true),
	TAGS("read-tags-64k-direct", TAGS_SYNC, 16 * PAGE, PAGE, .reads = true, .direct = true),
	TAGS("read-stripes-4k", TAGS_SYNC, PAGE, 16, .stripes = true, .reads = true),
	TAGS("read-granules-64k", TAGS_SYNC, 16 * PAGE, 16, .reads = true),
	TEST("read-hole", run_read_hole, WHOLE | HOLES, .reads = true),
	TEST("read-hole-uncached", run_read_hole, WHOLE | HOLES, .reads = true, .layout = UNCACHED),
	TEST("read-hole-direct", run_read_hole, WHOLE | HOLES | REFUSED, .reads = true,
	     .direct = true),
	TEST("read-drop", run_drop, WHOLE | BOUNDED, .reads = true),
	TEST("read-drop-direct", run_drop, WHOLE | BOUNDED | REFUSED, .reads = true, .direct = true),
	TEST("read-remap", run_remap, BOUNDED, .reads = true),
	TEST("read-remap-direct", run_remap, BOUNDED | REFUSED, .reads = true, .direct = true),
	TEST("search", run_search, WHOLE | NOTHING | BOUNDED | REFUSED),
	TEST("interrupted", run_interrupted, WHOLE),
	TEST("preempted", run_preempted, WHOLE),
	/* Leaves the file system full. */
	TEST("enospc", run_enospc, FULL, .patience = 1000),
	TEST("runner-hang", run_hang, WHOLE),
	TEST("runner-panic", run_panic, WHOLE),
	{ .name = NULL },
};
