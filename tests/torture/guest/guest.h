/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FAULTBENCH_TORTURE_GUEST_H
#define FAULTBENCH_TORTURE_GUEST_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

enum { PAGE = 4096, DATA_SIZE = 128 * 1024 };

/*
 * What a write may promise, as bits: the strongest one that held for all
 * writes of a cell is the cell's outcome, so the lowest bit is the strongest.
 * "Before" is what lies before the first byte that cannot be read.
 */
enum rule {
	WHOLE	= 1 << 0,	/* every byte */
	PREFIX	= 1 << 1,	/* exactly what lies before; EFAULT if that is nothing */
	NOTHING	= 1 << 2,	/* EFAULT, and the file is as it was */
	PAGES	= 1 << 3,	/* the whole pages of the file before; EFAULT if none */
	CHUNKS	= 1 << 4,	/* eight of these pages or more, or EFAULT */
	BOUNDED	= 1 << 5,	/* some of what lies before, or EFAULT */
	SPILT	= 1 << 6,	/* the same, and more than was counted is in the file or its cache */
	KILLED	= 1 << 7,	/* a fatal signal ends it soon */
	DEAF	= 1 << 8,	/* not before its source stays where it is */
	FULL	= 1 << 9,	/* ENOSPC at last, and what was counted is there */
	REFUSED	= 1 << 10,	/* the file cannot be opened like that */
};

/* Where the writes of a case go. */
enum layout {
	CACHED,		/* over pages that are in the page cache */
	UNCACHED,	/* over pages that are only on the disk */
	EXTEND,		/* past the end of an empty file */
};

enum tag_mode { TAGS_SYNC, TAGS_ASYNC, TAGS_ASYMM };

/* Filled in by the process of the cell, read by the first process. */
struct report {
	unsigned int writes;	/* so far: also the sign of life */
	unsigned int endless;	/* writes that were put down; not counted above */
	size_t next, end;	/* where a new process goes on after one of these */
	unsigned int rules;	/* that held for all of them */
	bool unkillable;
	bool hang, panic;	/* what the guest is to do */
	/* Of the write under way: what it must not get beyond, if size is not 0. */
	off_t pos;
	size_t reach, size;
	char doing[96];
	char detail[192];	/* of the write that last took a rule away */
	char skip[128];		/* why the case cannot be tried here */
};

struct cell;

struct test {
	const char *name;
	void (*run)(struct cell *cell);
	unsigned int rules;	/* that can be told apart here */
	unsigned int patience;	/* ms of processor time; 0: PATIENCE */
	enum layout layout;
	bool cold, direct, hole, aged;
	bool reads;		/* into the memory, out of the file */
	bool stripes;		/* tags: every other piece is wrong */
	enum tag_mode mode;
	size_t size, unit;	/* tags: bytes of the source, bytes with a tag of their own */
};

struct cell {
	const struct test *test;
	const char *fs;
	bool quick;		/* fewer writes of each kind */
	int fd;			/* the file that is written */
	int pattern;		/* a file that holds new_data, elsewhere */
	size_t counted;		/* the end of what the last write counted */
	struct report *report;
};

/* A write, and what could be read of its source. */
struct attempt {
	off_t pos;
	size_t count, reach;
	size_t size;		/* of the file before, all of it old_data */
	const char *data;	/* what the source holds, as far as reach */
	bool or_zero;		/* the source may have turned into zeros */
	bool lost;		/* a destination: what was read may be gone again */
};

/* old_data has bytes from 1 to 127, new_data from 128 on. */
extern char old_data[DATA_SIZE], new_data[DATA_SIZE];

extern const struct test tests[];

void fill_data(void);
unsigned int next_random(void);
void touch(const char *p, size_t size);
void held(struct cell *c, unsigned int rules, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void doing(struct cell *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void skip(struct cell *c, const char *reason);
int reset_file(struct cell *c, enum layout layout, size_t size);
ssize_t differs(const struct cell *c, const struct attempt *a, ssize_t n, bool spilt);
void judge(struct cell *c, const struct attempt *a, ssize_t n, int err, const char *what);
void judge_read(struct cell *c, const struct attempt *a, const char *dest, ssize_t n, int err,
		const char *what);
bool kept_to_reach(int fd, const struct report *r);
void compare_with_disk(struct cell *c);

/* false: the cell ends, and says why. */
bool ready(struct cell *c, int err);
/* new_data from a file, so that what is dropped comes back as it was. */
char *map_pattern(const struct cell *c, void *at, size_t size, int prot);

/* Another descriptor of the file where the case is about O_DIRECT, else c->fd; or -1. */
int open_as_tested(struct cell *c);
/* What the kernel has counted under @name. */
unsigned long counter(const char *name);

/* holes.c */
void run_hole(struct cell *c);
void run_write_only(struct cell *c);
void run_aged(struct cell *c);
void run_segments(struct cell *c);
void run_part(struct cell *c);

/* self.c */
void run_self(struct cell *c);
void run_self_shifted(struct cell *c);
void run_self_direct(struct cell *c);
void run_shifted_direct(struct cell *c);
void run_read_self(struct cell *c);
void run_read_direct(struct cell *c);

/* races.c */
/* A thread of real-time priority; returns 0 or -errno. */
int start_thread(pthread_t *thread, void *(*run)(void *), void *arg);
void run_drop(struct cell *c);
void run_remap(struct cell *c);
void run_truncate(struct cell *c);
void run_kill(struct cell *c);
void run_starve(struct cell *c);

/* reads.c */
void run_read_hole(struct cell *c);
void run_search(struct cell *c);

/* interrupts.c */
void run_interrupted(struct cell *c);
void run_preempted(struct cell *c);

/* limits.c */
void run_cgroup(struct cell *c);
void run_enospc(struct cell *c);

/* tags.c */
void run_tags(struct cell *c);
/* NULL, or why pointers cannot have tags here. */
const char *allow_tags(void);

#endif /* FAULTBENCH_TORTURE_GUEST_H */
