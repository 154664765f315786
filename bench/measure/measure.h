/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * faultbench-measure: the measuring core. It takes a resolved job and the
 * current directory, and prints result lines. It knows no workload files, no
 * targets and no statistics beyond the precision at which it may stop.
 *
 * What can be chosen are rows of four tables: strategies (strategy.c),
 * sources (source.c), operations and layouts (file.c). To add one is to add a
 * row.
 */
#ifndef FAULTBENCH_MEASURE_H
#define FAULTBENCH_MEASURE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "base/clock.h"
#include "format/job.h"

struct run;
struct worker;

enum { REASON_MAX = 256 };

/* A strategy: how the source (for reads: the destination) is made resident. */
struct strategy {
	const char *name;	/* "touch:N" takes a stride behind the colon */
	const char *backend;	/* user or kernel: a job's arms are of one */
	const char *summary;
	const char *by_default;	/* what of it is measured when nobody chooses; NULL: nothing */
	/* NULL, or why it cannot be used here. */
	const char *(*unsupported)(void);
	/*
	 * Called before every call for memory that the kernel will read, or
	 * write. @stride: bytes.
	 */
	void (*for_reading)(const struct iovec *iov, int n, size_t stride);
	void (*for_writing)(const struct iovec *iov, int n, size_t stride);
	bool skips_call;	/* does everything but the call */
	const char *selects;	/* what the kernel's switch is told; NULL: the arm's name */
	bool by_gup;		/* pages come in without an exception of their own */
};

extern const struct strategy strategies[];

/* Find @name ("touch:16", "native#2") of @backend; sets *@stride. NULL if there is none. */
const struct strategy *strategy_find(const char *backend, const char *name, size_t *stride);

/*
 * The switch of a kernel that has the strategies built in (docs/kernel-strategies.md).
 * switch_missing() is NULL where there is one, else says how to get it. The
 * switch is held while it is open; closing it restores the kernel's own strategy.
 */
const char *switch_missing(void);
int switch_open(char *reason);			/* descriptor or -errno */
int switch_select(int fd, const char *name);	/* up to a '#'; 0 or -errno */
int switch_open_counters(void);			/* descriptor or -errno */

/* The memory that is written from, or read into. */
struct source {
	const struct source_ops *ops;
	const struct job *job;
	bool patterned;		/* verifying: every byte tells its place */
	bool writable;		/* a destination */
	int fd;			/* of the mapped file, or of what is read; -1 */
	char *map;		/* the mapping, page aligned */
	size_t map_size;	/* bytes */
	char *base;		/* first byte used: map + source_offset */
	size_t size;		/* bytes used, from base */
	const char *why;	/* open failed: more than its errno tells, or NULL */
};

struct source_ops {
	const char *name;
	const char *summary;
	/* NULL, or why it cannot be used here. */
	const char *(*unsupported)(void);
	/*
	 * Map at least @s->size bytes and fill them. @file is the file under
	 * test. Returns 0 or -errno.
	 */
	int (*open)(struct source *s, int file);
	/* Prepare @size bytes at file position @pos for a slot; not timed. Or NULL. */
	int (*make_cold)(struct source *s, uint64_t pos, size_t size);
	bool destination;	/* may be read into */
	bool may_be_cold;
	double default_cold;	/* cold_fraction unless a workload tells */
	bool one_block;		/* every call uses the same block */
	bool evicts;		/* cold pages leave the page cache: their file lies on the device */
	bool follows_file;	/* the block at file position p lies at base + p */
};

extern const struct source_ops sources[];
const struct source_ops *source_find(const char *name);

/* Set up @s, whose ops, job, patterned, writable and size are given. 0 or -errno. */
int source_open(struct source *s, int file);
void source_close(struct source *s);

/* The system call of a workload. */
struct operation {
	const char *name;
	bool reads;
	ssize_t (*call)(int fd, const struct iovec *iov, int n, off_t pos);
};

extern const struct operation operations[];
const struct operation *operation_find(const char *name);
ssize_t operation_skip(int fd, const struct iovec *iov, int n, off_t pos);

/* Where in the file a slot lands. */
struct layout {
	const char *name;
	bool existing;		/* the file is written once before the first slot */
	/* Make room for @size bytes at w->pos; not timed. Returns 0 or -errno. */
	int (*next)(struct worker *w, uint64_t size);
};

extern const struct layout layouts[];
const struct layout *layout_find(const char *name);

/* Create an unnamed file in the current directory. Returns fd or -errno. */
int file_create(int flags);

/* Write @size bytes of the pattern from place @from on at @pos of @fd. 0 or -errno. */
int file_fill(int fd, uint64_t pos, uint64_t size, uint64_t from);

/* The pattern: byte i differs from its neighbours and from zero pages. */
void pattern_fill(void *buf, size_t size, uint64_t from);
/* First place where @buf differs from the pattern, or -1. */
int64_t pattern_check(const void *buf, size_t size, uint64_t from);

/*
 * Directory @path, where file system @type is mounted, or @name in a mount of
 * our own that no path leads to. Descriptor or -errno.
 */
int open_kernel_fs(const char *type, const char *path, const char *name);

/* Counters. What cannot be counted has a reason instead. */
enum counter_id {
	COUNT_MINOR_FAULTS,
	COUNT_MAJOR_FAULTS,
	COUNT_EXCEPTIONS_KERNEL,
	COUNT_EXCEPTIONS_USER,
	COUNT_CONTEXT_SWITCHES,
	COUNT_INSTRUCTIONS,
	COUNT_CYCLES,
	COUNT_SHORT_COPIES,
	COUNT_FAULT_INS,
	COUNT_RETRIES,
	COUNT_COPY_EXCEPTIONS,
	N_COUNTERS
};

struct counters {
	int fd[N_COUNTERS];
	int hooks;			/* the kernel's own counters, or -1 */
	uint64_t hooks_before[N_COUNTERS];
	char reason[N_COUNTERS][96];	/* empty: it counts */
	uint64_t value[N_COUNTERS];	/* what each shows */
	uint64_t base[N_COUNTERS];	/* what it showed before the arm */
};

extern const char *const counter_names[N_COUNTERS];

/* Open the counters of thread @tid (0: the caller). Never fails as a whole. */
void counters_open(struct counters *c, pid_t tid);
void counters_start(struct counters *c);
void counters_stop(struct counters *c);
void counters_close(struct counters *c);

/* One strategy in this job, with its samples. */
struct arm {
	const char *name;
	const struct strategy *strategy;
	size_t stride;
	void (*fault_in)(const struct iovec *iov, int n, size_t stride);
	ssize_t (*call)(int fd, const struct iovec *iov, int n, off_t pos);
	char failure[REASON_MAX];	/* empty while it can be measured */
	bool verified;
	uint64_t *slots;	/* 2 a round: ns */
	uint32_t *order;	/* 2 a round: place in the round */
	uint64_t involuntary;	/* context switches in its slots */
	uint64_t counted_calls;
	uint64_t counts[N_COUNTERS];
};

/* A thread that runs slots; the first is the program's own. */
struct worker {
	struct run *run;
	unsigned index;
	pthread_t thread;
	bool started;
	_Atomic pid_t tid;
	int fd;
	uint64_t pos;		/* file position of the next slot */
	uint64_t low, high;	/* its part of the file, bytes */
	struct source source;
	struct iovec *iov;	/* of a whole slot: segments x calls */
	char *laid_out;		/* where iov[0] points */
	uint64_t start, end;	/* of the last slot: ns */
	uint64_t minor, major, involuntary;	/* of the last slot */
	uint64_t failed_at;	/* file position of the call that failed */
	ssize_t failed_with;	/* bytes, or -errno */
};

/* What may disturb a measurement. UINT64_MAX: not known here. */
struct machine_state {
	uint64_t steal_ms;
	uint64_t written;	/* pages that write-back has taken, ever */
	uint64_t dirty_limit;	/* pages: above it write-back starts */
	uint64_t khz;
	uint64_t millicelsius;
};

struct run {
	const struct job *job;
	const struct operation *op;
	const struct layout *layout;
	const struct source_ops *source;
	unsigned n_arms, baseline;
	struct arm arms[JOB_ARMS_MAX];
	unsigned n_workers;
	struct worker *workers;
	int switch_fd;		/* backend kernel: the switch, else -1 */
	const struct arm *switched;	/* what it was last told */
	int segments;		/* iovecs a call */
	uint64_t max_calls;	/* a slot and worker, at most */
	uint64_t calls;		/* a slot and worker */
	uint64_t rounds;
	size_t rounds_room;
	bool judged, steady;	/* whether warming up was long enough to judge it, and the verdict */
	bool in_rounds;		/* the slots are those of the result, not of a pass before */
	bool counts;		/* tier counts: the clock counts instructions */
	uint64_t longest;	/* slot so far, ns */
	struct counters *counters;	/* of each worker, in the counting pass */
	uint64_t began;		/* ns */
	uint64_t random;	/* state of the generator */
	char counter_reason[N_COUNTERS][96];
	struct machine_state before, after;	/* the rounds */

	/* Release and return of the other workers. */
	const struct arm *current;
	_Atomic uint32_t generation;
	_Atomic uint32_t busy;
};

/* How many CPUs this program may use. */
unsigned cpus_allowed(void);

/*
 * Set up files, sources and threads for slots of at most @max_calls calls, each
 * pinned to a CPU. 0 or -errno with @reason set; workers_close() in either case.
 */
int workers_open(struct run *run, uint64_t max_calls, bool patterned, char *reason);
void workers_close(struct run *run);

/*
 * One slot of @arm on every worker. Returns its time in *@ns, first start to
 * last end; 0 or -EIO with @reason set.
 */
int slot_run(struct run *run, const struct arm *arm, uint64_t *ns, char *reason);

/* The passes of a job, in this order; each returns 0 or -errno with @reason set. */
int pass_verify(struct run *run);	/* marks the arms; fails none but them */
int pass_size(struct run *run, char *reason);	/* opens the workers for the next two */
int pass_count(struct run *run, char *reason);
int pass_rounds(struct run *run, char *reason);

/* Steal, write-back, frequency and temperature, as far as /proc and /sys tell. */
void machine_read(struct machine_state *m);

/* Result lines on standard output. */
void emit_cells(const struct run *run);
void emit_failure(const struct run *run, const char *arm, const char *reason);

#endif
