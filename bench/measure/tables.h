/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can be chosen of the measuring core: strategies (strategy.c), sources
 * (source.c), operations and layouts (file.c). To add one is to add a row. The
 * host sees these tables and the kernel's switch, and nothing else of measure/.
 */
#ifndef FAULTBENCH_MEASURE_TABLES_H
#define FAULTBENCH_MEASURE_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "base/reason.h"
#include "base/table.h"
#include "format/names.h"

struct job;
struct source;
struct worker;

/* A strategy: how the source (for reads: the destination) is made resident. */
struct strategy {
	const char *name;	/* "touch:N" takes a stride behind the colon */
	enum backend backend;	/* a job's arms are of one */
	const char *summary;
	const char *by_default;	/* the arm that is measured by default; NULL: none */
	const char *on_one_page;	/* does the same as this one where a block is within a page; or NULL */
	/* NULL, or why it cannot be used here. */
	const char *(*unsupported)(void);
	/*
	 * Called before every call for memory that the kernel will read, or
	 * write. @stride: bytes. NULL: not a strategy for that.
	 */
	void (*for_reading)(const struct iovec *iov, int n, size_t stride);
	void (*for_writing)(const struct iovec *iov, int n, size_t stride);
	bool skips_call;	/* does everything but the call */
	const char *selects;	/* the name written to the kernel's switch; NULL: the arm's name */
	/* Pages come in without an exception of their own: for writes; not so for reads. */
	bool by_gup, by_access_into;
};

extern const struct strategy strategies[];
extern const struct table strategy_tables[];	/* by back end */

/* Find @name ("touch:16", "native#2") of @backend; sets *@stride. NULL if there is none. */
const struct strategy *strategy_find(enum backend backend, const char *name, size_t *stride);

/*
 * The switch of a kernel that has the strategies built in (docs/kernel-strategies.md).
 * switch_missing() returns NULL where there is one, else how to get it. The
 * switch is held while it is open; closing it restores the kernel's own strategy.
 */
const char *switch_missing(void);
/* NULL, or why the hooks do not reach what @job does in the file system here. */
const char *switch_loop_missing(const struct job *job, struct reason *reason);
int switch_open(struct reason *reason);		/* descriptor or -errno */

struct source_ops {
	const char *name;
	const char *summary;
	/* NULL, or why it cannot be used here. */
	const char *(*unsupported)(void);
	/* Map at least @s->size bytes and fill them. Returns 0 or -errno. */
	int (*open)(struct source *s);
	/* Prepare the @size bytes from base + @from on for a slot; not timed. Or NULL. */
	int (*make_cold)(struct source *s, size_t from, size_t size);
	bool destination;	/* may be read into */
	bool may_be_cold;
	double default_cold;	/* cold_fraction of a workload that gives none */
	bool one_block;		/* every call uses the same block */
	bool evicts;		/* cold pages leave the page cache: their file is on the device */
	bool follows_file;	/* the block at file position p is at base + p */
};

extern const struct source_ops sources[];
extern const struct table source_table, destination_table;	/* for reads: rows that can be read into */
const struct source_ops *source_find(const char *name);

/* The system call of a workload. */
struct operation {
	bool reads;
	ssize_t (*call)(int fd, const struct iovec *iov, int n, off_t pos);
};

extern const struct operation operations[N_OPS];

/* Where in the file a slot lands. */
struct layout_ops {
	bool existing;		/* the file is written once before the first slot */
	/* Make room for @size bytes at w->pos; not timed. Returns 0 or -errno. */
	int (*next)(struct worker *w, uint64_t size);
};

extern const struct layout_ops layouts[N_LAYOUTS];

/* The level of a window of slots: mean and variance of the medians of its parts, of ln(ns). */
struct window_level {
	double mean, variance;
};

/* That of @slots, ns, at least 2 in the order of time; sorts them in parts. */
struct window_level window_level(uint64_t *slots, size_t n);

/* The order of two uint64_t, for qsort(). */
int window_order(const void *a, const void *b);

/* Whether two windows in a row differ by 1 % at most, or by no more than chance explains. */
bool window_agrees(struct window_level a, struct window_level b);

/*
 * Directory @path, where file system @type is mounted, or @name in a mount of
 * our own that no path leads to. Descriptor or -errno.
 */
int open_kernel_fs(const char *type, const char *path, const char *name);

#endif
