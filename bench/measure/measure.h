/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * faultbench-measure: the measuring core. It takes a resolved job and the
 * current directory, and prints result lines. It knows no workload files, no
 * targets and no statistics beyond the precision at which it may stop. Private to
 * measure/; the host sees tables.h.
 */
#ifndef FAULTBENCH_MEASURE_H
#define FAULTBENCH_MEASURE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "format/job.h"
#include "measure/tables.h"

struct run;

int switch_select(int fd, const char *name);	/* up to a '#'; 0 or -errno */
int switch_open_counters(void);			/* descriptor or -errno */

/* The memory that is written from, or read into. */
struct source {
	const struct source_ops *ops;
	const struct job *job;
	bool patterned;		/* verifying: every byte tells its place */
	bool writable;		/* a destination */
	int file;		/* under test */
	int fd;			/* of the mapped file, or of what is read; -1 */
	char *map;		/* the mapping, page aligned */
	size_t map_size;	/* bytes */
	char *base;		/* first byte used: map + source_offset */
	size_t size;		/* bytes used, from base */
	const char *why;	/* open failed: more than its errno tells, or NULL */
};

/* Set up @s, whose ops, job, patterned, writable, file and size are given; fd is -1. 0 or -errno. */
int source_open(struct source *s);
void source_close(struct source *s);

/* In place of an operation's call: makes none. */
ssize_t operation_skip(int fd, const struct iovec *iov, int n, off_t pos);

/* Create an unnamed file in the current directory. Returns fd or -errno. */
int file_create(int flags);

/* The flags of open() that @job asks for. */
int file_flags(const struct job *job);

/* Write @size bytes of the pattern from place @from on at @pos of @fd, @chunk bytes a call. 0 or -errno. */
int file_fill(int fd, uint64_t pos, uint64_t size, uint64_t from, uint64_t chunk);

/* The pattern: byte i differs from its neighbours and from zero pages. */
void pattern_fill(void *buf, size_t size, uint64_t from);
/* First place where @buf differs from the pattern, or -1. */
int64_t pattern_check(const void *buf, size_t size, uint64_t from);

/* Counters. What cannot be counted has a reason instead. */
struct counters {
	int fd[N_COUNTERS];
	int hooks;			/* the kernel's own counters, or -1 */
	uint64_t hooks_before[N_COUNTERS];
	struct reason reason[N_COUNTERS];	/* empty: it counts */
	uint64_t value[N_COUNTERS];	/* from the last start to the last stop */
};

/* Open the counters of thread @tid (0: the caller). Never fails as a whole. */
void counters_open(struct counters *c, pid_t tid);
void counters_start(struct counters *c);
void counters_stop(struct counters *c);
void counters_close(struct counters *c);

/* Follow perf record, which reads commands from @control and answers to @ack. 0 or -errno. */
int recorder_open(const char *control, const char *ack);
/* Have it record, or no longer; nothing where there is none. 0 or -EIO with @reason. */
int recorder_set(bool on, struct reason *reason);

/* One strategy in this job, with its samples. */
struct arm {
	const char *name;
	const struct strategy *strategy;
	size_t stride;
	void (*fault_in)(const struct iovec *iov, int n, size_t stride);
	ssize_t (*call)(int fd, const struct iovec *iov, int n, off_t pos);
	bool verified;
	uint64_t *slots;	/* 2 a round: ns */
	uint32_t *order;	/* 2 a round: place in the round */
	uint64_t involuntary;	/* context switches in its slots */
	uint64_t counted_calls;
	uint64_t counts[N_COUNTERS];
	struct reason failure;	/* empty while it can be measured */
};

/* A thread that runs slots; the first is the program's own. */
struct worker {
	struct run *run;
	unsigned index;
	pthread_t thread;
	_Atomic pid_t tid;	/* of the thread, once it has begun; of the first worker 0 */
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

/* What may disturb a measurement. UINT64_MAX: not known. */
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
	const struct layout_ops *layout;
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
	bool judged, steady;	/* whether the warm-up was long enough to judge, and the verdict */
	bool in_rounds;		/* the slots are those of the result, not of a pass before */
	bool counts;		/* tier counts: the clock counts instructions */
	uint64_t longest;	/* slot so far, ns */
	/* Wall-clock time of the passes that only a first repetition has, of the warm-up, of the rounds. */
	uint64_t passes_ns, warmup_ns, rounds_ns;
	uint64_t *round_ns;	/* of each round; sorted when pass_rounds() has ended */
	struct counters *counters;	/* of each worker, in the counting pass */
	uint64_t began;		/* ns */
	uint64_t random;	/* state of the generator */
	struct reason counter_reason[N_COUNTERS];
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
int workers_open(struct run *run, uint64_t max_calls, bool patterned, struct reason *reason);
void workers_close(struct run *run);

/*
 * One slot of @arm on every worker. Returns its time in *@ns, first start to
 * last end; 0 or -EIO with @reason set.
 */
int slot_run(struct run *run, const struct arm *arm, uint64_t *ns, struct reason *reason);

/* The passes of a job, in this order; they return 0 or -errno with @reason set. */
void pass_verify(struct run *run);	/* marks the arms; fails none but them */
int pass_size(struct run *run, struct reason *reason);	/* opens the workers for the next two */
int pass_count(struct run *run, struct reason *reason);
int pass_rounds(struct run *run, struct reason *reason);

/* Steal, write-back, frequency and temperature, as far as /proc and /sys show them. */
void machine_read(struct machine_state *m);

/* The first process of a guest: run /plan and power off. */
void __attribute__((noreturn)) guest_main(void (*run_job)(const struct job *));

/* Result lines on standard output. */
void emit_cells(const struct run *run);
void emit_failure(const struct run *run, const char *arm, const char *reason);

#endif
